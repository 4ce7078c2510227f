"""The report on a rehearsed sweep, for people and for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from parris.payloads import Json, Payload
from parris.reasons import EndReason
from parris_cli.formatting import duration, money
from parris_cli.rehearsal.sweeps.budget_table import budget_table
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.sweeps.report_sweep import SUCCESSFUL, summary_lines
from parris_cli.sweeps.view import SweepView

if TYPE_CHECKING:
    from parris_cli.rehearsal.sweeps.full_runs import CheckedRun
    from parris_cli.rehearsal.sweeps.run_sweep_rehearsal import RehearsedSweep

MOST_DIFFERENCE = Decimal("0.05")
"""By how much the cost of a full trial may differ from that of its reduced form."""


def exit_code_of(rehearsed: RehearsedSweep) -> int:
    """Return the sweep's exit code, or 1 if the rehearsal is not to be trusted."""
    if rehearsed.record is None:
        is_refused = rehearsed.end.error == EndReason.CONFIG_REJECTED
        return EXIT_REFUSED if is_refused else EXIT_FAILED
    is_good = rehearsed.record["status"] in SUCCESSFUL
    return EXIT_SUCCEEDED if is_good and is_kept(rehearsed) and is_valid(rehearsed) else EXIT_FAILED


def is_kept(rehearsed: RehearsedSweep) -> bool:
    """Return whether what was spent and reserved was never more than the budget."""
    return _most_usd(rehearsed) <= _view(rehearsed).cost_limit_usd


def is_valid(rehearsed: RehearsedSweep) -> bool:
    """Return whether the full trials took what their reduced form takes."""
    same = all(one.expected.reason is one.actual.reason for one in rehearsed.checked)
    return same and largest_difference(rehearsed) <= MOST_DIFFERENCE


def largest_difference(rehearsed: RehearsedSweep) -> Decimal:
    """Return by how much the cost of a full run differs at most, as a share of it."""
    return max((_difference(one) for one in rehearsed.checked), default=Decimal(0))


def to_text(rehearsed: RehearsedSweep) -> str:
    """Return the report for people."""
    if rehearsed.record is None:
        return f"{rehearsed.end.error or rehearsed.end.status}  {rehearsed.end.cause}".rstrip()
    sweep = _view(rehearsed)
    kept = "kept" if is_kept(rehearsed) else "NOT KEPT"
    limit = money(str(sweep.cost_limit_usd))
    total = rehearsed.orchestration
    each = total.cost.usd / max(1, sum(trial.runs for trial in sweep.trials))
    return "\n".join(
        [
            *budget_table(sweep, rehearsed.budget),
            "",
            *summary_lines(sweep, rehearsed.record),
            f"  budget   {kept}: at most {money(str(_most_usd(rehearsed)))} of {limit} USD were"
            " spent and reserved at any time",
            f"  time     {duration(round(rehearsed.total_seconds))}",
            f"  parris   {total.summary()}, {each:.4f} USD for each run",
            f"  checked  {_checked_text(rehearsed)}",
        ]
    )


def to_json(rehearsed: RehearsedSweep) -> Payload:
    """Return everything for programs: the record of the sweep, and what only a rehearsal has."""
    if rehearsed.record is None:
        status = rehearsed.end.error or rehearsed.end.status
        return {"is_rehearsal": True, "status": status, "cause": rehearsed.end.cause}
    points: list[Json] = [
        {
            "at": one.at.isoformat(),
            "spent_usd": str(one.spent_usd),
            "committed_usd": str(one.committed_usd),
        }
        for one in rehearsed.budget
    ]
    checked: list[Json] = [_checked_json(one) for one in rehearsed.checked]
    return {
        **rehearsed.record,
        "is_rehearsal": True,
        "is_budget_kept": is_kept(rehearsed),
        "most_committed_usd": str(_most_usd(rehearsed)),
        "total_seconds": rehearsed.total_seconds,
        "orchestration": rehearsed.orchestration.to_json(),
        "reduced_runs": rehearsed.reduced_runs,
        "checked_runs": checked,
        "is_reduced_form_valid": is_valid(rehearsed),
        "budget_over_time": points,
    }


def _view(rehearsed: RehearsedSweep) -> SweepView:
    return SweepView.from_record(rehearsed.record or {})


def _most_usd(rehearsed: RehearsedSweep) -> Decimal:
    return max((one.committed_usd for one in rehearsed.budget), default=Decimal(0))


def _difference(run: CheckedRun) -> Decimal:
    """Return by how much the cost of a full run differs from its reduced form, as a share."""
    off_usd = abs(run.actual.usd - run.expected.usd)
    return off_usd / max(run.actual.usd, Decimal("0.0001"))


def _checked_text(rehearsed: RehearsedSweep) -> str:
    count = len(rehearsed.checked)
    if not rehearsed.reduced_runs:
        return "every run was the whole training workflow"
    seconds = max(abs(one.actual.total_seconds - one.expected.total_seconds)
                  for one in rehearsed.checked)  # fmt: skip
    share = largest_difference(rehearsed)
    others = sum(one.expected.reason is not one.actual.reason for one in rehearsed.checked)
    verdict = "" if is_valid(rehearsed) else "; do not trust the other figures"
    reasons = f", {others} ended for another reason" if others else ""
    return (
        f"{rehearsed.reduced_runs} runs were launch, end and cost alone; {count} were the whole"
        f" training workflow: their cost differs by at most {share:.1%}, and their duration by"
        f" {duration(round(seconds)) if round(seconds) else '0 s'}{reasons}{verdict}"
    )


def _checked_json(run: CheckedRun) -> Payload:
    def figures(name: str) -> Payload:
        one = getattr(run, name)
        return {
            "reason": one.reason,
            "runtime_seconds": one.runtime_seconds,
            "total_seconds": one.total_seconds,
            "usd": str(one.usd),
        }

    return {
        "training_job_name": run.training_job_name,
        "reduced_form": figures("expected"),
        "full": figures("actual"),
    }
