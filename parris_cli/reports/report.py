"""The report on a job: one JSON object for programs, a few lines for people, one exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.payloads import (
    Json,
    Payload,
    maybe_int_in,
    maybe_text_in,
    part_of,
    parts_in,
    texts_in,
)
from parris.reasons import EndReason
from parris.retention.keep_until import expiry_text
from parris_cli import formatting
from parris_cli.downloads.report import download_lines, download_to_json
from parris_cli.formatting import counted
from parris_cli.reports.cause import cause_lines
from parris_cli.reports.next_steps import NO_STEPS, NextSteps
from parris_cli.terminal.style import Style

if TYPE_CHECKING:
    from parris_cli.downloads.download import Download
    from parris_cli.reports.job_end import End
    from parris_cli.reports.leftovers import Leftover
    from parris_cli.reports.limits import LimitUse

EXIT_SUCCEEDED = 0
EXIT_FAILED = 1
EXIT_REFUSED = 2
# What has no tag of the job, as the lease of a server, is found by the workflow only.
_UNCONFIRMED = "nothing with the job's tag was found, but the workflow could not confirm its end"


@dataclass(frozen=True, slots=True)
class Report:
    """The report on a started job.

    `left_unknown` says why leftovers could not be queried, empty if they could. `goes_on` is
    whether the job is still running, None if that is unknown.
    """

    job_id: str
    execution_arn: str
    end: End
    results_folder: str | None
    result_count: int
    left_running: list[Leftover]
    left_unknown: str = ""
    download: Download | None = None
    limits: tuple[LimitUse, ...] = ()
    goes_on: bool | None = False
    next_steps: NextSteps = NO_STEPS
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """Return 0 for success with all results here, 2 for a rejected config, 1 otherwise."""
        if self.end.execution_status == "SUCCEEDED":
            is_here = self.download is None or self.download.is_complete
            return EXIT_SUCCEEDED if is_here else EXIT_FAILED
        is_refused = self.end.reason == EndReason.CONFIG_REJECTED
        return EXIT_REFUSED if is_refused else EXIT_FAILED

    def to_json(self) -> Payload:
        """Return the object that `--json` prints."""
        outcome = self.end.outcome
        left: list[Json] = [dict[str, Json](**one) for one in self.left_running]
        # A job without an outcome was never launched, unless the outcome could not be read.
        nothing: tuple[int | None, str | None] = (0, "0.0000")
        if self.end.is_outcome_unknown:
            nothing = (None, None)
        return {
            **_NOTHING_KNOWN,
            "job_id": self.job_id,
            "execution_arn": self.execution_arn,
            "execution_status": self.end.execution_status,
            "reason": self.end.reason,
            "cause": self.end.cause,
            "exit_status": outcome.get("exit_status"),
            "started_at": outcome.get("started_at"),
            "ended_at": outcome.get("ended_at"),
            "runtime_seconds": outcome.get("runtime_seconds", nothing[0]),
            "estimated_cost_usd": outcome.get("estimated_cost_usd", nothing[1]),
            "cost_basis": outcome.get("cost_basis"),
            "kept": outcome.get("kept", []),
            "keep_until": outcome.get("keep_until"),
            "kept_usd_per_month": outcome.get("kept_usd_per_month"),
            "target_details": outcome.get("target_details"),
            "attempts": outcome.get("attempts", []),
            "metrics": outcome.get("metrics", {}),
            "history_events": self.end.history_events,
            "results": self.results_folder,
            "left_running": left if left or not self._why_unknown else None,
            "limits": [use.to_json() for use in self.limits],
            "goes_on": self.goes_on,
            "next": self.next_steps.to_json(),
            "notes": [*self.notes, *([self._why_unknown] if self._why_unknown else [])],
            **(download_to_json(self.download) if self.download else {}),
        }

    @property
    def style(self) -> Style:
        """Return how the first line looks: good, bad, or neither while the job is running."""
        if self.goes_on is not False:
            return Style.WARNING
        return Style.GOOD if self.exit_code == EXIT_SUCCEEDED else Style.BAD

    def to_text(self, is_embedded: bool, *, is_verbose: bool = False) -> str:
        """Return the same for people.

        Args:
            is_embedded: its AWS ends with the command.
            is_verbose: say how the cost is made up, too.
        """
        lines = self._head()
        outcome = self.end.outcome
        if outcome:
            runtime = formatting.duration(maybe_int_in(outcome, "runtime_seconds") or 0)
            lines.append(f"  ran      {runtime}")
            lines.append(f"  cost     {_cost(outcome, is_verbose=is_verbose)}")
            lines += _attempts(outcome)
            lines += [f"  limit    {use.to_text()}" for use in self.limits]
            lines += _kept(outcome, is_embedded=is_embedded)
        lines += self._results()
        lines += [f"  note     {note}" for note in self.notes]
        if self.goes_on is not False:
            known = "is still running" if self.goes_on else _PERHAPS
            lines.append(f"  job      {self.job_id} {known}")
        lines += self.next_steps.lines()
        lines.append(f"  left     {self._left(is_embedded)}")
        return "\n".join(lines)

    def _head(self) -> list[str]:
        """Return the reason, as its name for `grep` and as text, and the cause."""
        reason, cause = self.end.reason or self.end.execution_status, self._cause()
        description = REASON_WORDS.get(EndReason(reason), "") if reason in set(EndReason) else ""
        if not description:
            return [f"{reason}  {cause}".rstrip()]
        return [f"{reason}  {description}", *([f"  why      {cause}"] if cause else [])]

    def _cause(self) -> str:
        # The last lines of a successful job's log have just been shown.
        is_fine = self.end.execution_status == "SUCCEEDED"
        cause = self.end.cause.partition("; last log lines")[0] if is_fine else self.end.cause
        head, *rest = cause_lines(cause, self.end.reason)
        # A line of the script's log begins where the live log's do.
        below = (_BELOW_LOG if line.startswith("|") else _BELOW_WHY for line in rest)
        return "\n".join([head, *map("".join, zip(below, rest, strict=True))])

    def _results(self) -> list[str]:
        if self.download is not None and (self.download.total_count or self.download.problem):
            return download_lines(self.download)
        if self.results_folder is not None and self.result_count:
            return [f"  results  {self.results_folder} ({counted(self.result_count, 'file')})"]
        if self.end.job_prefix is None:
            return []
        lines = ["  results  none: the script wrote nothing into its results folder"]
        return (
            lines if self.results_folder is None else [*lines, f"  log      {self.results_folder}"]
        )

    @property
    def _why_unknown(self) -> str:
        """Return why it is not known what is left, empty if it is known."""
        if self.left_unknown or self.left_running:
            return self.left_unknown
        is_unconfirmed = self.end.reason == EndReason.CLEANUP_FAILED
        return _UNCONFIRMED if is_unconfirmed else ""

    def _left(self, is_embedded: bool) -> str:
        unknown = f"not known: {self._why_unknown}" if self._why_unknown else ""
        if not self.left_running:
            return unknown or "nothing: no resource of this job exists any more"
        named = ", ".join(
            f"{one['kind']} {one['id']} ({one['state']})" for one in self.left_running
        )
        named += "; deleted with the embedded AWS" if is_embedded else ""
        return f"{named}; the rest is {unknown}" if unknown else named


REASON_WORDS = {
    EndReason.COMPLETED: "",
    EndReason.SCRIPT_FAILED: "the script failed",
    EndReason.TIME_LIMIT: "ended at its time limit",
    EndReason.CLOCK_TIME: "ended at its clock time",
    EndReason.COST_LIMIT: "ended at its cost limit",
    EndReason.STOPPED_EARLY: "stopped early: other trials of its sweep were better",
    EndReason.METRIC_REACHED: "ended when its metric reached the goal",
    EndReason.NO_IMPROVEMENT: "ended when its metric did not improve any more",
    EndReason.NO_PROGRESS: "ended because its script hung",
    EndReason.INSTANCE_LOST: "the machine was lost",
    EndReason.NO_CAPACITY: "AWS had no such machine",
    EndReason.LAUNCH_FAILED: "it could not be launched",
    EndReason.SUPERSEDED: "a later run of its name took its place",
    EndReason.ABORTED: "ended because a stop was requested",
    EndReason.CLEANUP_FAILED: "something could not be deleted, and may cost money",
    EndReason.CONFIG_REJECTED: "the config has violations; nothing was created",
}
"""A description of every reason, shown before its cause; the cause of COMPLETED needs none."""

# Below what stands behind the label, and where a line of the live log begins.
_BELOW_WHY, _BELOW_LOG = " " * 11, " " * 6
_PERHAPS = "may still be running: AWS could not be queried"
# What `--json` prints in any case; a job that was not started has nothing more to report.
_NOTHING_KNOWN: Payload = {
    "job_id": None,
    "execution_arn": None,
    "execution_status": None,
    "reason": None,
    "cause": "",
    "exit_status": None,
    "started_at": None,
    "ended_at": None,
    "runtime_seconds": 0,
    "estimated_cost_usd": "0.0000",
    "cost_basis": None,
    "kept": [],
    "keep_until": None,
    "kept_usd_per_month": None,
    "target_details": None,
    "attempts": [],
    "metrics": {},
    "history_events": 0,
    "results": None,
    "results_uri": None,
    "results_missing": [],
    "results_renamed": {},
    "results_trouble": None,
    "left_running": [],
    "limits": [],
    "goes_on": False,
    "next": NO_STEPS.to_json(),
    "notes": [],
}


def refusal_to_json(
    message: str, reason: EndReason | None, *, goes_on: bool | None = False
) -> Payload:
    """Return what `--json` prints if no job was started, or none was found.

    Args:
        message: why.
        reason: CONFIG_REJECTED if that is the reason.
        goes_on: None for a job that may well be running.
    """
    return {**_NOTHING_KNOWN, "reason": reason, "cause": message, "goes_on": goes_on}


def started_to_json(job_id: str, execution_arn: str, steps: NextSteps) -> Payload:
    """Return what `--json` prints about a job that was started and is not followed."""
    return {
        **_NOTHING_KNOWN,
        "job_id": job_id,
        "execution_arn": execution_arn,
        "execution_status": "RUNNING",
        "goes_on": True,
        "next": steps.to_json(),
    }


def _cost(outcome: Payload, *, is_verbose: bool) -> str:
    cost, basis = maybe_text_in(outcome, "estimated_cost_usd"), part_of(outcome, "cost_basis")
    if cost is None:
        return "unknown: the price list has no price for this instance"
    parts = [
        f"{one['part']} {formatting.money(str(one['usd']))}"
        for one in parts_in(basis, "components")
    ]
    counted = f" ({', '.join(parts)})" if parts and is_verbose else ""
    if len(parts_in(outcome, "attempts")) > 1:
        return f"{cost} USD, estimated, for all attempts"
    billed = formatting.duration(maybe_int_in(basis, "billed_seconds") or 0)
    rate = formatting.usd_per_hour(str(basis.get("usd_per_hour") or 0))
    return f"{cost} USD, estimated: {billed} billed at {rate}{counted}"


def _attempts(outcome: Payload) -> list[str]:
    """Return a line for each attempt of a run that has had several."""
    attempts = parts_in(outcome, "attempts")
    if len(attempts) == 1:
        return []
    return [
        f"  attempt  {one['number']}: {one['title']}, {one['reason']} after"
        f" {formatting.duration(maybe_int_in(one, 'runtime_seconds') or 0)},"
        f" {maybe_text_in(one, 'estimated_cost_usd') or 'an unknown number of'} USD"
        for one in attempts
    ]


def _kept(outcome: Payload, *, is_embedded: bool) -> list[str]:
    """Return what still costs money after the end, and until when."""
    usd_per_month = maybe_text_in(outcome, "kept_usd_per_month")
    if usd_per_month is None:
        return []
    expiry = expiry_text(maybe_text_in(outcome, "keep_until"))
    until = "you delete it" if expiry is None else f"{expiry}, then deleted"
    cost = f"{usd_per_month} USD per month until {until}"
    if is_embedded:
        return [f"  kept     only in the embedded AWS, and deleted with it; on AWS it costs {cost}"]
    named = ", ".join(texts_in(outcome, "kept")) or "what has the results"
    return [f"  kept     {named}, at {cost}"]
