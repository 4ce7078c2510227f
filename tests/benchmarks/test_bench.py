"""The benchmark's own code; the whole of it is `make bench`."""

from decimal import Decimal

from benchmarks.bench_aws import bench_aws
from benchmarks.job_plans import Ending, JobPlan, job_plans
from benchmarks.measure_job import measure_job
from benchmarks.measure_plain_poll import measure_plain_poll
from benchmarks.report import report_jobs, report_targets
from benchmarks.table import render_table
from benchmarks.targets import Target, targets_of_jobs


def test_a_table_is_as_wide_as_what_is_in_it() -> None:
    assert render_table(("a", "long"), [("1", "2"), ("333", "4")]) == (
        "| a   | long |\n|-----|------|\n| 1   | 2    |\n| 333 | 4    |"
    )


def test_a_target_that_is_missed_says_so() -> None:
    text = report_targets([Target("few", "9", False), Target("many", "1", True)])
    assert [line.split("|")[3].strip() for line in text.splitlines()[-2:]] == ["MISSED", "met"]


def test_every_length_is_ended_in_every_way_and_one_job_is_spot() -> None:
    plans = job_plans()
    assert len({plan.name for plan in plans}) == len(plans) == 5 * len(Ending) + 1
    assert sum(plan.is_spot for plan in plans) == 1


def test_a_short_job_is_measured_with_its_troubles() -> None:
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


def test_the_plain_loop_is_measured() -> None:
    figures = measure_plain_poll("5 minutes", Decimal(1) / 12)
    looks = 6  # the one after the training is over sees it
    assert (figures.status, figures.api_calls) == ("SUCCEEDED", looks)
    assert figures.history_events == 2 + 9 * looks + 2
