"""The last word on a job: one JSON object for programs, a few lines for people, one exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli import words
from parris.keeping import expiry_words
from parris.payloads import (
    Json,
    Payload,
    maybe_text_in,
    maybe_whole_in,
    part_of,
    parts_in,
)
from parris.reasons import EndReason

if TYPE_CHECKING:
    from cli.job_end import End
    from cli.left_running import Leftover

EXIT_SUCCEEDED = 0
EXIT_FAILED = 1
EXIT_REFUSED = 2


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is told about a job that was started."""

    job_id: str
    execution_arn: str
    end: End
    results_folder: str | None
    result_count: int
    left_running: list[Leftover]

    @property
    def exit_code(self) -> int:
        """Return 0 for Succeed, 2 for a refused config, 1 for every other Fail."""
        if self.end.execution_status == "SUCCEEDED":
            return EXIT_SUCCEEDED
        is_refused = self.end.reason == EndReason.CONFIG_REJECTED
        return EXIT_REFUSED if is_refused else EXIT_FAILED

    def to_json(self) -> Payload:
        """Return the object that `--json` prints."""
        outcome = self.end.outcome
        left: list[Json] = [dict[str, Json](**one) for one in self.left_running]
        return {
            "job_id": self.job_id,
            "execution_arn": self.execution_arn,
            "execution_status": self.end.execution_status,
            "reason": self.end.reason,
            "cause": self.end.cause,
            "exit_status": outcome.get("exit_status"),
            "started_at": outcome.get("started_at"),
            "ended_at": outcome.get("ended_at"),
            "runtime_seconds": outcome.get("runtime_seconds", 0),
            # Without an outcome nothing was ever launched.
            "estimated_cost_usd": outcome.get("estimated_cost_usd", "0.0000"),
            "cost_basis": outcome.get("cost_basis"),
            "kept": outcome.get("kept", []),
            "keep_until": outcome.get("keep_until"),
            "kept_usd_per_month": outcome.get("kept_usd_per_month"),
            "stack_status": outcome.get("stack_status"),
            "history_events": self.end.history_events,
            "results": self.results_folder,
            "left_running": left,
        }

    def to_text(self, is_embedded: bool) -> str:
        """Return the same for people."""
        lines = [f"{self.end.reason or self.end.execution_status}  {self._cause()}".rstrip()]
        outcome = self.end.outcome
        if outcome:
            runtime = words.duration(maybe_whole_in(outcome, "runtime_seconds") or 0)
            lines.append(f"  ran      {runtime}")
            lines.append(f"  cost     {_cost(outcome)}")
            lines += _kept(outcome)
        if self.results_folder is not None:
            lines.append(
                f"  results  {self.results_folder} ({_counted(self.result_count, 'file')})"
            )
        elif self.end.job_prefix is not None:
            lines.append("  results  none: the script wrote nothing into its results folder")
        lines.append(f"  left     {self._left(is_embedded)}")
        return "\n".join(lines)

    def _cause(self) -> str:
        # The last lines of a log that went well have just been seen.
        is_fine = self.exit_code == EXIT_SUCCEEDED
        return self.end.cause.partition("; last log lines")[0] if is_fine else self.end.cause

    def _left(self, is_embedded: bool) -> str:
        if not self.left_running:
            return "nothing: no instance, volume or stack of this job is there any more"
        named = ", ".join(
            f"{one['kind']} {one['id']} ({one['state']})" for one in self.left_running
        )
        return named + ("; gone with the embedded AWS" if is_embedded else "")


def refusal_to_json(message: str, reason: EndReason | None) -> Payload:
    """Return what `--json` prints where the job was not even started."""
    return {
        "job_id": None,
        "execution_arn": None,
        "execution_status": None,
        "reason": reason,
        "cause": message,
        "exit_status": None,
        "started_at": None,
        "ended_at": None,
        "runtime_seconds": 0,
        "estimated_cost_usd": "0.0000",
        "cost_basis": None,
        "kept": [],
        "keep_until": None,
        "kept_usd_per_month": None,
        "stack_status": None,
        "history_events": 0,
        "results": None,
        "left_running": [],
    }


def _cost(outcome: Payload) -> str:
    cost, basis = maybe_text_in(outcome, "estimated_cost_usd"), part_of(outcome, "cost_basis")
    if cost is None:
        return "unknown: the price list has no price for this instance"
    parts = [
        f"{one['part']} {words.money(str(one['usd']))}" for one in parts_in(basis, "components")
    ]
    counted = f" ({', '.join(parts)})" if parts else ""
    return (
        f"{cost} USD, estimated: {basis.get('billed_seconds')} s billed at"
        f" {words.money(str(basis.get('usd_per_hour')))} USD per hour{counted}"
    )


def _kept(outcome: Payload) -> list[str]:
    """Return what goes on costing money after the end, and until when."""
    usd_per_month = maybe_text_in(outcome, "kept_usd_per_month")
    if usd_per_month is None:
        return []
    expiry = expiry_words(maybe_text_in(outcome, "keep_until"))
    until = "you delete it" if expiry is None else f"{expiry}, then deleted"
    return [f"  kept     the volume, at {usd_per_month} USD per month until {until}"]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
