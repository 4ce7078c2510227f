"""ValidateConfig: each hyperparameter has its own environment variable."""

from typing import Any

import pytest

from parris.entrypoint import Deps
from tests.handlers.test_validate_config import job_of, violations_of


@pytest.mark.parametrize(
    ("hyperparameters", "names"),
    [
        ({"a-b": 1, "a_b": 2}, '"a-b", "a_b"'),
        ({"Lr": 1, "lr": 2, "other": 3}, '"Lr", "lr"'),
        ({"x\u00e9": "1", "x\u00fc": "2"}, '"x\u00e9", "x\u00fc"'),
    ],
)
def test_hyperparameters_that_would_share_a_variable_are_a_violation(
    deps: Deps, hyperparameters: dict[str, Any], names: str
) -> None:
    (violation,) = violations_of(deps, {"hyperparameters": hyperparameters})
    assert violation.startswith(f"1. /hyperparameters: found {names}")
    assert "PARRIS_HP_" in violation


@pytest.mark.parametrize(
    "hyperparameters",
    [
        {"a-b": 1, "a_b": [1]},  # a list is in the file alone
        {"a-b": 1, "_a_b": 2},  # a comment
        {"learning_rate": 0.2},  # the packaged job's own has a hyphen
    ],
)
def test_hyperparameters_with_variables_of_their_own_are_taken(
    deps: Deps, hyperparameters: dict[str, Any]
) -> None:
    assert job_of(deps, {"hyperparameters": hyperparameters})
