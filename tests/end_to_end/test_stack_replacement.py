"""A later run of a name takes an earlier one's place, whatever that one is doing just then.

The config of both runs is the same, so nothing in the stack's template or parameters is new but
whose it is. Three names at once: of one the earlier run trains, of one its stack is being created,
of one it is ending already.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from parris_cli.account.clients import Account, Deployment
from parris_cli.project_files import PROJECT, snapshots_folder
from parris_cli.starting.start_job import StartedJob
from parris_cli.stopping.request_stop import request_stop
from tests.end_to_end.deployment import Deployed, Ended
from tests.jobs_table import jobs_table_name
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.long

# So long that a stack is being created for as long as its run lives.
NEVER_COMPLETE_SECONDS = 3600.0
SCRIPT = """
trap 'touch "{gates}/is-saving"
until [ -e "{gates}/may-save" ]; do sleep 0.1; done
echo saved > "$PARRIS_RESULTS_DIR/checkpoint"
exit 0' TERM
until [ -e "{gates}/may-end" ]; do sleep 0.1; done
echo trained > "$PARRIS_RESULTS_DIR/model"
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two runs of one name that are over, and the stacks that they had."""

    first: Ended
    second: Ended
    first_results: dict[str, str]
    second_results: dict[str, str]
    first_stack: dict[str, Any]
    second_stack: dict[str, Any]
    second_arn: str


class Runs:
    """Starts runs, and opens the gates at which their scripts wait."""

    def __init__(self, aws: EmbeddedAws, deployed: Deployed, folder: Path) -> None:
        self._aws = aws
        self._deployed = deployed
        self._folder = folder

    def start(self, name: str) -> StartedJob:
        """Start a run; every one of a name has the same config and the same script."""
        self.gates_of(name).mkdir(exist_ok=True)
        script = SCRIPT.format(gates=self.gates_of(name))
        return self._deployed.start(name, script, stack_replacement=True)

    def gates_of(self, name: str) -> Path:
        return self._folder / name

    def open(self, name: str, gate: str) -> None:
        (self.gates_of(name) / gate).touch()

    def await_stack(self, job: StartedJob, status: str) -> None:
        until(lambda: self.stack_of(job).get("StackStatus") == status)

    def stack_of(self, job: StartedJob) -> dict[str, Any]:
        """Return the stack of a run, living or deleted, or nothing where it made none."""
        found: list[dict[str, Any]] = [
            self._aws.client("cloudformation").describe_stacks(StackName=one["StackId"])["Stacks"][
                0
            ]
            for one in self._aws.client("cloudformation").list_stacks()["StackSummaries"]
        ]
        wanted = {"Key": "parris:execution", "Value": job.execution_arn}
        return next((one for one in found if wanted in one.get("Tags", [])), {})

    def await_successor(self, name: str, successor: StartedJob) -> None:
        """Wait until the run that holds the name knows which run replaces it."""
        table = self._aws.client("dynamodb")
        table_name = jobs_table_name(self._aws)
        key = {"item": {"S": f"job#{name}"}}

        def should_notify() -> bool:
            item = table.get_item(TableName=table_name, Key=key).get("Item", {})
            return bool(item.get("superseded_by") == {"S": successor.execution_arn})

        until(should_notify)

    def ended(self, name: str, first: StartedJob, second: StartedJob) -> Pair:
        """Wait for both ends, the second's not before the first has ended."""
        first_ended = self._deployed.end_of(first)
        self.open(name, "may-end")
        second_ended = self._deployed.end_of(second)
        return Pair(
            first_ended,
            second_ended,
            self._deployed.results_of(first),
            self._deployed.results_of(second),
            self.stack_of(first),
            self.stack_of(second),
            second.execution_arn,
        )


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Pair]]:
    """Run them all, at once."""
    settings = Settings(stack_create_seconds=0.5, stack_delete_seconds=0.5)
    with EmbeddedAws(
        settings, folder=tmp_path_factory.mktemp("embedded-aws"), snapshots=snapshots_folder()
    ) as aws:
        outputs = aws.deploy(PROJECT / "template.yaml", "parris", {})
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        deployed = Deployed(account, tmp_path_factory.mktemp("jobs"))
        runs = Runs(aws, deployed, tmp_path_factory.mktemp("gates"))
        firsts = {name: runs.start(name) for name in ("trains", "ends")}
        for job in firsts.values():
            deployed.wait_for_file(job, "started.json")
            runs.await_stack(job, "CREATE_COMPLETE")
        aws.context.settings = dataclasses.replace(
            aws.context.settings, stack_create_seconds=NEVER_COMPLETE_SECONDS
        )
        firsts["is-created"] = runs.start("is-created")
        deployed.wait_for_file(firsts["is-created"], "started.json")
        runs.await_stack(firsts["is-created"], "CREATE_IN_PROGRESS")
        assert request_stop(account, "ends", firsts["ends"].execution_arn, datetime.now(UTC))
        until((runs.gates_of("ends") / "is-saving").exists)

        seconds = {name: runs.start(name) for name in firsts}
        runs.await_successor("ends", seconds["ends"])
        for name in firsts:
            runs.open(name, "may-save")
        yield {name: runs.ended(name, firsts[name], seconds[name]) for name in firsts}


NAMES = ("trains", "is-created", "ends")


@pytest.mark.parametrize("name", ["trains", "is-created"])
def test_a_run_whose_place_is_taken_saves_and_ends_as_superseded(
    pairs: dict[str, Pair], name: str
) -> None:
    first = pairs[name].first
    assert (first.status, first.reason, first.left) == ("FAILED", "SUPERSEDED", [])
    assert pairs[name].second_arn in first.cause
    assert pairs[name].first_results == {"checkpoint": "saved\n"}


def test_a_run_that_is_ending_ends_for_the_reason_that_it_had(pairs: dict[str, Pair]) -> None:
    first = pairs["ends"].first
    assert (first.status, first.reason, first.left) == ("FAILED", "ABORTED", [])
    assert pairs["ends"].first_results == {"checkpoint": "saved\n"}


@pytest.mark.parametrize("name", NAMES)
def test_the_run_that_takes_its_place_trains_from_the_beginning(
    pairs: dict[str, Pair], name: str
) -> None:
    second = pairs[name].second
    assert (second.status, second.reason, second.left) == ("SUCCEEDED", "COMPLETED", [])
    assert pairs[name].second_results == {"model": "trained\n"}


@pytest.mark.parametrize("name", NAMES)
def test_the_new_stack_is_made_only_when_the_old_one_is_gone(
    pairs: dict[str, Pair], name: str
) -> None:
    old, new = pairs[name].first_stack, pairs[name].second_stack
    assert old["StackStatus"] == "DELETE_COMPLETE"
    assert old["StackId"] != new["StackId"]
    assert old["StackName"] == new["StackName"]
    assert old["DeletionTime"] <= new["CreationTime"]
