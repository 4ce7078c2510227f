"""ValidateConfig with configs as the documents that Parris comes from write them."""

import json
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.targets.ec2_stack.spec import spec_of
from tests.handlers.conftest import put_json
from tests.handlers.test_validate_config import job_of, violations_of

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def fixture(name: str) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((FIXTURES / name).read_text())
    return config


def put_seed_config(aws: EmbeddedAws) -> dict[str, Any]:
    """Put it where the team's config lies, with ids that this account has."""
    ec2 = aws.client("ec2")
    config = fixture("seed-training-config.json")
    config["subnet-id"] = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    config["security-group-id"] = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    ec2.create_key_pair(KeyName=config["ec2-keypair-name"])
    put_json(aws, "training-config.json", config)
    return config


def test_every_key_of_the_old_documents_means_what_it_meant(deps: Deps, aws: EmbeddedAws) -> None:
    config = put_seed_config(aws)
    job = job_of(deps, {})
    assert job.training_job_name == "Test-Training-Job"
    assert job.methods == ("at-fixed-time",)
    assert job.limits.time_limit_seconds == 10 * 3600
    assert job.limits.cost_limit_seconds is None
    assert spec_of(job).instance_type == "t2.micro"
    assert spec_of(job).subnet_id == config["subnet-id"]
    assert spec_of(job).security_group_id == config["security-group-id"]
    assert spec_of(job).key_pair_name == "my-keypair"
    assert job.config["stack-replacement"] is True
    assert job.required_script.filename == "trainer-script.sh"


def test_the_option_of_an_unused_method_is_reported_as_without_effect(
    deps: Deps, aws: EmbeddedAws
) -> None:
    put_seed_config(aws)
    (warning,) = [one for one in job_of(deps, {}).warnings if "cost-limit" in one]
    assert "around-cost-threshold is not chosen" in warning


@pytest.mark.parametrize("limit", ["time-limit", "cost-limit"])
def test_a_flat_limit_is_refused_and_told_its_place_and_its_unit(deps: Deps, limit: str) -> None:
    config = fixture("flat-time-limit-config.json")
    config[limit] = config.pop("time-limit")
    (line,) = violations_of(deps, config)
    unit = {"time-limit": "in hours", "cost-limit": "in USD"}[limit]
    assert f"/{limit}: found 90, expected it under /termination-options/{limit}, {unit}" in line
    assert ("was in minutes, so 90 minutes become 1.5" in line) == (limit == "time-limit")
