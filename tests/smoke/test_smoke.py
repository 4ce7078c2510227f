"""The smoke suite itself, on the embedded AWS: what it runs in a real account is the same code."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from parris_cli.project_files import PROJECT
from tests.smoke.choose_machine import NoMachineError, choose_machines
from tests.smoke.cleaning import Cleaner
from tests.smoke.smoke import SmokeError, SmokeOptions, check_account, run_smoke
from tests.smoke.steps import Step

pytestmark = pytest.mark.long

QUICK = SmokeOptions(
    "smoke-test",
    instance_types=("t3.nano",),
    at_once=4,
    script_seconds=1,
    # Not longer than the cost limit takes, and enough for a machine that starts slowly.
    limit_seconds=70,
    # A minute and the volume's reserve are billed at least, and so no limit may be lower: 80 s.
    cost_limit_usd=0.0015,
    look_seconds=0.3,
)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    settings = Settings(stack_create_seconds=0.5, stack_delete_seconds=0.5)
    with EmbeddedAws(settings, folder=tmp_path_factory.mktemp("embedded-aws")) as running:
        yield running


def everything(aws: EmbeddedAws) -> list[str]:
    """What is there of a deployment: stacks, buckets, and machines that are not terminated."""
    stacks = aws.client("cloudformation").describe_stacks()["Stacks"]
    machines = [
        one
        for group in aws.client("ec2").describe_instances()["Reservations"]
        for one in group["Instances"]
        if one["State"]["Name"] != "terminated"
    ]
    return [
        *(one["StackName"] for one in stacks if not one["StackName"].startswith("aws-sam-cli-")),
        *(one["InstanceId"] for one in machines),
        *(
            one["Name"]
            for one in aws.client("s3").list_buckets()["Buckets"]
            if one["Name"].startswith("smoke-")
        ),
    ]


def test_every_method_and_a_request_to_end_are_shown_and_nothing_is_left(aws: EmbeddedAws) -> None:
    said: list[str] = []

    def deploy(name: str) -> None:
        aws.deploy(PROJECT / "template.yaml", name)

    run_smoke(QUICK, aws.client, said.append, deploy)

    text = "\n".join(said)
    assert [step for step in Step if f" s  {step}" in text] == list(Step)
    for name, reason in (
        ("complete", "COMPLETED"),
        ("time", "TIME_LIMIT"),
        ("cost", "COST_LIMIT"),
        ("stop", "ABORTED"),
    ):
        assert f"smoke-test-{name}: {reason}, ran " in text
    (in_all,) = re.findall(r"estimated cost in all: (\S+) USD", text)
    each = [Decimal(usd) for usd in re.findall(r", estimated (\S+) USD", text)]
    assert Decimal(in_all) == sum(each) > 0
    assert "no instance, volume or stack of a job is left" in text
    assert said[-1].startswith("left: nothing; ")
    assert everything(aws) == []


def test_ctrl_c_takes_everything_away_that_has_been_made(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deploy(name: str) -> None:
        aws.deploy(PROJECT / "template.yaml", name)

    def interrupted(*_: object) -> None:
        deadline = time.monotonic() + 60
        while not Cleaner(aws.client, "smoke-test", print).left_of_jobs():
            assert time.monotonic() < deadline
            time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("tests.smoke.smoke._stop", interrupted)
    said: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        run_smoke(QUICK, aws.client, said.append, deploy)
    assert said[-1].startswith("left: nothing; ")
    assert everything(aws) == []


def test_a_deployment_that_fails_is_taken_away_too(aws: EmbeddedAws) -> None:
    def deploy(name: str) -> None:
        aws.client("s3").create_bucket(Bucket="not-the-suites-own")
        raise SmokeError("no rights")

    with pytest.raises(SmokeError, match="no rights"):
        run_smoke(QUICK, aws.client, print, deploy)
    assert everything(aws) == []
    assert aws.client("s3").head_bucket(Bucket="not-the-suites-own")


class Quota:
    """Service Quotas with one quota, and EC2 with what a Region offers."""

    def __init__(self, vcpus: float | None, offered: tuple[str, ...]) -> None:
        self._vcpus = vcpus
        self._offered = offered

    def get_service_quota(self, **asked: str) -> dict[str, Any]:
        if self._vcpus is None:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetServiceQuota")
        return {"Quota": {"Value": self._vcpus}}

    def describe_instance_type_offerings(self, **asked: Any) -> dict[str, Any]:
        return {"InstanceTypeOfferings": [{"InstanceType": one} for one in self._offered]}


@pytest.mark.parametrize(("vcpus", "at_once"), [(2.0, 1), (5.0, 2), (32.0, 4), (None, 1)], ids=str)
def test_no_more_jobs_run_at_once_than_a_fresh_account_may_have(
    vcpus: float | None, at_once: int
) -> None:
    quota = Quota(vcpus, ("c5.large", "c7i-flex.large"))
    chosen = choose_machines(lambda _: quota, print)
    assert (chosen.types, chosen.at_once) == (("c7i-flex.large", "c5.large"), at_once)


@pytest.mark.parametrize(("vcpus", "offered"), [(1.0, ("c5.large",)), (32.0, ())], ids=str)
def test_an_account_that_cannot_run_a_job_gets_advice(
    vcpus: float, offered: tuple[str, ...]
) -> None:
    with pytest.raises(NoMachineError, match=r"PARRIS_SMOKE_INSTANCE_TYPE|Service Quotas"):
        choose_machines(lambda _: Quota(vcpus, offered), print)


def test_it_starts_in_the_account_that_was_named_and_in_no_other(aws: EmbeddedAws) -> None:
    check_account(aws.settings.account_id, aws.client)
    with pytest.raises(SmokeError, match="not set"):
        check_account(None, aws.client)
    with pytest.raises(SmokeError, match="not set"):
        check_account("", aws.client)
    with pytest.raises(SmokeError, match=f"those of {aws.settings.account_id}"):
        check_account("277012880214", aws.client)


def test_the_program_refuses_without_the_variable_and_touches_nothing(aws: EmbeddedAws) -> None:
    environment = {key: text for key, text in os.environ.items() if not key.startswith("PARRIS_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.smoke"],
        cwd=PROJECT,
        env={**environment, **aws.environment()},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "PARRIS_SMOKE_ACCOUNT is not set" in done.stderr
    assert everything(aws) == []
