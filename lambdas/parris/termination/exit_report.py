"""The exit report: exit.json in the job's folder. docs/bootstrap-contract.md describes it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from parris.payloads import Payload, maybe_int_in, maybe_text_in, part_of, text_in, texts_in
from parris.plain_text import plain_line
from parris.reasons import EndReason
from parris.termination.metrics import metrics_in
from parris.timestamps import parse_timestamp

_LONGEST_LAST_LINES = 8_000
"""Characters of a script's last lines that are passed on. A payload may have 256 KiB; a larger one
ends the execution without a termination phase, since the error cannot be caught."""


class EndedBy(StrEnum):
    """What ended the script."""

    SCRIPT = "script"
    SCRIPT_SHUTDOWN = "script-shutdown"
    TIME_LIMIT = "time-limit"
    CLOCK_TIME = "clock-time"
    COST_LIMIT = "cost-limit"
    SIGNAL = "signal"
    INTERRUPTION = "interruption"
    BOOTSTRAP = "bootstrap"
    REQUIREMENTS = "requirements"


ENDED_BY_LIMIT = {
    EndReason.TIME_LIMIT: EndedBy.TIME_LIMIT,
    EndReason.CLOCK_TIME: EndedBy.CLOCK_TIME,
    EndReason.COST_LIMIT: EndedBy.COST_LIMIT,
}
"""What ended a script that ran until its earliest limit, by the reason of that."""


@dataclass(frozen=True, slots=True)
class ExitReport:
    """How the script ended, as the runner reported it before the machine stopped.

    The runner writes the report twice: before it saves the results, with `is_final` false and the
    results counted as unsaved, and afterwards. On a target without a runner, the target reports
    what its service knows, with the service's `explanation`.
    """

    ended_by: EndedBy
    exit_status: int | None
    signal: str | None
    ended_at: datetime
    last_log_lines: tuple[str, ...]
    are_results_saved: bool
    is_final: bool = True
    requirements_seconds: int | None = None
    metrics: Payload = field(default_factory=dict)
    explanation: str = ""

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the report in exit.json.

        Raises:
            KeyError, TypeError, ValueError: if the content violates the contract.
        """
        is_final = payload["is_final"] is True
        return cls(
            ended_by=EndedBy(text_in(payload, "ended_by")),
            exit_status=maybe_int_in(payload, "exit_status"),
            signal=maybe_text_in(payload, "signal"),
            ended_at=parse_timestamp(text_in(payload, "ended_at")),
            last_log_lines=tuple(plain_line(line) for line in texts_in(payload, "last_log_lines")),
            are_results_saved=is_final and part_of(payload, "results").get("complete") is True,
            is_final=is_final,
            requirements_seconds=maybe_int_in(payload, "requirements_seconds"),
            metrics=metrics_in(payload),
        )

    def describe(self) -> str:
        """Return how the script ended, with its last lines."""
        if not self.last_log_lines:
            return self.summary()
        lines = "\n".join(self.last_log_lines)[-_LONGEST_LAST_LINES:]
        return f"{self.summary()}; last log lines:\n{lines}"

    def summary(self) -> str:
        """Return how the script ended, in one phrase."""
        phrases = [self._ending(), self.explanation]
        return "; ".join(one for one in phrases if one)

    def _ending(self) -> str:
        if self.signal is not None:
            return f"the script was ended by signal {self.signal}"
        if self.exit_status is not None:
            return f"the script exited with status {self.exit_status}"
        if self.ended_by is EndedBy.REQUIREMENTS:
            return "requirements.txt could not be installed, so the script never started"
        return "" if self.explanation else "the script never started"
