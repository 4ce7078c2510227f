"""Whether each hyperparameter reaches the script as a variable of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from parris.payloads import part_of
from parris.validation.merge_configs import HYPERPARAMETERS_KEY, without_comments
from parris.validation.violations import Violation, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.payloads import Payload


def find_colliding_hyperparameters(config: Payload) -> Iterator[Violation]:
    """Yield a violation for each group of hyperparameters that would share one variable's name.

    Only plain values become variables; lists and objects are in the file of hyperparameters alone.
    """
    names_of: dict[str, list[str]] = defaultdict(list)
    for name, value in without_comments(part_of(config, HYPERPARAMETERS_KEY)).items():
        if isinstance(value, str | int | float | bool):
            names_of[variable_of(name)].append(name)
    for variable, names in names_of.items():
        if len(names) > 1:
            found = ", ".join(f'"{name}"' for name in names)
            expected = f"names that differ as variables: each of these would be {variable}"
            yield Violation(path_of([HYPERPARAMETERS_KEY]), found, expected)


def variable_of(name: str) -> str:
    """Return the variable in which the script finds a hyperparameter."""
    return f"PARRIS_HP_{re.sub(r'[^A-Za-z0-9]', '_', name).upper()}"
