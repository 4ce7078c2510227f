"""The benchmark's own code; the whole of it is `make bench`."""

import compileall
import json
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.bench_aws import bench_aws
from benchmarks.cold_starts import require_answer, without_bytecode
from benchmarks.job_plans import Ending, JobPlan, job_plans
from benchmarks.measure_job import measure_job
from benchmarks.measure_plain_poll import measure_plain_poll
from benchmarks.report import report_jobs, report_targets
from benchmarks.table import render_table
from benchmarks.targets import Target, targets_of_jobs
from embedded_aws.functions.function_process import SandboxSpec
from embedded_aws.functions.sandbox import Outcome


def test_a_table_is_as_wide_as_what_is_in_it() -> None:
    assert render_table(("a", "long"), [("1", "2"), ("333", "4")]) == (
        "| a   | long |\n|-----|------|\n| 1   | 2    |\n| 333 | 4    |"
    )


def test_a_missed_target_is_marked() -> None:
    text = report_targets([Target("few", "9", False), Target("many", "1", True)])
    assert [line.split("|")[3].strip() for line in text.splitlines()[-2:]] == ["MISSED", "met"]


def test_every_length_is_ended_in_every_way_and_one_job_is_spot() -> None:
    plans = job_plans()
    assert len({plan.name for plan in plans}) == len(plans) == 5 * len(Ending) + 1
    assert sum(plan.is_spot for plan in plans) == 1


def test_a_short_job_is_measured_with_its_failures() -> None:
    plan = JobPlan("short", "10 minutes", Decimal(1) / 6, Ending.TIME_LIMIT)
    with bench_aws({plan.name: plan.training()}) as bench:
        figures = measure_job(bench, plan)
        kinds = [event["type"] for event in bench.history(figures.execution_arn)]
    assert figures.reason == "TIME_LIMIT"
    assert figures.overshoot_seconds == 0
    assert figures.history_events == len(kinds)
    assert kinds.count("TaskFailed") == 3
    assert figures.usd > 0
    assert "| 10 minutes | time limit | TIME_LIMIT |" in report_jobs([figures])
    assert any(
        "time limit overshot" in one.words and one.is_met for one in targets_of_jobs([figures])
    )


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
