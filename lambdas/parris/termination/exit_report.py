"""The runner's last word: exit.json in the job's folder, as docs/bootstrap-contract.md has it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from parris.payloads import Payload, maybe_int_in, maybe_text_in, part_of, text_in, texts_in
from parris.timestamps import parse_timestamp

_LONGEST_LAST_LINES = 8_000
"""Characters of a script's last lines that are passed on: a state's payload has 256 KiB in all, and
what passes that ends an execution without any clean-up, since nothing can catch it."""


class EndedBy(StrEnum):
    """What made the runner stop."""

    SCRIPT = "script"
    SCRIPT_SHUTDOWN = "script-shutdown"
    TIME_LIMIT = "time-limit"
    COST_LIMIT = "cost-limit"
    SIGNAL = "signal"
    INTERRUPTION = "interruption"
    BOOTSTRAP = "bootstrap"
    REQUIREMENTS = "requirements"


@dataclass(frozen=True, slots=True)
class ExitReport:
    """How the script ended, as the runner wrote it down before the machine went off.

    The runner writes it twice: before it saves the results, when `is_final` is false and the
    results count as unsaved, and after.
    """

    ended_by: EndedBy
    exit_status: int | None
    signal: str | None
    ended_at: datetime
    last_log_lines: tuple[str, ...]
    are_results_saved: bool
    is_final: bool = True
    requirements_seconds: int | None = None

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the report that exit.json holds.

        Raises:
            KeyError, TypeError, ValueError: when it is not what the contract says.
        """
        return cls(
            ended_by=EndedBy(text_in(payload, "ended_by")),
            exit_status=maybe_int_in(payload, "exit_status"),
            signal=maybe_text_in(payload, "signal"),
            ended_at=parse_timestamp(text_in(payload, "ended_at")),
            last_log_lines=texts_in(payload, "last_log_lines"),
            are_results_saved=part_of(payload, "results").get("complete") is True,
            is_final=payload["is_final"] is True,
            requirements_seconds=maybe_int_in(payload, "requirements_seconds"),
        )

    def describe(self) -> str:
        """Return in words how the script ended, with its last lines."""
        if not self.last_log_lines:
            return self.summary()
        lines = "\n".join(self.last_log_lines)[-_LONGEST_LAST_LINES:]
        return f"{self.summary()}; last log lines:\n{lines}"

    def summary(self) -> str:
        """Return in a few words how the script ended."""
        if self.signal is not None:
            return f"the script was ended by signal {self.signal}"
        if self.exit_status is not None:
            return f"the script exited with status {self.exit_status}"
        if self.ended_by is EndedBy.REQUIREMENTS:
            return "requirements.txt could not be installed, so the script never started"
        return "the script never started"
