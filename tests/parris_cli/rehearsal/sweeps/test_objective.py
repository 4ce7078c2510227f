"""The simulated objective: what a trial takes and reaches."""

from datetime import timedelta
from statistics import fmean
from typing import Any

import pytest

from parris.payloads import Payload
from parris_cli.rehearsal.sweeps.objective import Objective, ObjectiveKind, TrialRun, space_of

PARAMETERS: Payload = {
    "rate": {"type": "float", "minimum": 0.001, "maximum": 1, "scale": "log"},
    "depth": {"type": "integer", "minimum": 2, "maximum": 12},
}


def an_objective(**changed: Any) -> Objective:
    given: dict[str, Any] = {
        "kind": ObjectiveKind.BOWL,
        "space": space_of(PARAMETERS, []),
        "shortest": timedelta(minutes=10),
        "longest": timedelta(minutes=40),
        "noise": 0.0,
        "failing_share": 0.0,
        "seed": 7,
    }
    return Objective(**{**given, **changed})


def run_of(objective: Objective, number: int = 0, **hyperparameters: Any) -> TrialRun:
    return objective.run_of(f"sweep-a-{number}", {"rate": 0.1, "depth": 5, **hyperparameters})


def test_a_run_is_drawn_from_the_seed_and_its_name() -> None:
    noisy = an_objective(noise=0.1)
    assert run_of(noisy) == run_of(noisy)
    assert run_of(noisy) != run_of(noisy, 1)
    assert run_of(noisy) != run_of(an_objective(noise=0.1, seed=8))


def test_each_run_takes_a_time_of_the_range() -> None:
    taken = [run_of(an_objective(), number).takes_seconds for number in range(200)]
    assert 600 <= min(taken) < 700
    assert 2300 < max(taken) <= 2400


def test_so_many_runs_fail() -> None:
    codes = [run_of(an_objective(failing_share=0.1), one).exit_code for one in range(1000)]
    assert 70 < sum(codes) < 130
    assert not any(run_of(an_objective(), one).exit_code for one in range(100))


@pytest.mark.parametrize("kind", [ObjectiveKind.BOWL, ObjectiveKind.VALLEYS])
def test_the_value_depends_on_the_hyperparameters(kind: ObjectiveKind) -> None:
    objective = an_objective(kind=kind)
    values = {run_of(objective, depth=depth).value for depth in range(2, 13)}
    assert len(values) == 11
    assert min(values) >= 0
    turned = run_of(an_objective(kind=kind, is_maximized=True))
    assert turned.value == -run_of(objective).value


def test_a_flat_objective_has_noise_alone() -> None:
    flat = an_objective(kind=ObjectiveKind.FLAT, noise=0.5)
    values = [run_of(flat, number, depth=number % 11 + 2).value for number in range(200)]
    assert abs(fmean(values)) < 0.15


def test_a_list_has_the_values_of_its_trials() -> None:
    listed: list[Payload] = [{"depth": 2, "kind": "a", "odd": []}, {"depth": 4, "kind": "b"}]
    objective = an_objective(space=space_of({}, listed))
    assert [one.name for one in objective.space.parameters] == ["depth", "kind"]
    values = {objective.run_of("sweep-a-0", one).value for one in listed}
    assert len(values) == 2
