"""Lines and tables about the trials of a sweep."""

from random import Random

import pytest

from parris.payloads import Json, Payload
from parris_cli.sweeps.table import begin_line, live_table, trial_line, trial_table
from parris_cli.sweeps.view import SweepView
from tests.parris_cli.sweeps.records import record_of_trials, trial


@pytest.mark.parametrize(
    ("worst_usd", "line"),
    [
        ("1", "6, 4 at the same time; one can cost 1 USD at most"),
        ("75.5", "6, only 2 at the same time within the budget; one can cost 75.5 USD at most"),
    ],
)
def test_the_first_line_says_when_the_budget_lets_fewer_trials_run_at_once(
    worst_usd: str, line: str
) -> None:
    record = record_of_trials(6)
    record["worst_usd"] = worst_usd
    assert begin_line(SweepView.from_record(record)) == line


@pytest.mark.parametrize(("value", "shown"), [(0.5, "loss 0.5, "), (None, "no loss, ")])
def test_a_trial_that_has_not_printed_the_goal_says_so(value: Json, shown: str) -> None:
    only: Payload = {
        **trial(Random(1), 0),
        "value": value,
        "parameters": {"x": 1},
        "spent_usd": "0.02",
    }
    sweep = SweepView.from_record({**record_of_trials(1), "trials": [only]})
    assert trial_line(sweep, sweep.trials[0]) == f"COMPLETED: {shown}0.02 USD; x 1"


@pytest.mark.parametrize(
    ("columns", "head"),
    [(40, "status"), (80, "time"), (None, "optimizer")],
)
def test_a_table_has_the_columns_that_fit(columns: int | None, head: str) -> None:
    sweep = SweepView.from_record(record_of_trials(6))
    lines = trial_table(sweep, columns=columns)
    assert head in lines[0]
    assert columns is None or max(map(len, lines)) <= columns


def test_a_live_table_has_the_best_trials_and_below_them_some_that_run() -> None:
    record = record_of_trials(20)
    over = [trial(Random(1), number) for number in range(15)]
    running = [{**trial(Random(1), n), "status": "running", "reason": None} for n in range(15, 20)]
    sweep = SweepView.from_record({**record, "trials": [*over, *running]})
    lines = live_table(sweep, 200, 10)
    assert len(lines) == 10
    assert ["running" in line for line in lines[1:]] == [False] * 6 + [True] * 3
    best = [one.number for one in sweep.ranked[:6]]
    assert [int(line.split()[0]) for line in lines[1:7]] == best


def test_a_trial_that_was_not_started_says_why() -> None:
    only: Payload = {
        **trial(Random(1), 0),
        "runs": 0,
        "status": "not-started",
        "cause": "0.1 USD are left of the budget",
    }
    sweep = SweepView.from_record({**record_of_trials(1), "trials": [only]})
    assert trial_line(sweep, sweep.trials[0]) == "not-started: 0.1 USD are left of the budget"
