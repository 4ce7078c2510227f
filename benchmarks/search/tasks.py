"""The tasks of the comparison: three tables of real trainings, and eight functions."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.search import synthetic
from parris.sweeps.search.parameters import (
    CategoricalParameter,
    FloatParameter,
    IntegerParameter,
    Parameter,
    Scalar,
)
from parris.sweeps.search.space import Space

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TABLES = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class Task:
    """A function to be minimised. It returns None where a training would have failed.

    `noise` is the standard deviation of what is added to each reported value, `best` the lowest
    true value.
    """

    name: str
    about: str
    space: Space
    function: Callable[[Mapping[str, Scalar]], float | None]
    noise: float
    best: float


@cache
def all_tasks() -> tuple[Task, ...]:
    """Return all tasks, in the order of the report."""
    return (*(_table_task(*one) for one in _TABLE_TASKS), *_synthetic_tasks())


# Name, parameters (their values are those of the table; text is a category), what it is.
_TABLE_TASKS = (
    ("svm-digits", "support vector machine on 600 digits: C, gamma, kernel; error"),
    ("boosting-diabetes", "gradient boosting on the diabetes data, 5 parameters; RMSE"),
    ("mlp-digits", "neural network on 800 digits, 5 parameters; log loss"),
)


def _table_task(name: str, about: str) -> Task:
    with (_TABLES / f"{name}.csv").open() as file:
        rows = [{key: _parse(text) for key, text in row.items()} for row in csv.DictReader(file)]
    names = sorted(set(rows[0]) - {"value"})
    values = {tuple(row[one] for one in names): float(row["value"]) for row in rows}
    columns = [(one, tuple(sorted({row[one] for row in rows}))) for one in names]
    parameters: list[Parameter] = [
        CategoricalParameter(one, column, is_ordered=not isinstance(column[0], str))
        for one, column in columns
    ]

    def function(assignment: Mapping[str, Scalar]) -> float:
        return values[tuple(assignment[one] for one in names)]

    return Task(name, about, Space(tuple(parameters)), function, 0.0, min(values.values()))


def _parse(text: str) -> Scalar:
    try:
        return float(text)
    except ValueError:
        return text


def _synthetic_tasks() -> tuple[Task, ...]:
    return (
        _cube("camel", 2, synthetic.camel, 0.0, synthetic.CAMEL_BEST, "six-hump camel"),
        _cube("hartmann3-noise", 3, synthetic.hartmann3, 0.3, synthetic.HARTMANN3_BEST,
              "Hartmann, much noise"),
        _cube("levy4-noise", 4, synthetic.levy, 0.5, 0.0, "Levy, noise"),
        _cube("rastrigin6", 6, synthetic.rastrigin, 0.0, 0.0, "Rastrigin: a million local minima"),
        _cube("styblinski8", 8, synthetic.styblinski_tang, 1.0, 0.0,
              "Styblinski-Tang: a sum with 256 local minima, noise"),
        _cube("ellipsoid12-noise", 12, synthetic.ellipsoid, 0.05, 0.0,
              "rotated ellipsoid, noise"),
        Task("training", "a loss over learning rate, decay, batch, layers, optimiser; noise, fails "
             "where the learning rate is too large", _TRAINING, synthetic.training, 0.02,
             synthetic.TRAINING_BEST),
        Task("categories", "4 categories and 3 integers with interactions, plateaus, noise",
             _CATEGORIES, synthetic.categories, 0.1, synthetic.CATEGORIES_BEST),
    )  # fmt: skip


def _cube(
    name: str,
    dimensions: int,
    function: Callable[[list[float]], float],
    noise: float,
    best: float,
    about: str,
) -> Task:
    names = [f"x{at:02}" for at in range(dimensions)]

    def of_assignment(assignment: Mapping[str, Scalar]) -> float:
        return function([float(assignment[one]) for one in names])

    space = Space(tuple(FloatParameter(one, 0.0, 1.0) for one in names))
    return Task(name, about, space, of_assignment, noise, best)


_TRAINING = Space(
    (
        IntegerParameter("batch", 8, 512, is_log=True),
        FloatParameter("decay", 1e-6, 1e-1, is_log=True),
        IntegerParameter("layers", 1, 8),
        FloatParameter("learning-rate", 1e-5, 1.0, is_log=True),
        CategoricalParameter("optimiser", ("adam", "sgd", "sgd-momentum")),
    )
)
_CATEGORIES = Space(
    (
        CategoricalParameter("activation", ("relu", "gelu", "tanh", "elu", "silu")),
        IntegerParameter("depth", 1, 12),
        CategoricalParameter("loss", ("l1", "l2", "huber")),
        CategoricalParameter("norm", (True, False)),
        IntegerParameter("patience", 1, 50),
        CategoricalParameter("scheduler", ("cosine", "step", "plateau", "constant")),
        IntegerParameter("width", 16, 1024, is_log=True),
    )
)
