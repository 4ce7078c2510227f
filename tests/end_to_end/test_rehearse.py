"""`parris rehearse`: every end that can be rehearsed, with the real workflow and functions."""

import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from parris_cli.project_files import PROJECT
from parris_cli.rehearsal.options import FaultOption, RehearseOptions
from parris_cli.rehearsal.report import RehearsalReport
from parris_cli.rehearsal.run_rehearsal import (
    STACK_CREATE_SECONDS,
    STACK_DELETE_SECONDS,
    VirtualDeployment,
    rehearse_once,
    virtual_deployment,
)
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.overrides import parse_overrides
from parris_cli.terminal.screen import Screen
from tests.end_to_end.command import environment, none_is_left
from tests.end_to_end.pseudo_terminal import PseudoTerminal, command_in
from tests.patience import PATIENCE_SECONDS

PARRIS = Path(sys.executable).with_name("parris")
EXAMPLES = PROJECT / "config" / "examples"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def deployment() -> Iterator[VirtualDeployment]:
    with virtual_deployment(Screen(StringIO()), 20, 20) as running:
        yield running


def rehearsed(
    deployment: VirtualDeployment,
    example: str,
    takes: timedelta,
    *faults: FaultOption,
    exit_code: int = 0,
    settings: tuple[str, ...] = (),
    upload_takes: timedelta = timedelta(0),
    metric_values: tuple[float, ...] = (),
) -> RehearsalReport:
    overrides = parse_overrides(settings)
    files = find_job_files(EXAMPLES / f"{example}.json", overrides)
    options = RehearseOptions(
        files.source,
        takes,
        takes,
        exit_code,
        faults,
        None,
        settings,
        False,
        upload_takes,
        metric_values=metric_values,
    )
    return rehearse_once(deployment, options, files, takes)


def runtime(report: RehearsalReport) -> int:
    found = report.to_json()["runtime_seconds"]
    assert isinstance(found, int)
    return found


def overshoots(report: RehearsalReport) -> dict[str, Decimal]:
    return {use.limit: use.overshoot for use in report.limits}


def left_of(report: RehearsalReport) -> list[dict[str, str]]:
    left: Any = report.to_json()["left_running"]
    return list(left)


def attempts_of(report: RehearsalReport) -> list[dict[str, Any]]:
    attempts: Any = report.job.end.outcome["attempts"]
    return list(attempts)


def text_of(report: RehearsalReport, *kept: str) -> str:
    """Return the report, after checking that only kept resources are left."""
    text = report.to_text()
    assert [one["kind"] for one in left_of(report)] == list(kept)
    return text


def test_a_script_that_is_done_before_every_limit_completes(deployment: VirtualDeployment) -> None:
    report = rehearsed(deployment, "at-fixed-time", 9 * HOUR)
    assert (report.job.end.reason, report.exit_code) == ("COMPLETED", 0)
    # The simulated machine boots for 40 s and goes off in 5.
    assert runtime(report) == 9 * 3600 + 45
    assert overshoots(report) == {"time-limit": 0}
    assert "the run is woken" in text_of(report)


@pytest.mark.long  # as the rehearsal that the documents show
def test_a_time_limit_is_overshot_by_nothing(deployment: VirtualDeployment) -> None:
    report = rehearsed(deployment, "at-fixed-time", 30 * HOUR)
    assert (report.job.end.reason, report.exit_code) == ("TIME_LIMIT", 0)
    assert 9.9 * 3600 < runtime(report) <= 10 * 3600
    assert overshoots(report) == {"time-limit": 0}
    assert "time-limit of 10 h: kept" in text_of(report)


