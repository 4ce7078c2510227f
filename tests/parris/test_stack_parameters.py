"""CreateStack passes exactly the parameters that the template declares."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from parris.targets.ec2_stack.settings import Ec2StackSettings
from parris.targets.ec2_stack.spec import SPOT
from parris.targets.ec2_stack.stack_parameters import PARAMETER_NAMES, stack_parameters, stack_tags
from tests.builders import a_job, a_whole_rate

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SETTINGS = Ec2StackSettings(
    deployment="parris",
    region="us-east-1",
    training_bucket="b",
    jobs_table="t",
    trainer_log_group="g",
    stack_role_arn="arn:role",
    instance_profile="trainers",
    subnet_id="subnet-1",
    security_group_id="sg-1",
    layers_root=Path("/opt"),
)


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's tags as nothing."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: None)


def declared_parameters() -> dict[str, Any]:
    template = yaml.load(Path("templates/ec2-stack/training-stack.yaml").read_text(), _Loader)
    parameters: dict[str, Any] = template["Parameters"]
    return parameters


def test_every_parameter_of_the_template_is_given_and_no_other() -> None:
    assert set(stack_parameters(a_job(), SETTINGS, NOW)) == set(declared_parameters())
    assert set(declared_parameters()) == PARAMETER_NAMES


def test_a_job_that_names_no_subnet_gets_the_deployments() -> None:
    parameters = stack_parameters(a_job(), SETTINGS, NOW)
    assert (parameters["SubnetId"], parameters["SecurityGroupId"]) == ("subnet-1", "sg-1")


@pytest.mark.parametrize(("kind", "processor"), [("t3.micro", "x86_64"), ("t4g.micro", "arm64")])
def test_the_default_image_suits_the_processor(kind: str, processor: str) -> None:
    parameters = stack_parameters(a_job(instance_type=kind), SETTINGS, NOW)
    assert parameters["AmiAlias"].endswith(processor)
    assert parameters["AmiId"] == ""


def test_a_machine_that_is_to_be_kept_stops_when_it_shuts_down() -> None:
    kept = stack_parameters(a_job(on_termination="stop-instance"), SETTINGS, NOW)
    assert kept["ShutdownBehavior"] == "stop"
    assert stack_parameters(a_job(), SETTINGS, NOW)["ShutdownBehavior"] == "terminate"


def test_a_spot_instance_is_bought_at_the_price_that_was_quoted_at_most() -> None:
    spot = stack_parameters(
        a_job(purchase_option=SPOT, rate=a_whole_rate("0.0000104")), SETTINGS, NOW
    )
    assert (spot["PurchaseOption"], spot["SpotMaxPriceUsd"]) == ("spot", "0.0000104")
    on_demand = stack_parameters(a_job(), SETTINGS, NOW)
    assert (on_demand["PurchaseOption"], on_demand["SpotMaxPriceUsd"]) == ("on-demand", "")


def test_a_spot_job_without_a_price_is_a_violation_of_ours() -> None:
    with pytest.raises(ValueError, match="must have a price"):
        stack_parameters(a_job(purchase_option=SPOT, rate=None), SETTINGS, NOW)


def test_the_machines_own_timer_strikes_after_the_limit() -> None:
    parameters = stack_parameters(a_job(), SETTINGS, NOW)
    assert int(parameters["BackstopSeconds"]) > 3600


def test_the_tags_have_the_owner_and_the_expiry_of_the_stack() -> None:
    assert stack_tags(a_job(), NOW) == {
        "parris:deployment": "parris",
        "parris:execution": a_job().execution_arn,
        "parris:job": "iris",
        "parris:deadline": "2026-11-21T01:30:00.000Z",
        "parris:on-termination": "delete-stack",
        "parris:purchase-option": "on-demand",
    }


@pytest.mark.parametrize(
    ("instance_type", "mode"),
    [
        ("t2.micro", "standard"),
        ("t3a.large", "standard"),
        ("t4g.nano", "standard"),
        ("t1.micro", ""),
        ("c5.large", ""),
        ("trn1.2xlarge", ""),
    ],
)
def test_burstable_types_and_no_others_are_launched_without_surplus_credits(
    instance_type: str, mode: str
) -> None:
    job = a_job(instance_type=instance_type)
    assert stack_parameters(job, SETTINGS, NOW)["CpuCredits"] == mode
