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

from parris_cli.account.clients import Account, Deployment
from parris_cli.deployment.deploy import DeployOptions, deploy
from parris_cli.project_files import PROJECT
from parris_cli.stopping.request_stop import request_stop
from tests.end_to_end.deployment import Deployed
from tests.smoke.bare_stack import BareStack, BareStackError
from tests.smoke.check_aws import find_image_faults, find_price_faults, find_training_price_faults
from tests.smoke.choose_machine import Machines, NoMachineError, choose_machines
from tests.smoke.cleaning import Cleaner
from tests.smoke.jobs import SmokeJob, smoke_jobs
from tests.smoke.read_calls import calls_of_role
from tests.smoke.steps import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from parris_cli.starting.start_job import StartedJob

_NO_SETTINGS = PROJECT / "config" / "lambda-config.json"
_LONGEST_JOB_SECONDS = 30 * 60


class SmokeError(Exception):
    """Something is not as it should be."""


@dataclass(frozen=True, slots=True)
class SmokeOptions:
    """What is run. Limits count from a launch, and on EC2 a machine needs a minute to boot.

    `instance_types` and `at_once` are chosen by what the account may launch where they are None.
    A c7i-flex.large with its volume and its address costs 0.093 USD per hour in us-east-1: the cost
    limit lasts some 450 s there, and no less than 240 s in the dearest Region.
    """

    stack_name: str
    instance_types: tuple[str, ...] | None = None
    at_once: int | None = None
    script_seconds: int = 60
    limit_seconds: int = 420
    cost_limit_usd: float = 0.012
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
        say: prints the progress, line by line.
        deploy_as: deploys under a name.

    Raises:
        SmokeError: when a job has ended otherwise than it should, or something is left.
    """
    began = time.monotonic()
    cleaner = Cleaner(make_client, options.stack_name, say)

    def step(name: Step) -> None:
        say(f"{time.monotonic() - began:4.0f} s  {name}")

    step(Step.MACHINE)
    machines = _machines(options, make_client, say)
    step(Step.IMAGES)
    _require(find_image_faults(make_client, say))
    try:
        step(Step.DEPLOY)
        deploy_as(options.stack_name)
        outputs = _outputs(options.stack_name, make_client)
        step(Step.PRICES)
        validate = outputs["ValidateConfigFunctionName"]
        _require(find_price_faults(make_client, validate, say))
        _require(find_training_price_faults(make_client, validate, say))
        bare = BareStack(make_client, options.stack_name, options.look_seconds)
        step(Step.LAUNCH)
        _launch_and_lose(bare, machines, outputs, step)
        step(Step.JOBS)
        _run_jobs(options, machines, outputs, make_client, say)
        step(Step.LEFT)
        _require(cleaner.left_of_jobs())
        say("no instance, volume or stack of a job is left")
        step(Step.CALLS)
        _tell_calls(options.stack_name, make_client, say)
    finally:
        step(Step.CLEAN_UP)
        with _holding_off_interrupts(say):
            left = cleaner.clean_up(_bucket_of(options.stack_name, make_client))
            say(f"left: {', '.join(left) or 'nothing'}; {time.monotonic() - began:.0f} s in all")
    if left:
        raise SmokeError(f"could not be taken away: {', '.join(left)}")


def _machines(
    options: SmokeOptions, make_client: Callable[[str], Any], say: Callable[[str], object]
) -> Machines:
    if options.instance_types is not None:
        return Machines(options.instance_types, options.at_once or 1)
    try:
        return choose_machines(make_client, say)
    except NoMachineError as err:
        raise SmokeError(str(err)) from err


def _launch_and_lose(
    bare: BareStack, machines: Machines, outputs: dict[str, str], step: Callable[[Step], object]
) -> None:
    try:
        instance_id = bare.launch(machines.types[0], outputs)
        step(Step.TERMINATED)
        bare.terminate(instance_id)
        bare.delete()
    except BareStackError as err:
        raise SmokeError(str(err)) from err


def _require(faults: Sequence[str]) -> None:
    if faults:
        raise SmokeError("; ".join(faults))


def _tell_calls(
    stack_name: str, make_client: Callable[[str], Any], say: Callable[[str], object]
) -> None:
    found = make_client("cloudformation").describe_stack_resource(
        StackName=stack_name, LogicalResourceId="StackRole"
    )
    role = str(found["StackResourceDetail"]["PhysicalResourceId"])
    calls = calls_of_role(make_client, role)
    counted = ", ".join(f"{name} {count}" for name, count in calls.most_common())
    say(f"CloudTrail on {role}: {counted or 'nothing yet; it is up to 15 minutes late'}")


def _run_jobs(
    options: SmokeOptions,
    machines: Machines,
    outputs: dict[str, str],
    make_client: Callable[[str], Any],
    say: Callable[[str], object],
) -> None:
    account = Account(make_client, Deployment.from_outputs(outputs), is_embedded=False)
    jobs = smoke_jobs(
        options.stack_name,
        machines.types,
        options.script_seconds,
        options.limit_seconds,
        options.cost_limit_usd,
    )
    faults: list[str] = []
    cost_usd = Decimal(0)
    with tempfile.TemporaryDirectory() as folder:
        deployed = Deployed(account, Path(folder), options.look_seconds)
        for first in range(0, len(jobs), machines.at_once):
            for job, run in _started(deployed, jobs[first : first + machines.at_once], say):
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
    _require(faults)


def _started(
    deployed: Deployed, jobs: Sequence[SmokeJob], say: Callable[[str], object]
) -> list[tuple[SmokeJob, StartedJob]]:
    """Start jobs, ask those to end that are to be asked, and return those that end first first."""
    started = [(job, deployed.start(job.name, job.script, **job.config)) for job in jobs]
    say(f"started {', '.join(job.name for job in jobs)}")
    for job, run in started:
        if job.is_stopped:
            _stop(deployed, job, run, say)
    return started[::-1]


_TOLD = ("runtime_seconds", "estimated_cost_usd")


def _stop(deployed: Deployed, job: SmokeJob, run: StartedJob, say: Callable[[str], object]) -> None:
    deployed.wait_for_file(run, "started.json", _LONGEST_JOB_SECONDS)
    if not request_stop(deployed.account, job.name, run.execution_arn, datetime.now(UTC)):
        raise SmokeError(f"{job.name} was not there to be asked to end")
    say(f"asked {job.name} to end")


def _outputs(stack_name: str, make_client: Callable[[str], Any]) -> dict[str, str]:
    (stack,) = make_client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def _bucket_of(stack_name: str, make_client: Callable[[str], Any]) -> str | None:
    """Return the bucket that the deployment made, or None if it made none."""
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