def test_an_interrupted_job_completes_in_its_second_attempt_within_one_cost_limit(
    deployment: VirtualDeployment,
) -> None:
    settings = (
        "max-attempts=2",
        'instance-type=["g5.xlarge", "g5.2xlarge"]',
        'termination-method=["at-fixed-time", "around-cost-threshold"]',
        "termination-options.time-limit=10h",
        "termination-options.cost-limit=12",
    )
    fault = FaultOption("spot-interruption", 2 * HOUR)
    report = rehearsed(deployment, "spot", 4 * HOUR, fault, settings=settings)
    assert (report.job.end.reason, report.exit_code) == ("COMPLETED", 0)
    first, second = attempts_of(report)
    assert (first["title"], first["reason"]) == ("g5.xlarge", "INSTANCE_LOST")
    assert (second["title"], second["reason"]) == ("g5.2xlarge", "COMPLETED")
    assert first["launch_id"] != second["launch_id"]
    assert runtime(report) == first["runtime_seconds"] + second["runtime_seconds"]
    usd = sum(Decimal(one["estimated_cost_usd"]) for one in (first, second))
    assert Decimal(str(report.to_json()["estimated_cost_usd"])) == usd
    assert [use.allowed for use in report.limits] == [36_000, 12]
    text = text_of(report)
    assert "the next attempt begins, with what is left of the limits" in text
    assert "attempt  2: g5.2xlarge, COMPLETED after 4 h" in text


def test_a_script_that_hangs_is_ended_and_tried_again_where_the_config_says_so(
    deployment: VirtualDeployment,
) -> None:
    settings = (
        "max-attempts=2",
        'termination-method=["on-complete", "no-progress"]',
        "termination-options.no-progress.retry=true",
    )
    fault = FaultOption("script-hangs", 5 * HOUR)
    report = rehearsed(deployment, "on-complete", 8 * HOUR, fault, settings=settings)
    assert (report.job.end.reason, report.exit_code) == ("COMPLETED", 0)
    first, second = attempts_of(report)
    assert (first["reason"], second["reason"]) == ("NO_PROGRESS", "COMPLETED")
    # Three steps of 10 s and the floor of 60 s, and 15 s to save and to go off.
    assert first["runtime_seconds"] < 5 * 3600 + 90 + 30
    assert "simulated: hangs" in text_of(report)


def test_the_values_of_a_metric_end_a_rehearsal_at_its_goal(deployment: VirtualDeployment) -> None:
    goal = '{"metric": "loss", "direction": "minimize", "target": 0.3}'
    settings = ("termination-method=on-metric", f"termination-options.metric-goal={goal}")
    report = rehearsed(
        deployment, "on-complete", 4 * HOUR, settings=settings, metric_values=(0.9, 0.5, 0.3, 0.2)
    )
    assert (report.job.end.reason, report.exit_code) == ("METRIC_REACHED", 0)
    assert 3 * 3600 <= runtime(report) < 3 * 3600 + 120


@pytest.mark.long
def test_a_clock_time_is_kept_in_a_rehearsal(deployment: VirtualDeployment) -> None:
    over_by = deployment.clock.now() + 3 * HOUR
    settings = (
        "termination-method=at-clock-time",
        f"termination-options.clock-time={over_by.isoformat()}",
    )
    report = rehearsed(deployment, "on-complete", 4 * HOUR, settings=settings)
    assert (report.job.end.reason, report.exit_code) == ("CLOCK_TIME", 0)
    assert overshoots(report) == {"clock-time": 0}
    assert runtime(report) > 2.9 * 3600


def test_the_cost_of_an_earlier_attempt_counts_against_the_cost_limit(
    deployment: VirtualDeployment,
) -> None:
    settings = ("max-attempts=3", "termination-options.cost-limit=3", "instance-type=g5.xlarge")
    fault = FaultOption("instance-killed", HOUR)
    report = rehearsed(
        deployment, "around-cost-threshold", timedelta(days=9), fault, settings=settings
    )
    assert (report.job.end.reason, report.exit_code) == ("COST_LIMIT", 0)
    assert len(attempts_of(report)) == 2
    (use,) = report.limits
    assert Decimal("2.9") < use.used <= use.allowed == 3
    # What the first attempt could not save is kept, and all else is gone.
    text_of(report, "volume")


