"""`parris stop`: the run gets the request, saves and ends; the command reports how."""

import dataclasses
import io
import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from parris_cli.errors import RefusedError
from parris_cli.starting.start_job import StartedJob
from parris_cli.stopping.stop_job import stop_on
from parris_cli.stopping.stop_options import StopOptions
from parris_cli.terminal.screen import Screen
from tests.end_to_end.deployment import ENDLESS, Deployed
from tests.patience import PATIENCE_SECONDS

SAVES_WHEN_TOLD = f"trap 'echo saved > $PARRIS_RESULTS_DIR/saved; exit 0' TERM\n{ENDLESS}"


@pytest.fixture(autouse=True)
def somewhere_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def stop(deployed: Deployed, job: str, **changes: Any) -> int:
    options = StopOptions(job, deployment=None, is_waiting=True, is_json=True, results=None)
    requested = dataclasses.replace(options, **changes)
    return stop_on(deployed.account, requested, Screen(io.StringIO()))


def test_a_job_is_stopped_by_its_name_saves_and_leaves_nothing(
    deployed: Deployed, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    started = deployed.start("by-name", SAVES_WHEN_TOLD)
    deployed.wait_for_file(started, "started.json")
    assert stop(deployed, "by-name") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["job_id"], said["reason"]) == (started.job_id, "ABORTED")
    assert (said["left_running"], said["execution_status"]) == ([], "FAILED")
    assert (tmp_path / "results" / started.job_id / "saved").read_text() == "saved\n"
    with pytest.raises(RefusedError, match=f"by-name is running; its last run, {started.job_id}"):
        stop(deployed, "by-name")
    with pytest.raises(RefusedError, match="has already finished: ABORTED at 20"):
        stop(deployed, started.job_id)


@pytest.mark.long
def test_stopping_a_name_reports_which_run_it_was_and_which_other_is_running(
    deployed: Deployed, tmp_path: Path
) -> None:
    may_save, screen = tmp_path / "may-save", io.StringIO()
    script = f"trap 'until [ -e {may_save} ]; do sleep 0.1; done; exit 0' TERM\n{ENDLESS}"
    first = deployed.start("two", script, stack_replacement=True)
    deployed.wait_for_file(first, "started.json")
    second = deployed.start("two", script, stack_replacement=True)
    options = StopOptions("two", deployment="mine", is_waiting=False, is_json=True, results=None)
    assert stop_on(deployed.account, options, Screen(screen)) == 0
    assert f"stopping     {first.job_id};" in screen.getvalue()
    assert f"another run of its name is running, {second.job_id}" in screen.getvalue()
    assert f"parris stop {second.job_id} --deployment mine" in screen.getvalue()
    assert deployed.is_running(second)
    may_save.touch()
    assert stop(deployed, second.job_id) == 0
    assert deployed.end_of(first).left == []


@pytest.mark.parametrize(
    "named", ["name", *(pytest.param(one, marks=pytest.mark.long) for one in ("id", "arn"))]
)
def test_a_starting_job_gets_the_request_as_soon_as_possible(
    deployed: Deployed, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    started = deployed.start(f"at-once-{named}", SAVES_WHEN_TOLD)
    job = {"id": started.job_id, "arn": started.execution_arn, "name": f"at-once-{named}"}[named]
    assert stop(deployed, job, is_waiting=False) == 0
    assert json.loads(capsys.readouterr().out)["execution_status"] == "RUNNING"
    ended = deployed.end_of(started)
    assert (ended.reason, ended.left) == ("ABORTED", [])


@pytest.fixture(scope="module")
def living(deployed: Deployed) -> StartedJob:
    """A job that trains until the last test stops it."""
    started = deployed.start("somebody", SAVES_WHEN_TOLD)
    deployed.wait_for_file(started, "started.json")
    return started


def test_a_name_that_no_job_has_is_refused_and_what_runs_is_named(
    deployed: Deployed, living: StartedJob
) -> None:
    with pytest.raises(RefusedError, match=f"nobody is running; running jobs: {living.job_id}"):
        stop(deployed, "nobody")
    with pytest.raises(RefusedError, match="is not a run of"):
        stop(deployed, living.execution_arn.replace("parris-training", "other-training"))
    assert deployed.is_running(living)


def test_who_does_not_wait_any_longer_loses_nothing(
    deployed: Deployed, living: StartedJob, capsys: pytest.CaptureFixture[str]
) -> None:
    presses = threading.Thread(target=press_ctrl_c_once_told, args=(deployed, living))
    presses.start()
    assert stop(deployed, living.execution_arn) == 1
    presses.join()
    said = json.loads(capsys.readouterr().out)
    assert said["execution_status"] == "INTERRUPTED"
    assert "stop requested" in said["cause"]
    ended = deployed.end_of(living)
    assert (ended.reason, ended.left) == ("ABORTED", [])


def press_ctrl_c_once_told(deployed: Deployed, started: StartedJob) -> None:
    """Interrupt this process when the run has left its sleep."""
    steps = deployed.account.stepfunctions
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        history = steps.get_execution_history(
            executionArn=started.execution_arn, reverseOrder=True, maxResults=50
        )["events"]
        details = [event.get("stateEnteredEventDetails") for event in history]
        if "Aborted" in [one["name"] for one in details if one is not None]:
            break
        time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGINT)
