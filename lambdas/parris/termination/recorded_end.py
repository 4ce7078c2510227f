"""When a job's machine and storage ended, as far as any check has seen: later checks lose nothing.

EC2 removes the tags of a terminated instance after a while, and the instance itself after about an
hour. What one check saw is therefore carried to the next one, and into the record.
Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/how-ec2-instance-termination-works.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from parris.payloads import Payload, maybe_int_in
from parris.timestamps import format_timestamp, maybe_timestamp_in

if TYPE_CHECKING:
    from parris.termination.ending import EndObservation


@dataclass(frozen=True, slots=True)
class RecordedEnd:
    """What is known of the end. Each part is None until a check has seen it.

    `storage_gone_at` is the first check after which nothing that is billed for holding the
    job's data, such as a volume, was seen any more.
    """

    launched_at: datetime | None = None
    machine_ended_at: datetime | None = None
    storage_gone_at: datetime | None = None
    script_ended_at: datetime | None = None
    exit_status: int | None = None

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return what `to_payload` wrote; nothing is known of an empty payload."""
        return cls(
            launched_at=maybe_timestamp_in(payload, "launched_at"),
            machine_ended_at=maybe_timestamp_in(payload, "machine_ended_at"),
            storage_gone_at=maybe_timestamp_in(payload, "storage_gone_at"),
            script_ended_at=maybe_timestamp_in(payload, "script_ended_at"),
            exit_status=maybe_int_in(payload, "exit_status"),
        )

    def to_payload(self) -> Payload:
        """Return it as part of `$.confirmed`."""
        return {
            "launched_at": _text_of(self.launched_at),
            "machine_ended_at": _text_of(self.machine_ended_at),
            "storage_gone_at": _text_of(self.storage_gone_at),
            "script_ended_at": _text_of(self.script_ended_at),
            "exit_status": self.exit_status,
        }

    def checked_again(self, seen: EndObservation, now: datetime) -> RecordedEnd:
        """Return what is known after another check.

        The first recorded end counts: a stopped instance that is terminated later gets a later
        timestamp. What is alive again has not ended yet.
        """
        report = seen.exit
        machine_ended_at = self.machine_ended_at or seen.machine_ended_at
        storage_gone_at = self.storage_gone_at or now
        return RecordedEnd(
            launched_at=self.launched_at or seen.launched_at,
            machine_ended_at=None if seen.is_machine_alive else machine_ended_at,
            storage_gone_at=None if seen.is_machine_alive or seen.has_storage else storage_gone_at,
            script_ended_at=self.script_ended_at if report is None else report.ended_at,
            exit_status=self.exit_status if report is None else report.exit_status,
        )


def _text_of(moment: datetime | None) -> str | None:
    return None if moment is None else format_timestamp(moment)