@pytest.mark.long  # as with an earlier attempt
def test_a_cost_limit_is_never_passed_and_nearly_used_up(deployment: VirtualDeployment) -> None:
    setting = ("instance-type=g5.xlarge",)
    report = rehearsed(deployment, "around-cost-threshold", timedelta(days=300), settings=setting)
    assert (report.job.end.reason, report.exit_code) == ("COST_LIMIT", 0)
    (use,) = report.limits
    assert use.allowed == Decimal(300)
    assert Decimal(298) < use.used <= Decimal(300)
    assert "cost-limit of 300 USD: kept" in text_of(report)


@pytest.mark.long
def test_a_price_of_ones_own_changes_when_a_cost_limit_comes(deployment: VirtualDeployment) -> None:
    setting = ("hourly-price-usd=30", "instance-type=g5.xlarge")
    report = rehearsed(deployment, "around-cost-threshold", timedelta(days=30), settings=setting)
    assert report.job.end.reason == "COST_LIMIT"
    assert 9 * 3600 < runtime(report) < 10 * 3600


def test_a_script_that_fails_says_so_with_its_status(deployment: VirtualDeployment) -> None:
    report = rehearsed(deployment, "on-complete", 2 * HOUR, exit_code=3)
    assert (report.job.end.reason, report.exit_code) == ("SCRIPT_FAILED", 1)
    assert report.to_json()["exit_status"] == 3
    assert "exited with status 3" in text_of(report)


def test_an_instance_that_is_killed_is_seen_at_once(deployment: VirtualDeployment) -> None:
    fault = FaultOption("instance-killed", 150 * MINUTE)
    report = rehearsed(deployment, "on-complete", 10 * HOUR, fault)
    assert (report.job.end.reason, report.exit_code) == ("INSTANCE_LOST", 1)
    assert runtime(report) == 150 * 60
    lost = next(entry for entry in report.timeline if entry.name == "InstanceLost")
    assert lost.after == 150 * MINUTE
    # What the script had not saved is on the volume alone.
    assert "! instance-killed" in text_of(report, "volume")


def test_the_reaper_makes_up_for_a_lost_event(deployment: VirtualDeployment) -> None:
    faults = [FaultOption("lost-event", HOUR), FaultOption("instance-killed", 150 * MINUTE)]
    report = rehearsed(deployment, "on-complete", 10 * HOUR, *faults)
    assert report.job.end.reason == "INSTANCE_LOST"
    lost = next(entry for entry in report.timeline if entry.name == "InstanceLost")
    # The reaper runs every hour, and between its deadlines the run makes no checks of its own.
    assert 150 * MINUTE < lost.after <= 210 * MINUTE
    # What was not observed is not billed.
    assert runtime(report) == 150 * 60
    assert "the run is woken" in text_of(report, "volume")


def test_a_spot_instance_that_is_taken_back_saves_first(deployment: VirtualDeployment) -> None:
    fault = FaultOption("spot-interruption", 3 * HOUR)
    report = rehearsed(deployment, "spot", 9 * HOUR, fault)
    assert (report.job.end.reason, report.exit_code) == ("INSTANCE_LOST", 1)
    text = text_of(report)
    assert "gets the notice that EC2 reclaims it" in text
    assert "stopping the script (interruption)" in text
    assert 3 * 3600 - 60 < runtime(report) <= 3 * 3600 + 120


def test_without_capacity_nothing_is_launched_and_nothing_is_billed(
    deployment: VirtualDeployment,
) -> None:
    fault = FaultOption("no-capacity", timedelta(0))
    report = rehearsed(deployment, "on-complete", HOUR, fault)
    assert (report.job.end.reason, report.exit_code) == ("NO_CAPACITY", 1)
    assert runtime(report) == 0
    assert Decimal(str(report.to_json()["estimated_cost_usd"])) < Decimal("0.01")
    assert "! no-capacity" in text_of(report)


