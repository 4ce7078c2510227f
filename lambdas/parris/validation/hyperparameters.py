"""Checks that each hyperparameter gets its own environment variable."""

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
    """Yield a violation for each group of hyperparameters that would share a variable.

    Only plain values become variables; lists and objects are only in the hyperparameters file.
    """
    names_of: dict[str, list[str]] = defaultdict(list)
    for name, value in without_comments(part_of(config, HYPERPARAMETERS_KEY)).items():
        if isinstance(value, str | int | float | bool):
            names_of[variable_of(name)].append(name)
    for variable, names in names_of.items():
        if len(names) > 1:
            found = ", ".join(f'"{name}"' for name in names)
            expected = f"names that become different variables; each of these becomes {variable}"
            yield Violation(path_of([HYPERPARAMETERS_KEY]), found, expected)


def variable_of(name: str) -> str:
    """Return the environment variable of a hyperparameter."""
    return f"PARRIS_HP_{re.sub(r'[^A-Za-z0-9]', '_', name).upper()}"
