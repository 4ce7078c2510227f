"""The reduced form of a trial's run."""

from decimal import Decimal

import pytest

from embedded_aws.metering.usage import Usage
from parris.reasons import EndReason
from parris_cli.rehearsal.sweeps.reduced_run import MeasuredRun, ReducedForm, RunFigures
from parris_cli.rehearsal.sweeps.simulated_trials import spread

NOTHING = Usage(0, 0, {}, {}, {}, 0, 0, 0, 0, 0)


def measured(takes_seconds: float, runtime: int, usd: str, reason: EndReason) -> MeasuredRun:
    figures = RunFigures(reason, 100.0, runtime, runtime + 700.0, Decimal(usd))
    return MeasuredRun(takes_seconds, 10.0, figures, NOTHING)


SHORT = measured(600, 660, "0.0660", EndReason.COMPLETED)
LONG = measured(2400, 2460, "0.2460", EndReason.COMPLETED)
LIMITED = measured(7200, 3600, "0.3600", EndReason.TIME_LIMIT)


def test_a_run_between_two_measured_ones_takes_what_is_between() -> None:
    figures = ReducedForm(SHORT, LONG).figures_of(1200, 0)
    assert figures == RunFigures(EndReason.COMPLETED, 100.0, 1260, 1960.0, Decimal("0.1260"))
    assert ReducedForm(SHORT, LONG).figures_of(1200, 1).reason is EndReason.SCRIPT_FAILED


@pytest.mark.parametrize(
    ("takes_seconds", "reason", "runtime_seconds"),
    [
        (1200, EndReason.COMPLETED, 1260),
        # The script of the longest run was stopped 70 s before its machine ended.
        (3529, EndReason.COMPLETED, 3589),
        (3530, EndReason.TIME_LIMIT, 3600),
        (7200, EndReason.TIME_LIMIT, 3600),
    ],
)
def test_a_limit_ends_every_run_that_would_last_longer(
    takes_seconds: float, reason: EndReason, runtime_seconds: int
) -> None:
    figures = ReducedForm(SHORT, LIMITED).figures_of(takes_seconds, 0)
    assert (figures.reason, figures.runtime_seconds) == (reason, runtime_seconds)


def test_runs_of_one_duration_are_all_alike() -> None:
    assert ReducedForm(SHORT, SHORT).figures_of(600, 0) == SHORT.figures
    assert ReducedForm(LIMITED, LIMITED).figures_of(7200, 1) == LIMITED.figures


@pytest.mark.parametrize(
    ("count", "total", "numbers"),
    [(20, 5, range(5)), (4, 8, (0, 2, 4, 6)), (3, 10, (0, 3, 6))],
)
def test_full_trials_are_spread_over_the_sweep(
    count: int, total: int, numbers: range | tuple[int, ...]
) -> None:
    assert spread(count, total) == frozenset(numbers)