@pytest.mark.long
def test_a_deletion_that_fails_is_tried_again(deployment: VirtualDeployment) -> None:
    fault = FaultOption("delete-failed", timedelta(0))
    report = rehearsed(deployment, "on-complete", HOUR, fault)
    assert (report.job.end.reason, report.exit_code) == ("COMPLETED", 0)
    text = text_of(report)
    assert text.index("is DELETE_FAILED") < text.index("is DELETE_COMPLETE")


@pytest.mark.long
def test_throttling_at_the_end_delays_nothing_but_the_clean_up(
    deployment: VirtualDeployment,
) -> None:
    # Five minutes long, so that the end of the job meets its last half minute.
    fault = FaultOption("throttled", HOUR - timedelta(minutes=3, seconds=45))
    report = rehearsed(deployment, "on-complete", HOUR, fault)
    assert report.job.end.reason == "COMPLETED"
    # EC2 does not say when a machine has switched itself off: the first check that finds it over
    # counts, or a minute after the runner's report.
    assert 3600 + 45 <= runtime(report) <= 3600 + 40 + 60
    assert "AwsThrottledError" in text_of(report)


@pytest.mark.long
def test_a_late_fault_is_reported_as_without_effect(
    deployment: VirtualDeployment,
) -> None:
    fault = FaultOption("instance-killed", timedelta(days=2))
    report = rehearsed(deployment, "on-complete", HOUR, fault)
    assert report.job.end.reason == "COMPLETED"
    assert "--fault instance-killed@2d did not happen" in text_of(report)


def test_only_the_violations_of_a_rejected_config_are_reported(
    deployment: VirtualDeployment,
) -> None:
    fault = FaultOption("throttled", HOUR)
    report = rehearsed(deployment, "on-complete", HOUR, fault, settings=("volume-size-gib=-1",))
    assert (report.job.end.reason, report.exit_code) == ("CONFIG_REJECTED", 2)
    assert report.notes == []
    assert "did not happen" not in text_of(report)


def test_an_upload_lies_within_the_limit(deployment: VirtualDeployment) -> None:
    report = rehearsed(deployment, "at-fixed-time", 36 * HOUR, upload_takes=timedelta(minutes=30))
    assert report.job.end.reason == "TIME_LIMIT"
    assert runtime(report) <= 10 * 3600
    (stopped,) = [one for one in report.timeline if "stopping the script" in one.words]
    assert stopped.after < 9.5 * HOUR


def test_a_job_outlives_ten_minutes_in_which_aws_does_not_answer(
    deployment: VirtualDeployment,
) -> None:
    fault = FaultOption("unavailable", HOUR - timedelta(minutes=5))
    report = rehearsed(deployment, "on-complete", HOUR, fault)
    # Nobody could be woken meanwhile: the end is seen at the next timed check. EC2 does not say
    # when a machine has switched itself off, so a minute after the runner's report counts.
    assert (report.job.end.reason, runtime(report)) == ("COMPLETED", 3600 + 40 + 60)
    assert "! unavailable" in text_of(report)


def as_documented(deployment: VirtualDeployment) -> str:
    """Rehearse what docs/rehearsing.md shows, with the times that the command has.

    It begins between two milliseconds, where a retry's jitter leaves the clock.
    """
    context = deployment.aws.context
    deployment.clock.run_until(deployment.clock.now() + timedelta(microseconds=700))
    quick = context.settings
    context.settings = dataclasses.replace(
        quick, stack_create_seconds=STACK_CREATE_SECONDS, stack_delete_seconds=STACK_DELETE_SECONDS
    )
    try:
        return rehearsed(deployment, "at-fixed-time", 36 * HOUR).to_text()
    finally:
        context.settings = quick


