"""AWS's error codes become our errors; unknown ones pass through."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from parris.aws.executions import Executions
from parris.aws.translate_errors import translates_errors
from parris.errors import (
    AwsDeniedError,
    AwsThrottledError,
    AwsUnavailableError,
    ResourceExistsError,
)
from parris.targets.ec2_stack.aws.instances import Instances
from parris.targets.ec2_stack.aws.stacks import Stacks
from parris.targets.ec2_stack.aws.volumes import Volumes
from tests.aws.clients import make_client

ARN = "arn:aws:states:us-east-1:123456789012:execution:parris-training:run-1"


THROTTLED = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "RequestThrottled",
    "RequestThrottledException",
    "ProvisionedThroughputExceededException",
    "SlowDown",
    "BandwidthLimitExceeded",
    "PriorRequestNotComplete",
]
DENIED = [
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "Client.UnauthorizedOperation",
    "UnauthorizedException",
    "NotAuthorized",
    "403",
]
UNAVAILABLE = [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceError",
    "InternalErrorException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Unavailable",
    "RequestTimeout",
    "RequestTimeoutException",
    "500",
    "502",
    "503",
    "504",
]


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        *((code, 400, AwsThrottledError) for code in THROTTLED),
        *((code, 400, AwsDeniedError) for code in DENIED),
        *((code, 400, AwsUnavailableError) for code in UNAVAILABLE),
        ("RequestLimitExceeded", 503, AwsThrottledError),
        ("UnknownCode", 503, AwsUnavailableError),
        ("UnknownCode", 400, ClientError),
    ],
)
def test_each_error_code_of_aws_becomes_the_error_that_decides_about_a_retry(
    code: str, status: int, expected: type[Exception]
) -> None:
    client = make_client("stepfunctions")
    with Stubber(client) as stubber:
        stubber.add_client_error("describe_execution", code, "words", status)
        with pytest.raises(expected, match="words") as caught:
            Executions(client).is_alive(ARN)
    assert type(caught.value) is expected


def test_no_answer_at_all_is_unavailable() -> None:
    @translates_errors
    def call() -> None:
        raise EndpointConnectionError(endpoint_url="https://example.invalid")

    with pytest.raises(AwsUnavailableError):
        call()


@pytest.mark.parametrize(("status", "alive"), [("RUNNING", True), ("ABORTED", False)])
def test_an_execution_is_alive_while_it_runs(status: str, *, alive: bool) -> None:
    client = make_client("stepfunctions")
    with Stubber(client) as stubber:
        stubber.add_response(
            "describe_execution",
            {
                "executionArn": ARN,
                "stateMachineArn": ARN.replace(":execution:", ":stateMachine:"),
                "status": status,
                "startDate": 0,
            },
        )
        assert Executions(client).is_alive(ARN) is alive


def test_an_execution_that_does_not_exist_is_dead() -> None:
    client = make_client("stepfunctions")
    with Stubber(client) as stubber:
        stubber.add_client_error("describe_execution", "ExecutionDoesNotExist", "none", 400)
        assert Executions(client).is_alive(ARN) is False


def test_a_missing_stack_is_distinguished_from_other_validation_errors() -> None:
    client = make_client("cloudformation")
    with Stubber(client) as stubber:
        words = "Stack with id parris-x does not exist"
        stubber.add_client_error("describe_stacks", "ValidationError", words, 400)
        assert Stacks(client).find("parris-x") is None
        stubber.add_client_error("describe_stacks", "ValidationError", "1 validation error", 400)
        with pytest.raises(ClientError, match="1 validation error"):
            Stacks(client).find("parris x")


def test_a_name_that_is_taken_is_a_stack_that_exists() -> None:
    client = make_client("cloudformation")
    with Stubber(client) as stubber:
        stubber.add_client_error("create_stack", "AlreadyExistsException", "taken", 400)
        with pytest.raises(ResourceExistsError, match="parris-x"):
            Stacks(client).create("parris-x", "{}", {}, {}, "arn:aws:iam::1:role/stack-role", ARN)


def test_an_instance_that_ec2_does_not_know_yet_is_none() -> None:
    client = make_client("ec2")
    with Stubber(client) as stubber:
        stubber.add_client_error("describe_instances", "InvalidInstanceID.NotFound", "none", 400)
        assert Instances(client).find("i-0123456789abcdef0") is None


def test_deleting_a_volume_that_is_already_gone_succeeds() -> None:
    client = make_client("ec2")
    with Stubber(client) as stubber:
        stubber.add_client_error("delete_volume", "InvalidVolume.NotFound", "none", 400)
        Volumes(client).delete("vol-0123456789abcdef0")
        stubber.add_client_error("delete_volume", "VolumeInUse", "attached", 400)
        with pytest.raises(ClientError, match="attached"):
            Volumes(client).delete("vol-0123456789abcdef0")
