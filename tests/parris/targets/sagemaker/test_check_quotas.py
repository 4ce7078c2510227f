"""The quotas of the account against the instances of a job."""

from typing import Any

from parris.targets.sagemaker.aws.quotas import Quotas
from parris.targets.sagemaker.check_quotas import LONGEST_RUN_TIME, CheckedQuotas, check_quotas
from parris.targets.sagemaker.rates import Machine
from parris.targets.sagemaker.spec import InstanceGroup

G5, M5 = "ml.g5.xlarge", "ml.m5.large"


class Account:
    """A client of Service Quotas in an account with these quotas."""

    def __init__(self, values: dict[str, float]) -> None:
        self._values = {LONGEST_RUN_TIME: 432_000.0, **values}

    def list_service_quotas(self, **_: object) -> Any:
        quotas = [
            {"QuotaCode": "L-1", "QuotaName": name, "Value": value}
            for name, value in self._values.items()
        ]
        return {"Quotas": quotas}


def checked(config: Any, values: dict[str, float], *counts: tuple[str, int]) -> CheckedQuotas:
    machines = [
        Machine(f"{count} x {kind}", (InstanceGroup("", kind, count),)) for kind, count in counts
    ]
    return check_quotas(config, machines, Quotas(Account(values)), "us-east-1")


def test_a_job_that_fits_no_quota_is_rejected_for_each_of_its_types() -> None:
    quotas = {f"{G5} for training job usage": 1.0, f"{M5} for training job usage": 0.0}
    found = checked({}, quotas, (G5, 2), (M5, 1))
    assert [one.path for one in found.violations] == ["/instance-type", "/instance-type"]
    assert f'"{G5} for training job usage" in us-east-1 is 1' in found.violations[0].expected
    assert "--quota-code L-1 --desired-value 2" in found.violations[0].expected


def test_a_type_beyond_its_quota_is_left_out_where_another_one_fits() -> None:
    quotas = {f"{G5} for training job usage": 0.0, f"{M5} for training job usage": 4.0}
    found = checked({}, quotas, (G5, 1), (M5, 4))
    assert found.violations == ()
    assert found.titles_beyond == {f"1 x {G5}"}
    assert "is not tried" in found.warnings[0]


def test_spot_and_warm_pools_have_quotas_of_their_own() -> None:
    spot = {f"{G5} for spot training job usage": 0.0}
    assert checked({"purchase-option": "spot"}, spot, (G5, 1)).violations
    pool = {f"{G5} for training job usage": 1.0, f"{G5} for training warm pool usage": 0.0}
    assert checked({"keep-alive-seconds": 60}, pool, (G5, 1)).violations
    assert not checked({}, pool, (G5, 1)).violations


def test_a_quota_that_cannot_be_read_is_a_warning() -> None:
    found = checked({}, {}, (G5, 1))
    assert found.violations == ()
    assert "could not be read (there is no such quota)" in found.warnings[0]


def test_the_run_time_is_that_of_the_quota_but_never_above_28_days() -> None:
    quota = f"{G5} for training job usage"
    assert checked({}, {quota: 1}, (G5, 1)).longest_runtime_seconds == 432_000
    longer = checked({}, {quota: 1, LONGEST_RUN_TIME: 9e9}, (G5, 1))
    assert longer.longest_runtime_seconds == 28 * 86_400