def steps_in(text: str) -> list[tuple[str, str]]:
    """The phases and what is done in them, without the times and what comes in between.

    A check and a sleep that follow the same two count once: an event that arrives just before the
    sleep, which does not wait for it, causes one check more.
    """
    steps: list[tuple[str, str]] = []
    for step in re.findall(r"^ *\+\S+  (\S+(?: \S+)*)  +(.*)$", text, re.M):
        steps.append(step)
        if len(steps) >= 4 and steps[-4:-2] == steps[-2:]:
            del steps[-2:]
    return steps


def summary_in(text: str) -> list[str]:
    """The last lines; what the orchestration costs depends on how fast this machine is."""
    summary = text.partition("\n\n")[2].splitlines()
    return [line for line in summary if not line.startswith("  parris ")]


def test_the_documents_show_the_real_output(deployment: VirtualDeployment) -> None:
    said = as_documented(deployment)
    page = (PROJECT / "docs" / "rehearsing.md").read_text()
    # The others are of jobs on other targets: test_rehearse_training_jobs.py, ..._batch_jobs.py.
    shown, *_ = re.findall(r"```text\n(.*?)\n```", page, re.DOTALL)
    assert steps_in(said) == steps_in(shown) != []
    assert summary_in(said) == summary_in(shown)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "tmp").mkdir(parents=True)
    return folder


def command(home: Path, *arguments: str) -> dict[str, Any]:
    place = {"cwd": home, "env": environment(home)}
    return {"args": [PARRIS, "rehearse", *arguments], **place, "text": True}


def test_the_json_has_the_fields_of_run_and_more(home: Path) -> None:
    asked = [str(EXAMPLES / "at-fixed-time.json"), "--training-takes", "2h..10d", "--json"]
    terminal = PseudoTerminal(80)
    with command_in(terminal, ["rehearse", *asked], environment(home), home) as running:
        out, _ = running.communicate(timeout=PATIENCE_SECONDS)
    rows = terminal.shown()
    assert running.returncode == 0, rows
    assert rows[0] == "parris  embedded     starting an AWS on this machine: no account, no cost"
    said = json.loads(out)
    assert (said["reason"], said["shorter"]["reason"]) == ("TIME_LIMIT", "COMPLETED")
    assert said["execution_status"] == "SUCCEEDED"
    assert said["training_takes_seconds"] == 10 * 24 * 3600
    assert said["left_running"] == []
    assert said["limits"][0]["overshoot"] == "0"
    assert said["timeline"][0]["name"] == "ValidateConfig"
    assert said["timeline"][-1]["name"] == "JobEnded"
    orchestration = said["orchestration"]
    assert orchestration["history_events"] == said["history_events"]
    assert Decimal(orchestration["usd"]) == sum(
        Decimal(part["usd"]) for part in orchestration["parts"]
    )
    assert not list(home.glob("results*"))
    none_is_left(home)


@pytest.mark.long
def test_a_config_with_faults_is_refused_with_all_of_them(home: Path) -> None:
    config = json.loads((EXAMPLES / "at-fixed-time.json").read_text())
    config |= {"instance-type": "x9.imaginary", "termination-options": {"time-limit": -1}}
    config["volume-size-gib"] = 0
    (home / "job.json").write_text(json.dumps(config))
    done = subprocess.run(
        **command(home, "job.json", "--training-takes", "2h"), capture_output=True, timeout=240
    )
    assert done.returncode == 2, done.stderr
    for word in ("CONFIG_REJECTED", "time-limit", "volume-size-gib"):
        assert word in done.stdout


@pytest.mark.long
def test_ctrl_c_leaves_nothing(home: Path) -> None:
    with subprocess.Popen(
        **command(home, "--training-takes", "300d"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "rehearsing" in line:
                break
        os.killpg(running.pid, signal.SIGINT)
        os.killpg(running.pid, signal.SIGINT)  # an impatient one
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (1, "")
    assert "nothing is left of it" in err
    none_is_left(home)
    assert not list((home / "tmp").glob("embedded-aws-*"))
