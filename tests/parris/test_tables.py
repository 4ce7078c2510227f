"""Tables that must be total, held against AWS's own models."""

from datetime import UTC, datetime

import botocore.session
import pytest
from botocore.model import StringShape

from parris.ec2.instance_states import MACHINE_STATES
from parris.ec2.transition_reason import time_of_transition
from parris.errors import (
    CapacityUnavailableError,
    LaunchFailedError,
    MachineStateUnknownError,
    QuotaError,
    ResourceStateUnknownError,
)
from parris.targets.ec2_stack.launch_failures import launch_error
from parris.targets.ec2_stack.stack_status import StackPhase, phase_of


def every_stack_status() -> list[str]:
    model = botocore.session.get_session().get_service_model("cloudformation")
    shape = model.shape_for("StackStatus")
    assert isinstance(shape, StringShape)
    return list(shape.enum)


@pytest.mark.parametrize("status", every_stack_status())
def test_every_status_that_cloudformation_has_is_in_the_table(status: str) -> None:
    assert phase_of(status) in StackPhase


def test_an_unknown_status_is_an_error_and_no_success() -> None:
    with pytest.raises(ResourceStateUnknownError, match="SLEEPING"):
        phase_of("SLEEPING")


def test_an_unknown_instance_state_is_an_error_of_its_own() -> None:
    with pytest.raises(MachineStateUnknownError, match="unknown instance state sleeping"):
        MACHINE_STATES["sleeping"]


def in_handler_form(message: str) -> str:
    """Return an EC2 message as a stack's events carry it: without EC2's error code."""
    return (
        f'Resource handler returned message: "{message} (Service: Ec2, Status Code: 400, Request'
        ' ID: 6f1c) (SDK Attempt Count: 1)" (RequestToken: 2b0e, HandlerErrorCode: InvalidRequest)'
    )


@pytest.mark.parametrize(
    "message",
    [
        "There is no Spot capacity available that matches your request.",
        "We currently do not have sufficient g5.xlarge capacity in the Availability Zone you"
        " requested (us-east-1a). Our system will be working on provisioning additional capacity."
        " You can currently get g5.xlarge capacity by not specifying an Availability Zone in your"
        " request or choosing us-east-1b.",
        "We currently do not have sufficient capacity in the Availability Zone you requested.",
        "There is not enough capacity to fulfill your request.",
        "Insufficient capacity.",
        "There are not enough free addresses in subnet 'subnet-1' to satisfy the requested number"
        " of instances.",
        "Unable to fulfill capacity due to your request configuration. Please adjust your request"
        " and try again.",
        "Your requested instance type (trn1.2xlarge) is not supported in your requested"
        " Availability Zone (us-east-2a).",
        "The requested configuration is currently not supported in the requested Availability"
        " Zone.",
        "Max spot instance count exceeded",
        "Your Spot request price of 0.1 is lower than the minimum required Spot request"
        " fulfillment price of 0.2.",
    ],
)
def test_a_lack_of_capacity_is_distinguished_without_ec2s_code(message: str) -> None:
    reasons = [f"TrainingInstance: {in_handler_form(message)}"]
    error = launch_error("parris-x", "ROLLBACK_COMPLETE", reasons)
    assert isinstance(error, CapacityUnavailableError)


@pytest.mark.parametrize(
    "message",
    [
        "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the"
        " instance bucket that the specified instance type belongs to. Please visit"
        " http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
        "You have requested more instances (1) than your current instance limit of 0 allows for"
        " the specified instance type.",
    ],
)
def test_a_quota_is_distinguished_without_ec2s_code(message: str) -> None:
    reasons = [f"TrainingInstance: {in_handler_form(message)}"]
    assert isinstance(launch_error("parris-x", "CREATE_FAILED", reasons), QuotaError)


@pytest.mark.parametrize(
    "message",
    [
        "The image id '[ami-0123]' does not exist",
        "The specified instance type is not eligible for Free Tier.",
        "Volume of size 30GB is smaller than snapshot 'snap-1', expect size >= 75GB",
        "You are not authorized to perform this operation.",
    ],
)
def test_an_error_that_another_machine_has_too_is_not_a_lack_of_capacity(message: str) -> None:
    reasons = [f"TrainingInstance: {in_handler_form(message)}"]
    error = launch_error("parris-x", "ROLLBACK_COMPLETE", reasons)
    assert isinstance(error, LaunchFailedError)


@pytest.mark.parametrize(
    "reason",
    [
        "We currently do not have sufficient p3.2xlarge capacity in the Availability Zone you"
        " requested (Service: Ec2, Status Code: 500, Code: InsufficientInstanceCapacity)",
        "InsufficientFreeAddressesInSubnet: there are not enough free addresses",
        'Resource handler returned message: "Your requested instance type (p4d.24xlarge) is not'
        " supported in your requested Availability Zone (us-east-1e). Please retry your request by"
        " not specifying an Availability Zone or choosing us-east-1a, us-east-1b. (Service: Ec2,"
        ' Status Code: 400, Request ID: 1)" (HandlerErrorCode: InvalidRequest)',
    ],
)
def test_a_lack_of_capacity_is_distinguished(reason: str) -> None:
    error = launch_error("parris-x", "ROLLBACK_COMPLETE", [f"Instance: {reason}"])
    assert isinstance(error, CapacityUnavailableError)


@pytest.mark.parametrize(
    "reason",
    [
        'Resource handler returned message: "You have requested more vCPU capacity than your'
        " current vCPU limit of 0 allows for the instance bucket that the specified instance type"
        ' belongs to. (Service: Ec2, Status Code: 400, Request ID: 1)"',
        "You have requested more instances (1) than your current instance limit of 0 allows for the"
        " specified instance type.",
        "VcpuLimitExceeded",
        "InstanceLimitExceeded",
    ],
)
def test_a_quota_that_leaves_no_room_is_distinguished(reason: str) -> None:
    error = launch_error("parris-x", "ROLLBACK_COMPLETE", [f"Instance: {reason}"])
    assert isinstance(error, QuotaError)
    assert reason in str(error)


def test_another_failed_launch_has_awss_reason() -> None:
    error = launch_error("parris-x", "ROLLBACK_COMPLETE", ["Instance: no such image: ami-1"])
    assert isinstance(error, LaunchFailedError)
    assert "no such image: ami-1" in str(error)


@pytest.mark.parametrize(
    ("words", "timestamp"),
    [
        ("User initiated (2026-11-21 01:00:05 GMT)", datetime(2026, 11, 21, 1, 0, 5, tzinfo=UTC)),
        ("", None),
    ],
)
def test_the_time_of_an_end_is_read_from_ec2s_message(
    words: str, timestamp: datetime | None
) -> None:
    assert time_of_transition(words) == timestamp
