"""One experiment, as its objects in the bucket describe it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.payloads import maybe_int_in, maybe_text_in, part_of
from parris_cli.formatting import duration, usd

if TYPE_CHECKING:
    from datetime import datetime

    from parris.payloads import Payload

RUNNING = "running"
_MOST_METRICS = 4
_NO_SCRIPT = "its image"


@dataclass(frozen=True, slots=True)
class Experiment:
    """A run. `described` is its record, or what was known before its launch if it has none yet."""

    name: str
    uri: str
    stored_at: datetime
    described: Payload
    is_running: bool

    @property
    def outcome(self) -> Payload:
        """Return how it ended; empty while it runs."""
        return part_of(self.described, "outcome")

    @property
    def training_config_uri(self) -> str | None:
        """Return where the config of its script is, None if it has none."""
        return maybe_text_in(part_of(self.described, "training_config"), "uri")

    def to_json(self) -> Payload:
        """Return it for programs."""
        outcome = self.outcome
        return {
            "experiment": self.name,
            "uri": self.uri,
            "state": RUNNING if self.is_running else "ended",
            "started_by": self.described.get("started_by"),
            "submitted_at": self.described.get("submitted_at"),
            "training_job_name": self.described.get("training_job_name"),
            "job_id": self.described.get("job_id"),
            "deployment": self.described.get("deployment"),
            "target": self.described.get("target"),
            "title": self.described.get("title"),
            "config": part_of(self.described, "config"),
            "training_config_uri": self.training_config_uri,
            **{
                key: outcome.get(key)
                for key in (
                    "reason",
                    "cause",
                    "started_at",
                    "ended_at",
                    "runtime_seconds",
                    "estimated_cost_usd",
                    "metrics",
                    "results_uri",
                )
            },
        }

    def lines(self) -> list[str]:
        """Return it for people: its name, how it ended, when and by whom, and then the rest."""
        reason = RUNNING if self.is_running else str(self.outcome.get("reason"))
        who = maybe_text_in(self.described, "started_by") or "unknown"
        head = f"{self.name}  {reason}  {self._submitted_at()}  {who}"
        parts = [self._what(), *self._figures()]
        return [head, f"  {'; '.join(filter(None, parts))}"]

    def _submitted_at(self) -> str:
        return f"{self.stored_at.astimezone():%Y-%m-%d %H:%M}"

    def _what(self) -> str:
        script = maybe_text_in(part_of(self.described, "script"), "filename") or _NO_SCRIPT
        config = maybe_text_in(part_of(self.described, "training_config"), "filename")
        title = maybe_text_in(self.described, "title")
        return f"{script}{f' with {config}' if config else ''}{f' on {title}' if title else ''}"

    def _figures(self) -> list[str]:
        outcome = self.outcome
        seconds = maybe_int_in(outcome, "runtime_seconds")
        cost = maybe_text_in(outcome, "estimated_cost_usd")
        found = [] if seconds is None else [duration(seconds)]
        found += [] if cost is None else [f"{usd(Decimal(cost))} USD"]
        metrics = part_of(outcome, "metrics")
        shown = [f"{name} {part_of(metrics, name).get('value')}" for name in metrics]
        more = [f"and {len(shown) - _MOST_METRICS} more"] if len(shown) > _MOST_METRICS else []
        found += [", ".join([*shown[:_MOST_METRICS], *more])] if shown else []
        return found
