"""Makes the calls of the plan of an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from parris.termination.ending import Act


def perform_all(acts: Iterable[Act], perform: Callable[[Act], None]) -> None:
    """Perform each act. A failed one stops no other, and the first error is raised in the end."""
    errors = []
    for act in acts:
        try:
            perform(act)
        except Exception as err:
            errors.append(err)
    if errors:
        raise errors[0]
