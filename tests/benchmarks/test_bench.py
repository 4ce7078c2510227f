"""The benchmark's own code; the whole of it is `make bench`."""

import compileall
import dataclasses
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from benchmarks.bench_aws import bench_aws
from benchmarks.calls import Calls
from benchmarks.cold_starts import require_answer, without_bytecode
from benchmarks.floor import floor_of
from benchmarks.function_cost import FunctionCost
from benchmarks.job_plans import Ending, JobPlan, job_plans
from benchmarks.machine_requests import (
    machine_requests_per_hour,
    polls_of_a_container_per_hour,
)
from benchmarks.measure_job import AfterTheScript, Bill, JobFigures, measure_job
from benchmarks.measure_plain_poll import measure_plain_poll
from benchmarks.measure_reaper import ReaperFigures, measure_reaper
from benchmarks.report import report_jobs, report_targets
from benchmarks.report_parts import report_beside, report_calls, report_machine
from benchmarks.table import render_table
from benchmarks.targets import Target, targets_of_jobs
from embedded_aws.functions.function_process import SandboxSpec
from embedded_aws.functions.sandbox import Outcome


def test_a_table_is_as_wide_as_what_is_in_it() -> None:
    assert render_table(("a", "long"), [("1", "2"), ("333", "4")]) == (
        "| a   | long |\n|-----|------|\n| 1   | 2    |\n| 333 | 4    |"
    )


def test_a_missed_target_is_marked() -> None:
    text = report_targets([Target("few", "9", False, "7"), Target("many", "1", True)])
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()[-2:]]
    assert [row[3:5] for row in rows] == [["7", "MISSED"], ["-", "met"]]


def test_every_length_is_ended_in_every_way_and_one_job_is_spot() -> None:
    plans = job_plans()
    assert len({plan.name for plan in plans}) == len(plans) == 5 * len(Ending) + 1
    assert sum(plan.is_spot for plan in plans) == 1


@pytest.mark.long
def test_a_short_job_is_measured_with_its_failures() -> None:
    plan = JobPlan("short", "10 minutes", Decimal(1) / 6, Ending.TIME_LIMIT)
    with bench_aws({plan.name: plan.training()}) as bench:
        figures = measure_job(bench, plan)
        history = bench.history(figures.execution_arn)
        reaper = measure_reaper(bench, 0)
    kinds = [event["type"] for event in history]
    assert figures.reason == "TIME_LIMIT"
    assert figures.overshoot_seconds == 0
    assert figures.history_events == len(kinds)
    assert kinds.count("TaskFailed") == 3
    assert figures.usd > 0
    assert "| 10 minutes | time limit | TIME_LIMIT |" in report_jobs([figures], Decimal(0))
    assert any(
        "time limit overshot" in one.words and one.is_met for one in targets_of_jobs([figures])
    )
    entered = [kind for kind in kinds if kind.endswith("StateEntered")]
    assert 15 < figures.floor == floor_of(history) <= len(entered)
    assert figures.calls.total() == figures.api_calls
    assert figures.calls["PollTerminationCondition", "dynamodb:UpdateItem"] >= 2
    assert 0 < figures.validation.api_calls < figures.api_calls
    assert 0 < figures.validation.usd < figures.usd
    assert figures.machine_calls["s3:PutObject"] >= 3
    assert "| 10 minutes, time limit | ValidateConfig" in report_calls([figures])
    beside = report_machine(machine_requests_per_hour(), polls_of_a_container_per_hour(), figures)
    assert "s3:PutObject" in beside.splitlines()[-1]
    assert reaper.usd_per_job == reaper.usd > 0
    crowded = ReaperFigures(10, reaper.api_calls + 40, reaper.usd * 2)
    assert f"with 10 jobs | {crowded.api_calls}" in re.sub(
        " +", " ", report_beside([figures], reaper, crowded)
    )


