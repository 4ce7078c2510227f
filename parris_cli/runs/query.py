"""Which runs a list shows, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from parris.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from parris_cli.runs.run import Run

MOST = 20
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Query:
    """Which runs are chosen. `most` is how many of those that have ended, None for all.

    `name` is a pattern as a shell has it, such as `iris-*`. `order` is a key of `ORDERS`.
    """

    name: str | None = None
    owner: str | None = None
    reasons: frozenset[str] = frozenset()
    since: datetime | None = None
    is_running_only: bool = False
    most: int | None = MOST
    order: str = "started"

    def accepts(self, run: Run) -> bool:
        """Return whether a run is one of those that are asked for."""
        return (
            (self.name is None or fnmatchcase(run.name, self.name))
            and (self.owner is None or run.owner == self.owner)
            and (not self.reasons or run.state in self.reasons)
            and (self.since is None or (run.submitted_at or _LONG_AGO) >= self.since)
            and (run.is_running or not self.is_running_only)
        )

    def sorted(self, runs: Iterable[Run]) -> list[Run]:
        """Return runs in the order that is asked for, among equals the newest first."""
        newest = sorted(runs, key=_submitted, reverse=True)
        key, is_largest_first = ORDERS[self.order]
        return sorted(newest, key=key, reverse=is_largest_first)


def _submitted(run: Run) -> datetime:
    return run.submitted_at or _LONG_AGO


ORDERS: dict[str, tuple[Callable[[Run], Any], bool]] = {
    "started": (_submitted, True),
    "cost": (lambda run: run.cost_usd or Decimal(0), True),
    "time": (lambda run: run.runtime_seconds or 0, True),
    "name": (lambda run: run.name, False),
    "who": (lambda run: run.owner, False),
}
"""How runs can be sorted: by what, and whether the largest comes first."""


def parse_since(text: str, now: datetime | None = None) -> datetime:
    """Return when a time such as `7d`, `2031-05-01` or `2031-05-01T08:00Z` was.

    Raises:
        ValueError: saying what was found and what was expected.
    """
    try:
        return (now or datetime.now(UTC)) - timedelta(seconds=float(parse_duration(text)))
    except (ValueError, OverflowError):
        pass
    try:
        # A date or a time without a zone is where the person is.
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f"found {text!r}, expected how long ago, such as 90m or 7d, or a date, such as"
            " 2031-05-01"
        ) from None
