"""Sweeps on the virtual clock: the real template, functions and both machines."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from parris.aws.sweeps_table import SweepsTable
from parris.sweeps.trial import Trial
from parris_cli.account.clients import Account, Deployment
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.project_files import PROJECT, snapshots_folder
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.reports.leftovers import find_leftovers

DEPLOYED_AT = datetime(2031, 5, 1, tzinfo=UTC)
FAILING = SimulatedTraining(takes_seconds=60, exit_code=1)
TRAINING = SimulatedTraining(
    takes_seconds=1200,
    of_jobs={
        "sweep-fails-1-1": FAILING,
        "sweep-fails-1-1-r1": FAILING,
        **{
            f"sweep-early-1-{number}": SimulatedTraining(takes_seconds=1200, values=losses)
            for number, losses in enumerate(
                [(0.5, 0.4, 0.3, 0.2), (0.6, 0.5), (0.4, 0.5, 0.4, 0.3), (0.4, 0.3, 0.2, 0.1)]
            )
        },
    },
)
SETTINGS = Settings(
    shared_imports=SHARED_IMPORTS,
    stack_create_seconds=30,
    stack_delete_seconds=60,
    instances=SimulatedInstances(TRAINING),
)
GRID = {
    "depth": {"type": "integer", "minimum": 2, "maximum": 4},
    "optimizer": {"type": "categorical", "values": ["sgd"]},
}


class Sweeps:
    """A deployed Parris that runs sweeps."""

    def __init__(self, aws: EmbeddedAws, clock: VirtualClock, outputs: dict[str, str]) -> None:
        self.aws, self.clock, self.outputs = aws, clock, outputs
        self.bucket = outputs["TrainingBucketName"]
        self.table = SweepsTable(aws.client("dynamodb"), outputs["SweepsTableName"])

    def start(self, name: str, **config: Any) -> str:
        self.aws.client("s3").put_object(Bucket=self.bucket, Key="train.sh", Body=b"exit 0\n")
        whole = {
            "sweep-name": name,
            "training": {
                "termination-method": "at-fixed-time",
                "termination-options": {"time-limit": "1h"},
                "training-script-filename": "train.sh",
                "instance-type": "t3.micro",
            },
            "parameters": GRID,
            "search": {"method": "grid"},
            "budget": {"cost-limit": 1.0},
            **config,
        }
        started = self.aws.client("stepfunctions").start_execution(
            stateMachineArn=self.outputs["SweepStateMachineArn"],
            name=f"{name}-1",
            input=json.dumps(whole),
        )
        return str(started["executionArn"])

    def describe(self, arn: str) -> dict[str, Any]:
        found: dict[str, Any] = self.aws.client("stepfunctions").describe_execution(
            executionArn=arn
        )
        return found

    def end_of(self, arn: str, each: Callable[[], None] = lambda: None) -> dict[str, Any]:
        def is_running() -> bool:
            each()
            return bool(self.describe(arn)["status"] == "RUNNING")

        self.clock.run_while(is_running)
        return self.describe(arn)

    def trials(self, name: str) -> list[Trial]:
        return self.table.trials(f"{name}-1")

    def committed_usd(self, name: str) -> Decimal:
        sweep = self.table.find(f"{name}-1")
        return Decimal(0) if sweep is None else sweep.committed_usd

    def left(self, name: str) -> list[object]:
        account = Account(self.aws.client, Deployment.from_outputs(self.outputs), is_embedded=True)
        runs = [trial.execution_arn for trial in self.trials(name) if trial.execution_arn]
        return [one for run in runs for one in find_leftovers(account, run)]

    def reap(self) -> None:
        event = {"time": self.clock.now().isoformat()}
        self.aws.client("lambda").invoke(
            FunctionName=self.outputs["ReaperFunctionName"], Payload=json.dumps(event)
        )

    def read(self, key: str) -> Any:
        body = self.aws.client("s3").get_object(Bucket=self.bucket, Key=key)["Body"]
        return json.loads(body.read())


@pytest.fixture(scope="module")
def sweeps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sweeps]:
    clock = VirtualClock(DEPLOYED_AT)
    folder = tmp_path_factory.mktemp("embedded-aws")
    with EmbeddedAws(SETTINGS, folder=folder, clock=clock, snapshots=snapshots_folder()) as aws:
        outputs = aws.deploy(PROJECT / "template.yaml", "parris", {"ReaperRate": "never"})
        yield Sweeps(aws, clock, outputs)


@pytest.mark.long
def test_a_searched_trial_that_fails_runs_again_and_then_stops_the_sweep(sweeps: Sweeps) -> None:
    arn = sweeps.start(
        "fails",
        parameters={"rate": {"type": "float", "minimum": 0.001, "maximum": 1, "scale": "log"}},
        search={},  # the default method, which suggests each trial when it starts
        trials=3,
        goal={"metric": "loss", "direction": "minimize"},
        **{"retry-failed": 1, "stop-on-failure": True, "max-parallel": 1},
    )
    ended = sweeps.end_of(arn)
    assert (ended["status"], ended["error"]) == ("FAILED", "TRIAL_FAILED")
    first, second, *others = sweeps.trials("fails")
    assert (first.status, first.runs) == ("succeeded", 1)
    assert (second.status, second.runs, second.reason) == ("failed", 2, "SCRIPT_FAILED")
    assert {trial.status for trial in others} == {"not-started"}
    rates = {float(str((trial.parameters or {})["rate"])) for trial in (first, second)}
    assert len(rates) == 2
    assert all(0.001 <= rate <= 1 for rate in rates)
    assert sweeps.left("fails") == []


@pytest.mark.long
def test_a_trial_that_is_worse_than_others_saves_and_ends_early(sweeps: Sweeps) -> None:
    arn = sweeps.start(
        "early",
        parameters={"depth": {"type": "integer", "minimum": 1, "maximum": 4}},
        goal={"metric": "loss", "direction": "minimize"},
        **{"max-parallel": 1, "early-stopping": {"minimum-reports": 1, "reduction-factor": 2}},
    )
    ended = sweeps.end_of(arn)
    assert ended["status"] == "SUCCEEDED", ended
    trials = sweeps.trials("early")
    assert [(trial.status, trial.reason) for trial in trials] == [
        ("succeeded", "COMPLETED"),
        ("succeeded", "STOPPED_EARLY"),
        ("succeeded", "STOPPED_EARLY"),
        ("succeeded", "COMPLETED"),
    ]
    causes = [str(trial.cause).split(" is ")[0] for trial in trials[1:3]]
    assert causes == ["loss 0.6 after 1 reports", "loss 0.5 after 2 reports"]
    # Half of the others' time, and a wake by the report of the runner.
    assert [trial.runtime_seconds // 60 for trial in trials] == [20, 10, 10, 20]
    manifest = (trials[1].results_uri or "").partition("/machines/")[2].partition("/")[0]
    assert sweeps.read(f"machines/{manifest}/results-manifest.json")["complete"] is True
    record = sweeps.read("sweeps/early/early-1/record.json")
    assert record["reserved_usd"] == "0.0000"
    assert "sweep-goal" not in sweeps.read("sweeps/early/early-1/best-config.json")
    assert sweeps.left("early") == []


def test_a_sweep_that_is_aborted_leaves_nothing(sweeps: Sweeps) -> None:
    arn = sweeps.start("aborted", budget={"cost-limit": 1.3})
    steps = sweeps.aws.client("stepfunctions")
    sweeps.clock.run_until(sweeps.clock.now() + timedelta(minutes=10))
    assert len([trial for trial in sweeps.trials("aborted") if trial.is_reserved]) == 2
    steps.stop_execution(executionArn=arn, error="Stopped", cause="by hand")
    sweeps.clock.run_until(sweeps.clock.now() + timedelta(minutes=20))
    assert sweeps.left("aborted") == []
    sweeps.reap()
    sweeps.clock.run_until(sweeps.clock.now() + timedelta(minutes=1))
    trials = sweeps.trials("aborted")
    assert [trial.reason for trial in trials if trial.runs] == ["ABORTED"] * 2
    assert not any(trial.is_reserved for trial in trials)
    assert sweeps.table.open_sweeps() == {}
    assert sweeps.read("sweeps/aborted/aborted-1/record.json")["status"] == "ABORTED"


@pytest.mark.long
def test_trials_that_wait_for_one_that_its_state_cannot_settle_start_a_day_later(
    sweeps: Sweeps,
) -> None:
    reaped_at = sweeps.clock.now()

    def reap_hourly() -> None:
        nonlocal reaped_at
        if sweeps.clock.now() - reaped_at >= timedelta(hours=1):
            reaped_at = sweeps.clock.now()
            sweeps.reap()

    with denied(sweeps, "SettleTrialFunctionRole"):
        arn = sweeps.start("denied")
        ended = sweeps.end_of(arn, reap_hourly)
    assert (ended["status"], ended["error"]) == ("FAILED", "CLEANUP_FAILED")
    # Nobody waits for the last one, which is settled as the sweep ends: its record is corrected.
    sweeps.clock.run_until(sweeps.clock.now() + timedelta(minutes=1))
    assert [trial.status for trial in sweeps.trials("denied")] == ["succeeded"] * 3
    assert sweeps.table.open_sweeps() == {}
    assert sweeps.read("sweeps/denied/denied-1/record.json")["status"] == "COMPLETED"
    assert sweeps.left("denied") == []


@contextmanager
def denied(sweeps: Sweeps, role: str) -> Iterator[None]:
    """Deny a role of the deployment every write of a table in the block."""
    resources = sweeps.aws.client("cloudformation").describe_stack_resource(
        StackName="parris", LogicalResourceId=role
    )
    statement = {"Effect": "Deny", "Action": "dynamodb:UpdateItem", "Resource": "*"}
    policy = {
        "RoleName": resources["StackResourceDetail"]["PhysicalResourceId"],
        "PolicyName": "denied",
    }
    iam = sweeps.aws.client("iam")
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_role_policy(**policy, PolicyDocument=json.dumps(document))
    try:
        yield
    finally:
        iam.delete_role_policy(**policy)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_a_random_sweep_passes_no_budget_in_the_whole_workflow(sweeps: Sweeps, seed: int) -> None:
    chance = random.Random(seed)
    limit_usd = Decimal(chance.randint(63, 300)) / 100
    name, count = f"random-{seed}", chance.randint(3, 12)
    seen: set[Decimal] = set()
    arn = sweeps.start(
        name,
        search={"method": "random", "seed": seed},
        trials=count,
        budget={"cost-limit": float(limit_usd)},
        **{"max-parallel": chance.randint(1, 6), "retry-failed": chance.randint(0, 1)},
    )
    is_aborted = chance.random() < 0.4
    if is_aborted:
        minutes = chance.randint(1, 60)
        sweeps.clock.run_until(sweeps.clock.now() + timedelta(minutes=minutes))
        sweeps.aws.client("stepfunctions").stop_execution(executionArn=arn)
    sweeps.end_of(arn, lambda: seen.add(sweeps.committed_usd(name)))
    sweeps.clock.run_until(sweeps.clock.now() + timedelta(minutes=30))
    sweeps.reap()
    sweeps.clock.run_until(sweeps.clock.now() + timedelta(minutes=1))
    assert max(seen) <= limit_usd
    assert sweeps.left(name) == []
    assert sweeps.table.open_sweeps() == {}
    trials = sweeps.trials(name)
    assert is_aborted or len(trials) == count
    spent_usd = sum((trial.spent_usd for trial in trials), Decimal(0))
    assert spent_usd == sweeps.committed_usd(name) <= limit_usd


def test_an_execution_without_a_reservation_is_rejected(sweeps: Sweeps) -> None:
    config = {
        "termination-method": "on-complete",
        "training-script-filename": "train.sh",
        "sweep-trial": "grid-1/0/0",
    }
    started = sweeps.aws.client("stepfunctions").start_execution(
        stateMachineArn=sweeps.outputs["StateMachineArn"], input=json.dumps(config)
    )
    ended = sweeps.end_of(started["executionArn"])
    assert (ended["status"], ended["error"]) == ("FAILED", "CONFIG_REJECTED")
    assert "/sweep-trial" in ended["cause"]


def test_all_violations_are_reported_together(sweeps: Sweeps) -> None:
    arn = sweeps.start(
        "wrong",
        training={
            "termination-method": "at-fixed-time",
            "training-script-filename": "none.sh",
            "instance-type": "t3.micro",
            "training-job-name": "mine",
        },
        parameters={"depth": {"type": "integer", "minimum": 4}},
        search={"method": "random", "trials-file": "list.json"},
    )
    ended = sweeps.end_of(arn)
    assert (ended["status"], ended["error"]) == ("FAILED", "CONFIG_REJECTED")
    for path in (
        "/training/termination-options/time-limit",
        "/training/training-script-filename",
        "/training/training-job-name",
        "/parameters/depth/maximum",
        "/search/trials-file",
        "/trials",
    ):
        assert f"{path}: " in ended["cause"]
