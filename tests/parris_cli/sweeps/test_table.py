"""Lines and tables about the trials of a sweep."""

from random import Random

import pytest

from parris.payloads import Json, Payload
from parris_cli.sweeps.table import begin_line, trial_line
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
