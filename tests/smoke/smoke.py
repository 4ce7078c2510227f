"""Deploys Parris, runs a job by each method, and takes everything away again, whatever happens."""

from __future__ import annotations

import secrets
import signal
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.account import Account, Deployment
from cli.deploy import DeployOptions, deploy
from cli.job_files import CLONE
from cli.stop_job import wish_stop
from tests.end_to_end.deployment import Deployed
from tests.smoke.cleaning import Cleaner
from tests.smoke.jobs import SmokeJob, smoke_jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.start_job import StartedJob

_NO_SETTINGS = CLONE / "config" / "lambda-config.json"
_LONGEST_JOB_SECONDS = 30 * 60


class SmokeError(Exception):
    """Something is not as it should be."""


@dataclass(frozen=True, slots=True)
class SmokeOptions:
    """What is run. Limits count from a launch, and on EC2 a machine needs a minute to boot.

    A t3.nano with its volume and its address costs 0.0138 USD per hour, and its volume's reserve
    0.0012 USD: the cost limit lasts 211 s, and the script is told to save 42 s before.
    """

    stack_name: str
    instance_type: str = "t3.nano"
    script_seconds: int = 60
    limit_seconds: int = 180
    cost_limit_usd: float = 0.0020
    look_seconds: float = 5.0


def new_stack_name() -> str:
    """Return a name that no other deployment has."""
    return f"smoke-{datetime.now(UTC):%Y%m%dt%H%M%S}-{secrets.token_hex(2)}"


def check_account(expected: str | None, make_client: Callable[[str], Any]) -> None:
    """Do nothing where the credentials are those of the account that was named.

    Raises:
        SmokeError: when none was named, or the credentials are another's.
    """
    if not expected:
        raise SmokeError(
            "PARRIS_SMOKE_ACCOUNT is not set. This suite launches machines that cost money: set it"
            " to the id of the account that it may do so in"
        )
    found = make_client("sts").get_caller_identity()["Account"]
    if found != expected:
        raise SmokeError(
            f"PARRIS_SMOKE_ACCOUNT is {expected}, but the credentials here are those of {found}"
        )


def deploy_with_sam(stack_name: str) -> None:
    """Deploy as a person does.

    Raises:
        SmokeError: when that fails.
    """
    options = DeployOptions(_NO_SETTINGS, stack_name, settings=(), is_dry_run=False)
    if deploy(options) != 0:
        raise SmokeError("it could not be deployed")


def run_smoke(
    options: SmokeOptions,
    make_client: Callable[[str], Any],
    say: Callable[[str], object],
    deploy_as: Callable[[str], object] = deploy_with_sam,
) -> None:
    """Run the whole suite.

    Args:
        options: what is run.
        make_client: gives a boto3 client for a service's name.
        say: tells how far it is, line by line.
        deploy_as: deploys under a name.

    Raises:
        SmokeError: when a job has ended otherwise than it should, or something is left.
    """
    began = time.monotonic()
    cleaner = Cleaner(make_client, options.stack_name, say)
    try:
        deploy_as(options.stack_name)
        say(f"deployed as {options.stack_name} in {time.monotonic() - began:.0f} s")
        _run_jobs(options, make_client, say)
        left = cleaner.left_of_jobs()
        if left:
            raise SmokeError(f"jobs have left: {', '.join(left)}")
        say("no instance, volume or stack of a job is left")
    finally:
        with _holding_off_interrupts(say):
            left = cleaner.clean_up(_bucket_of(options.stack_name, make_client))
            say(f"left: {', '.join(left) or 'nothing'}; {time.monotonic() - began:.0f} s in all")
    if left:
        raise SmokeError(f"could not be taken away: {', '.join(left)}")


def _run_jobs(
    options: SmokeOptions, make_client: Callable[[str], Any], say: Callable[[str], object]
) -> None:
    outputs = _outputs(options.stack_name, make_client)
    account = Account(make_client, Deployment.from_outputs(outputs), is_embedded=False)
    jobs = smoke_jobs(
        options.stack_name,
        options.instance_type,
        options.script_seconds,
        options.limit_seconds,
        options.cost_limit_usd,
    )
    faults: list[str] = []
    cost_usd = Decimal(0)
    with tempfile.TemporaryDirectory() as folder:
        deployed = Deployed(account, Path(folder), options.look_seconds)
        started = [(job, deployed.start(job.name, job.script, **job.config)) for job in jobs]
        say(f"started {', '.join(job.name for job in jobs)}")
        for job, run in started:
            if job.is_stopped:
                _stop(deployed, job, run, say)
        for job, run in reversed(started):
            ended = deployed.end_of(run, _LONGEST_JOB_SECONDS)
            runtime, cost = (ended.outcome.get(key) for key in _TOLD)
            say(f"{job.name}: {ended.reason}, ran {runtime} s, estimated {cost} USD")
            cost_usd += Decimal(str(cost or 0))
            if ended.reason != job.reason:
                faults.append(f"{job.name} ended as {ended.reason} ({ended.cause})")
            if ended.left:
                faults.append(f"{job.name} has left {ended.left}")
            if deployed.results_of(run) != {"result": "saved\n"}:
                faults.append(f"{job.name} has not saved its result")
    say(f"estimated cost in all: {cost_usd} USD")
    if faults:
        raise SmokeError("; ".join(faults))


_TOLD = ("runtime_seconds", "estimated_cost_usd")


def _stop(deployed: Deployed, job: SmokeJob, run: StartedJob, say: Callable[[str], object]) -> None:
    deployed.wait_for_file(run, "started.json", _LONGEST_JOB_SECONDS)
    if not wish_stop(deployed.account, job.name, run.execution_arn, datetime.now(UTC)):
        raise SmokeError(f"{job.name} was not there to be asked to end")
    say(f"asked {job.name} to end")


def _outputs(stack_name: str, make_client: Callable[[str], Any]) -> dict[str, str]:
    (stack,) = make_client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def _bucket_of(stack_name: str, make_client: Callable[[str], Any]) -> str | None:
    """Return the bucket that the deployment made, or None where it came to none."""
    resources = make_client("cloudformation")
    try:
        found = resources.describe_stack_resources(StackName=stack_name)["StackResources"]
    except resources.exceptions.ClientError:
        return None
    buckets = [one for one in found if one["LogicalResourceId"] == "TrainingBucket"]
    return buckets[0].get("PhysicalResourceId") or None if buckets else None


@contextmanager
def _holding_off_interrupts(say: Callable[[str], object]) -> Iterator[None]:
    """Clean up to the end: a second Ctrl-C would leave what costs money."""

    def decline(number: int, frame: object) -> None:
        say("cleaning up, which must not be interrupted: please wait")

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, decline) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
