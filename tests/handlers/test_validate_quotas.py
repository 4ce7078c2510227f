"""ValidateConfig checks the account's quotas of vCPUs before anything is launched."""

import dataclasses
from collections import Counter
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws import Settings as AwsSettings
from parris.entrypoint import Deps
from parris.payloads import Json, part_of
from tests.builders import BUCKET
from tests.handlers.account import QUICK
from tests.handlers.test_validate_config import an_event, job_of, violations_of
from validate_config import run

STANDARD, G, P = "L-1216C47A", "L-DB2E81BA", "L-417A185B"
G_SPOT = "L-3819A6DF"


@pytest.fixture
def quotas() -> dict[str, float]:
    """The account's quotas by their codes, where they are not the usual ones."""
    return {}


@pytest.fixture
def aws_settings(quotas: dict[str, float]) -> AwsSettings:
    return dataclasses.replace(QUICK, vcpu_quotas=quotas)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the operations of the gateways' requests."""
    from botocore.client import BaseClient

    counts: Counter[str] = Counter()
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def counted(client: Any, operation: str, parameters: Any) -> Any:
        counts[operation] += 1
        return make(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    return counts


def warnings_of(deps: Deps, config: dict[str, Any]) -> list[Json]:
    warnings = part_of(run(an_event(config), deps), "quote")["warnings"]
    assert isinstance(warnings, list)
    return warnings


@pytest.mark.parametrize(
    ("config", "code", "vcpus", "needed"),
    [
        ({"instance-type": "g5.xlarge"}, G, 0, 4),
        ({"instance-type": "g5.4xlarge", "purchase-option": "spot"}, G_SPOT, 15, 16),
        ({"instance-type": "c5.metal"}, STANDARD, 95, 96),
        ({"instance-type": "g5.xlarge", "hourly-price-usd": 1}, G, 3, 4),
    ],
)
def test_a_type_with_more_vcpus_than_the_quota_is_a_violation_with_its_remedy(
    deps: Deps, quotas: dict[str, float], config: dict[str, Any], code: str, vcpus: int, needed: int
) -> None:
    quotas[code] = vcpus

    (violation,) = violations_of(deps, config)

    assert violation.startswith(f'1. /instance-type: found "{config["instance-type"]}", expected ')
    assert f"at most {vcpus} vCPUs, this account's quota" in violation
    assert f"{config['instance-type']} has {needed}" in violation
    assert violation.endswith(
        "aws service-quotas request-service-quota-increase --region us-east-1 --service-code ec2"
        f" --quota-code {code} --desired-value {needed}"
    )
    quotas[code] = needed
    assert warnings_of(deps, config) == []


def test_each_type_of_a_list_that_fits_no_quota_has_its_violation(
    deps: Deps, quotas: dict[str, float], calls: Counter[str]
) -> None:
    quotas |= {G: 4, P: 0}
    types = ["g5.2xlarge", "p4d.24xlarge", "g6.4xlarge"]
    violations = violations_of(deps, {"instance-type": types})
    assert [one.split(":")[0] for one in violations] == [
        "1. /instance-type/0",
        "2. /instance-type/1",
        "3. /instance-type/2",
    ]
    assert calls["GetServiceQuota"] == 2
    assert calls["DescribeInstanceTypes"] == 0


def test_a_type_beyond_the_quota_is_left_out_where_another_fits(
    deps: Deps, quotas: dict[str, float]
) -> None:
    quotas[G] = 8
    config = {"instance-type": ["g5.12xlarge", "g5.2xlarge", "c5.large"]}
    assert [one.title for one in job_of(deps, config).offers] == ["g5.2xlarge", "c5.large"]
    (warning,) = warnings_of(deps, config)
    assert "g5.12xlarge is not tried: it has 48 vCPUs" in str(warning)
    assert f"--quota-code {G} --desired-value 48" in str(warning)


def test_a_template_of_ones_own_is_only_warned(
    deps: Deps, aws: EmbeddedAws, quotas: dict[str, float]
) -> None:
    # It may use a capacity block, which has another quota.
    with open("templates/ec2-stack/training-stack.yaml", "rb") as template:
        aws.client("s3").put_object(Bucket=BUCKET, Key="own.yaml", Body=template)
    quotas[G] = 0
    config = {"cloudformation-template-filename": "own.yaml", "instance-type": "g5.xlarge"}
    assert [one.title for one in job_of(deps, config).offers] == ["g5.xlarge"]
    (warning,) = warnings_of(deps, config)
    assert "g5.xlarge has 4 vCPUs, more than this account's quota" in str(warning)


@pytest.mark.parametrize(
    ("instance_type", "option"), [("p5.48xlarge", "spot"), ("cr1.8xlarge", "on-demand")]
)
def test_a_type_without_a_known_quota_is_not_checked(
    deps: Deps, calls: Counter[str], instance_type: str, option: str
) -> None:
    config = {"instance-type": instance_type, "purchase-option": option}
    assert warnings_of(deps, config) == []
    assert calls["GetServiceQuota"] == 0


@pytest.mark.parametrize(
    "code",
    ["AccessDeniedException", "NoSuchResourceException", "TooManyRequestsException", "Unknown"],
)
def test_a_quota_that_cannot_be_read_is_a_warning_only(
    deps: Deps, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    from botocore.client import BaseClient
    from botocore.exceptions import ClientError

    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def refused(client: Any, operation: str, parameters: Any) -> Any:
        if operation == "GetServiceQuota":
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, operation)
        return make(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", refused)
    (warning,) = warnings_of(deps, {"instance-type": "g5.xlarge"})
    assert warning == (
        f"the account's quota {G} for g5.xlarge could not be read ({code}), so that it is not"
        " checked"
    )


@pytest.mark.parametrize(
    ("config", "jobs", "why"),
    [
        ({"instance-type": "g5.2xlarge"}, 4, "is 39 vCPUs, and g5.2xlarge has 8"),
        ({"instance-type": ["g5.4xlarge", "g5.xlarge"]}, 9, "is 39 vCPUs, and g5.xlarge has 4"),
        ({"instance-type": ["g5.2xlarge", "c5.xlarge"]}, 6, "is 9 vCPUs, and c5.xlarge has 4"),
        ({"instance-type": ["g5.16xlarge", "g5.2xlarge"]}, 4, "and g5.2xlarge has 8"),
    ],
)
def test_a_sweep_learns_for_how_many_instances_the_quotas_have_room(
    deps: Deps, quotas: dict[str, float], config: dict[str, Any], jobs: int, why: str
) -> None:
    quotas |= {G: 39, STANDARD: 9}
    room = part_of(run({**an_event(config), "stores_nothing": True}, deps), "room")
    assert room["jobs"] == jobs
    assert why in str(room["why"])


def test_nothing_bounds_a_sweep_on_a_type_whose_quota_is_unknown(deps: Deps) -> None:
    config = {"instance-type": ["c5.large", "cr1.8xlarge"]}
    assert run({**an_event(config), "stores_nothing": True}, deps)["room"] is None
