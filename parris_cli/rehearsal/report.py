"""The report on a rehearsal: that of `parris run`, with the timeline and orchestration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris_cli.rehearsal.durations import short
from parris_cli.rehearsal.format_timeline import format_timeline

if TYPE_CHECKING:
    from datetime import timedelta

    from parris.payloads import Json, Payload
    from parris_cli.rehearsal.orchestration import Orchestration
    from parris_cli.rehearsal.timeline import Entry
    from parris_cli.reports.limits import LimitUse
    from parris_cli.reports.report import Report


@dataclass(frozen=True, slots=True)
class RehearsalReport:
    """One rehearsal. `notes` list what did not happen, such as a fault that was too late."""

    training_takes: timedelta
    job: Report
    timeline: list[Entry]
    orchestration: Orchestration
    notes: list[str]

    @property
    def exit_code(self) -> int:
        """Return the exit code that `parris run` would return."""
        return self.job.exit_code

    @property
    def limits(self) -> tuple[LimitUse, ...]:
        """Return the use of each limit."""
        return self.job.limits

    def to_json(self) -> Payload:
        """Return the fields of `parris run --json`, and those that only rehearsals have."""
        timeline: list[Json] = [
            {
                "after_seconds": entry.after.total_seconds(),
                "kind": entry.kind,
                "name": entry.name,
                "words": entry.words,
            }
            for entry in self.timeline
        ]
        return {
            **self.job.to_json(),
            "is_rehearsal": True,
            "training_takes_seconds": int(self.training_takes.total_seconds()),
            "orchestration": self.orchestration.to_json(),
            "timeline": timeline,
            "notes": list(self.notes),
        }

    def to_text(self, *, is_verbose: bool = False) -> str:
        """Return the same for people; with the names of states for who asks for details."""
        job = self.job.to_text(is_embedded=True, is_verbose=is_verbose)
        summary, _, left = job.rpartition("\n")
        total = self.orchestration
        orchestration = total.to_text() if is_verbose else total.summary()
        return "\n".join(
            [
                f"a training of {short(self.training_takes)}, time since the submission:",
                *format_timeline(self.timeline, is_verbose=is_verbose),
                "",
                summary,
                f"  parris   {orchestration}",
                left,
                *(f"  note     {note}" for note in self.notes),
            ]
        )
