"""One run in lines."""

from dataclasses import replace
from decimal import Decimal

from parris.payloads import Json, Payload
from parris_cli.following.path import PhaseBegun
from parris_cli.following.phase import Phase
from parris_cli.reports.next_steps import next_steps
from parris_cli.runs.one_run import OneRun
from parris_cli.runs.status_lines import status_lines
from parris_cli.terminal.capabilities import PLAIN, Capabilities
from tests.parris_cli.runs.some_runs import NOW, a_run, hours_ago

TERMINAL = Capabilities(True, True, True, True)


def text_of(one: OneRun, can: Capabilities = PLAIN) -> str:
    steps = next_steps(one.run.job_id, None, None, is_running=one.run.is_running)
    lines = status_lines(one, NOW, can, steps)
    return "\n".join("".join(span.text for span in line) for line in lines)


RUNNING = OneRun(
    a_run(
        state="training",
        is_running=True,
        runtime_seconds=3600,
        time_limit_seconds=7200,
        cost_limit_usd=Decimal(20),
        metrics={"loss": {"value": 0.25, "step": 100}, "best": {"value": 0.2, "step": None}},
        target="ec2-stack",
    ),
    path=(
        PhaseBegun(Phase.CHECKING, hours_ago(3)),
        PhaseBegun(Phase.LAUNCHING, hours_ago(2.5)),
        PhaseBegun(Phase.TRAINING, hours_ago(2), 2),
    ),
    ends="ends by 16:00 UTC at the latest (time limit)",
    attempt=2,
    max_attempts=3,
    log=("parris: starting train.sh", "step=100 loss=0.25"),
)


def test_a_running_job_says_how_far_it_is_and_what_can_be_done() -> None:
    text = text_of(RUNNING)
    for line in (
        "iris-20261120t120000-04f2  training",
        "  on       g5.xlarge (ec2-stack)",
        "  path     checking 30 min > launching 30 min",
        "           training 2 h",
        "  time     1 h of 2 h",
        "  cost     1.01 of 20 USD",
        "  ends     by 16:00 UTC at the latest (time limit)",
        "  attempt  2 of 3",
        "  metric   loss 0.25 at step 100",
        "  metric   best 0.2",
        "      | step=100 loss=0.25",
        "  stop     parris stop iris-20261120t120000-04f2",
    ):
        assert line in text.splitlines()


def test_limits_are_bars_on_a_terminal() -> None:
    assert f"  time     {'█' * 10}{'░' * 10}  1 h of 2 h" in text_of(RUNNING, TERMINAL)


def test_a_job_that_has_ended_says_why_and_each_attempt() -> None:
    attempts: list[Json] = [
        {"number": 1, "title": "g5.xlarge", "reason": "INSTANCE_LOST"},
        {"number": 2, "title": "g5.xlarge", "reason": "SCRIPT_FAILED"},
    ]
    outcome: Payload = {"attempts": attempts, "kept_usd_per_month": "2.40", "keep_until": "always"}
    one = OneRun(
        a_run(state="SCRIPT_FAILED", results_uri="s3://b/results/"),
        cause="the script exited with status 1; last log lines:\nboom",
        record={"outcome": outcome},
    )
    lines = text_of(one).splitlines()
    assert lines[:3] == [
        "iris-20261120t120000-04f2  SCRIPT_FAILED",
        "  why      the script exited with status 1; last log lines:",
        "           | boom",
    ]
    assert "  attempt  1: g5.xlarge, INSTANCE_LOST" in lines
    assert "  kept     at 2.40 USD per month until you delete it" in lines
    assert "  results  s3://b/results/" in lines
    assert not any("parris stop" in line for line in lines)


def test_a_time_on_the_clock_is_a_limit_with_what_is_left_until_then() -> None:
    clock_time = hours_ago(-0.5)
    by = "  clock    by 2026-11-20 15:30 UTC"
    running = replace(RUNNING, run=replace(RUNNING.run, clock_time=clock_time))
    assert f"{by}, in 30 min" in text_of(running).splitlines()
    for ended_at, left in (
        (hours_ago(1), "1 h 30 min before it"),
        (hours_ago(-1), "exceeded by 30 min"),
    ):
        ended = OneRun(a_run(ended_at=ended_at, clock_time=clock_time))
        assert f"{by}, {left}" in text_of(ended).splitlines()