def test_the_floor_counts_the_start_and_each_state_once() -> None:
    names = ["Poll", "Sleep", "Poll", "End"]
    history = [{"type": "ExecutionStarted"}] + [
        {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": name}} for name in names
    ]
    assert floor_of(history) == 1 + 3


def test_a_machine_sends_heartbeats_and_syncs_as_often_as_its_runner_says() -> None:
    heartbeat, log, results = machine_requests_per_hour()
    assert (heartbeat.per_hour, log.per_hour, results.per_hour) == (12, 1800, 12)
    assert heartbeat.usd == results.usd == Decimal("0.000072")
    polls = polls_of_a_container_per_hour()
    assert (polls.per_hour, polls.usd) == (360, Decimal("0.000144"))
    assert log.usd == Decimal(3600 * (80 + 26)) * Decimal("0.5") / 10**9


JOB = JobFigures(
    plan=JobPlan("one", "10 minutes", Decimal(1) / 6, Ending.SCRIPT),
    execution_arn="arn",
    reason="COMPLETED",
    history_events=140,
    transitions=36,
    floor=22,
    invocations=12,
    api_calls=115,
    usd=Decimal("0.0012"),
    after_the_script=AfterTheScript(30, 1, 1, 0),
    overshoot_seconds=0,
    bill=Bill(Decimal("9.9"), Decimal(10), Decimal("9.8")),
    engine_seconds=1,
    validation=FunctionCost(8, Decimal("0.0001")),
    calls=Calls(),
    machine_calls=Counter(),
)
SHORT_LIMIT = JobPlan("two", "10 minutes", Decimal(1) / 6, Ending.TIME_LIMIT)
LONG = JobPlan("three", "8,700 hours", Decimal(8700), Ending.SCRIPT)
SPOT = JobPlan("four", "30 days", Decimal(720), Ending.COST_LIMIT, is_spot=True)
OTHER_MOST: dict[str, Any] = {
    "history_events": 175, "transitions": 44, "usd": Decimal("0.0014"), "api_calls": 130
}  # fmt: skip

SPOT_MOST: dict[str, Any] = {
    "history_events": 472, "transitions": 124, "usd": Decimal("0.0033"), "api_calls": 262
}  # fmt: skip


def missed(*jobs: JobFigures) -> list[str]:
    """Return the targets that the jobs miss, with their measurements; unmeasured ones left out."""
    found = targets_of_jobs(jobs)
    return [f"{one.words}: {one.measured}" for one in found if not one.is_met and _has(one)]


def _has(target: Target) -> bool:
    return target.measured not in ("None", "", "0 of 0")


def test_jobs_that_take_just_what_they_may_meet_every_target() -> None:
    others = [dataclasses.replace(JOB, plan=plan, **OTHER_MOST) for plan in (SHORT_LIMIT, LONG)]
    spot = dataclasses.replace(JOB, plan=SPOT, **SPOT_MOST)
    assert missed(JOB, *others, spot) == []
    assert {one.floor for one in targets_of_jobs([JOB, *others, spot])} == {"", "22"}


@pytest.mark.parametrize(
    ("plan", "changes", "expected"),
    [
        (JOB.plan, {"transitions": 37}, "ended by the script: transitions: at most 36: 37"),
        (JOB.plan, {"history_events": 141}, "ended by the script: events: at most 140: 141"),
        (JOB.plan, {"usd": Decimal("0.0013")}, "by the script: USD: at most 0.0012: 0.0013"),
        (JOB.plan, {"api_calls": 116}, "by the script: API calls: at most 115: 116"),
        (SHORT_LIMIT, {"transitions": 45}, "fixed price: transitions: at most 44: 45"),
        (LONG, {"history_events": 176}, "fixed price: events: at most 175: 176"),
        (LONG, {"usd": Decimal("0.0015")}, "fixed price: USD: at most 0.0014: 0.0015"),
        (LONG, {"api_calls": 131}, "fixed price: API calls: at most 130: 131"),
        (SPOT, {**SPOT_MOST, "history_events": 473}, "before: events: at most 472: 473"),
        (SPOT, {**SPOT_MOST, "transitions": 125}, "before: transitions: at most 124: 125"),
        (SPOT, {**SPOT_MOST, "api_calls": 263}, "before: API calls: at most 262: 263"),
        (SPOT, {**SPOT_MOST, "usd": Decimal("0.0034")}, "before: USD: at most 0.0033: 0.0034"),
    ],
)
def test_one_more_misses_its_target(plan: JobPlan, changes: dict[str, Any], expected: str) -> None:
    (found,) = missed(dataclasses.replace(JOB, plan=plan, **changes))
    assert expected in found


def test_a_cold_start_compiles_what_is_packaged_and_not_what_the_runtime_brings(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / name for name in ("code", "layers", "runtime")]
    for folder in folders:
        (folder / f"of_{folder.name}").mkdir(parents=True)
        (folder / f"of_{folder.name}" / "module.py").write_text("")
        compileall.compile_dir(folder, quiet=1)
    (folders[1] / "schemas").mkdir()
    (folders[1] / "schemas" / "one.json").write_text("{}")
    spec = SandboxSpec("arn", "h", folders[0], tuple(map(str, folders)), (), 60, False)
    cold = without_bytecode(spec, tmp_path / "copies")
    assert cold.search_path[-1] == str(folders[-1])
    assert cold.search_path[0] == str(cold.code_folder)
    imported = "import of_code.module, of_layers.module, of_runtime.module"
    boot = f"import sys; sys.path[:0] = {list(cold.search_path)!r}; {imported}"
    subprocess.run([sys.executable, "-I", "-S", "-c", boot], check=True)
    kept = [len(list(Path(one).rglob("*.pyc"))) for one in cold.search_path]
    assert kept == [0, 0, 1]
    data = Path(cold.search_path[1]) / "schemas"
    assert [file.name for file in data.iterdir()] == ["one.json"]


def an_outcome(payload: Mapping[str, str], *, is_error: bool) -> Outcome:
    return Outcome(json.dumps(payload), is_error, "", "id", 1, 1, True, True)


def test_a_failed_function_gives_no_figure() -> None:
    broken = an_outcome({"errorType": "Runtime.ImportModuleError"}, is_error=True)
    with pytest.raises(RuntimeError, match=r"broke: .*ImportModuleError"):
        require_answer(broken)


@pytest.mark.parametrize(
    "outcome",
    [
        an_outcome({"status": "running"}, is_error=False),
        an_outcome({"errorType": "LaunchFailedError"}, is_error=True),
    ],
    ids=["an answer", "an error of the product's own"],
)
def test_what_a_function_took_that_answered_is_a_figure(outcome: Outcome) -> None:
    require_answer(outcome)


def test_the_plain_loop_is_measured() -> None:
    figures = measure_plain_poll("5 minutes", Decimal(1) / 12)
    polls = 6  # the first poll after the end of the training observes it
    assert (figures.status, figures.api_calls) == ("SUCCEEDED", polls)
    assert figures.history_events == 2 + 9 * polls + 2
