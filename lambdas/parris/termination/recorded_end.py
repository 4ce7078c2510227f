"""When a job's machine and the parts that outlive it ended, collected over all checks.

AWS deletes ended resources: EC2 removes a terminated instance after about an hour. So each check
passes on what is known to the next check and to the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Self

from parris.payloads import Payload, maybe_int_in, part_of, text_in
from parris.termination.metrics import metrics_in
from parris.timestamps import format_timestamp, maybe_timestamp_in, parse_timestamp

if TYPE_CHECKING:
    from parris.termination.ending import EndObservation


@dataclass(frozen=True, slots=True)
class RecordedEnd:
    """What is known of the end. Each part is None until a check has found it out.

    `part_ends` has the parts of the rate that can outlive the machine and have ended.
    `billed_seconds` is what AWS says that it bills of the machine.
    """

    launched_at: datetime | None = None
    machine_ended_at: datetime | None = None
    script_ended_at: datetime | None = None
    exit_status: int | None = None
    part_ends: Mapping[str, datetime] = field(default_factory=dict)
    requirements_seconds: int | None = None
    metrics: Payload = field(default_factory=dict)
    billed_seconds: int | None = None

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return what `to_payload` wrote; an empty payload means that nothing is known."""
        return cls(
            launched_at=maybe_timestamp_in(payload, "launched_at"),
            machine_ended_at=maybe_timestamp_in(payload, "machine_ended_at"),
            script_ended_at=maybe_timestamp_in(payload, "script_ended_at"),
            exit_status=maybe_int_in(payload, "exit_status"),
            requirements_seconds=maybe_int_in(payload, "requirements_seconds"),
            metrics=metrics_in(payload),
            part_ends=part_ends_in(payload),
            billed_seconds=maybe_int_in(payload, "billed_seconds"),
        )

    def to_payload(self) -> Payload:
        """Return it as part of `$.confirmed`."""
        return {
            "launched_at": _text_of(self.launched_at),
            "machine_ended_at": _text_of(self.machine_ended_at),
            "script_ended_at": _text_of(self.script_ended_at),
            "exit_status": self.exit_status,
            "requirements_seconds": self.requirements_seconds,
            "metrics": self.metrics,
            "part_ends": {part: format_timestamp(at) for part, at in self.part_ends.items()},
            "billed_seconds": self.billed_seconds,
        }

    def checked_again(self, seen: EndObservation) -> RecordedEnd:
        """Return what is known after another check.

        The first recorded end counts: a stopped machine that is terminated later gets a later
        timestamp. What is alive again has not ended yet.
        """
        report = seen.exit
        machine_ended_at = self.machine_ended_at or seen.machine_ended_at
        return RecordedEnd(
            launched_at=self.launched_at or seen.launched_at,
            machine_ended_at=None if seen.is_machine_alive else machine_ended_at,
            script_ended_at=self.script_ended_at if report is None else report.ended_at,
            exit_status=self.exit_status if report is None else report.exit_status,
            requirements_seconds=(
                self.requirements_seconds if report is None else report.requirements_seconds
            ),
            metrics=seen.metrics or self.metrics,
            part_ends={part: self.part_ends.get(part, at) for part, at in seen.part_ends.items()},
            billed_seconds=(
                self.billed_seconds if seen.billed_seconds is None else seen.billed_seconds
            ),
        )


def part_ends_in(confirmed: Payload) -> dict[str, datetime]:
    """Return when the parts of the rate ended that can outlive the machine and have ended."""
    ends = part_of(confirmed, "part_ends")
    return {part: parse_timestamp(text_in(ends, part)) for part in ends}


def _text_of(timestamp: datetime | None) -> str | None:
    return None if timestamp is None else format_timestamp(timestamp)
