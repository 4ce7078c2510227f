"""Real jobs with every way to end, at once on one embedded AWS with fewer machines than jobs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from parris_cli.starting.start_job import StartedJob
from parris_cli.stopping.request_stop import request_stop
from tests.end_to_end.deployment import ENDLESS, Deployed, Ended

SAVES_WHEN_TOLD = f"""
trap 'echo saved > "$PARRIS_RESULTS_DIR/checkpoint"; exit 0' TERM
echo started
{ENDLESS}"""
# USD 3.6 per hour are USD 0.001 per second: beside volume and address 0.07 pay for 68 seconds, of
# which saving and stopping may take a tenth each.
USD_PER_HOUR, COST_LIMIT_USD, COST_LIMIT_ENDS_AT_SECONDS = "3.6", "0.07", 68 - 6 - 6
TIME_LIMIT_SECONDS = 40
LONGER_THAN_64_KB = "# filling\n" * 8000 + 'echo whole > "$PARRIS_RESULTS_DIR/proof"\n'


@pytest.fixture(scope="module")
def machines_at_once() -> int:
    """The third job waits until one of the first two is over, and so on."""
    return 2


@pytest.fixture(scope="module")
def jobs(deployed: Deployed) -> dict[str, StartedJob]:
    """All of them, started one after the other without waiting; the longest first."""
    return {
        "time-limit": deployed.start(
            "time-limit",
            SAVES_WHEN_TOLD,
            termination_method=["on-complete", "at-fixed-time"],
            termination_options={"time-limit": TIME_LIMIT_SECONDS / 3600},
        ),
        "on-metric": deployed.start(
            "on-metric",
            f"for i in 5 4 3; do echo step=$i loss=0.$i; done\n{SAVES_WHEN_TOLD}",
            termination_method="on-metric",
            termination_options={
                "metric-goal": {"metric": "loss", "direction": "minimize", "target": 0.3}
            },
        ),
        "failing": deployed.start("failing", "echo the last words\nexit 3\n"),
        "switches-off": deployed.start("switches-off", "echo bye\nsudo poweroff\nsleep 600\n"),
        "long-script": deployed.start("long-script", LONGER_THAN_64_KB),
        "kept": deployed.start("kept", "exit 0\n", on_termination="stop-instance"),
    }


def succeeded(ended: Ended, reason: str) -> None:
    assert (ended.status, ended.reason, ended.outcome["reason"]) == ("SUCCEEDED", reason, reason)


def left_nothing(ended: Ended) -> None:
    assert ended.left == []
    assert ended.outcome["target_details"] == {"stack_status": "DELETE_COMPLETE"}


def test_a_metric_that_reaches_its_goal_ends_its_job_which_saves_first(
    deployed: Deployed, jobs: dict[str, StartedJob]
) -> None:
    ended = deployed.end_of(jobs["on-metric"])
    succeeded(ended, "METRIC_REACHED")
    assert ended.outcome["cause"] == "loss 0.3 reached the goal of at most 0.3"
    assert deployed.results_of(jobs["on-metric"]) == {"checkpoint": "saved\n"}
    left_nothing(ended)


def test_a_failed_script_fails_its_job_with_its_status_and_last_lines(
    deployed: Deployed, jobs: dict[str, StartedJob]
) -> None:
    ended = deployed.end_of(jobs["failing"])
    assert (ended.status, ended.reason) == ("FAILED", "SCRIPT_FAILED")
    assert "status 3" in ended.cause
    assert "the last words" in ended.cause
    assert ended.outcome["exit_status"] == 3
    left_nothing(ended)


def test_a_script_that_switches_the_machine_off_is_complete(
    deployed: Deployed, jobs: dict[str, StartedJob]
) -> None:
    ended = deployed.end_of(jobs["switches-off"])
    succeeded(ended, "COMPLETED")
    left_nothing(ended)


def test_a_script_may_be_larger_than_user_data_and_parameters_allow(
    deployed: Deployed, jobs: dict[str, StartedJob]
) -> None:
    ended = deployed.end_of(jobs["long-script"])
    succeeded(ended, "COMPLETED")
    assert deployed.results_of(jobs["long-script"]) == {"proof": "whole\n"}
    left_nothing(ended)


def test_a_machine_that_is_to_be_kept_is_stopped_and_nothing_more(
    deployed: Deployed, jobs: dict[str, StartedJob]
) -> None:
    ended = deployed.end_of(jobs["kept"])
    succeeded(ended, "COMPLETED")
    states = {(one["kind"], one["state"]) for one in ended.left}
    assert {("instance", "stopped"), ("stack", "CREATE_COMPLETE")} <= states


@pytest.mark.long
def test_a_script_without_end_is_ended_by_the_cost_limit_and_not_before(
    deployed: Deployed,
) -> None:
    # Started here, since it would hold a machine's place for a minute in every other run.
    ended = deployed.end_of(
        deployed.start(
            "cost-limit",
            ENDLESS,
            termination_method="around-cost-threshold",
            termination_options={"cost-limit": float(COST_LIMIT_USD)},
            hourly_price_usd=float(USD_PER_HOUR),
        )
    )
    succeeded(ended, "COST_LIMIT")
    assert ended.outcome["runtime_seconds"] >= COST_LIMIT_ENDS_AT_SECONDS
    of_the_instance_usd = ended.outcome["runtime_seconds"] * Decimal(USD_PER_HOUR) / 3600
    assert Decimal(ended.outcome["estimated_cost_usd"]) >= of_the_instance_usd
    left_nothing(ended)


def test_a_second_run_under_a_live_name_is_refused_and_the_first_is_ended_by_a_request_only(
    deployed: Deployed,
) -> None:
    first = deployed.start("one-name", SAVES_WHEN_TOLD)
    deployed.wait_for_file(first, "started.json")
    second = deployed.end_of(deployed.start("one-name", "exit 0\n"))
    assert (second.status, second.reason) == ("FAILED", "LAUNCH_FAILED")
    assert first.execution_arn in second.cause
    assert second.left == []
    assert deployed.is_running(first)

    assert request_stop(deployed.account, "one-name", first.execution_arn, datetime.now(UTC))
    ended = deployed.end_of(first)
    assert (ended.status, ended.reason) == ("FAILED", "ABORTED")
    left_nothing(ended)


def test_a_request_for_an_ended_job_notifies_nobody(
    deployed: Deployed, jobs: dict[str, StartedJob]
) -> None:
    deployed.end_of(jobs["failing"])
    over = jobs["failing"].execution_arn
    assert not request_stop(deployed.account, "failing", over, datetime.now(UTC))


def test_a_script_without_end_is_ended_by_the_time_limit_and_saves_before(
    deployed: Deployed, jobs: dict[str, StartedJob]
) -> None:
    ended = deployed.end_of(jobs["time-limit"])
    succeeded(ended, "TIME_LIMIT")
    assert deployed.results_of(jobs["time-limit"]) == {"checkpoint": "saved\n"}
    left_nothing(ended)


@pytest.mark.long
def test_a_script_that_hangs_ends_its_job_and_gets_the_time_to_save(deployed: Deployed) -> None:
    prints = "for i in $(seq 60); do echo step=$i; sleep 0.1; done"
    job = deployed.start(
        "hangs",
        f"{SAVES_WHEN_TOLD.replace(ENDLESS, '')}{prints}\n{ENDLESS}",
        termination_method="no-progress",
        termination_options={"no-progress": {"floor-seconds": 3, "warm-up-seconds": 1}},
    )
    ended = deployed.end_of(job)
    assert (ended.status, ended.reason) == ("FAILED", "NO_PROGRESS")
    assert ended.outcome["cause"].startswith("the script printed no line for ")
    assert deployed.results_of(job) == {"checkpoint": "saved\n"}
    left_nothing(ended)


@pytest.mark.long
def test_a_job_is_over_by_its_clock_time_with_its_results_saved(deployed: Deployed) -> None:
    over_by = datetime.now(UTC) + timedelta(seconds=60)
    job = deployed.start(
        "clock-time",
        SAVES_WHEN_TOLD,
        termination_method=["on-complete", "at-clock-time"],
        termination_options={"clock-time": f"{over_by:%Y-%m-%d %H:%M:%S} UTC"},
    )
    ended = deployed.end_of(job)
    succeeded(ended, "CLOCK_TIME")
    assert datetime.fromisoformat(ended.outcome["ended_at"]) <= over_by
    assert deployed.results_of(job) == {"checkpoint": "saved\n"}
    left_nothing(ended)
