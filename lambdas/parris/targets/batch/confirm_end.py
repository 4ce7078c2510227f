"""Checks what is left of a job's Batch job while it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.saved_places import saved_payload
from parris.targets.batch.describe import log_place
from parris.targets.batch.observe import exit_report_of
from parris.targets.batch.observed_run import ObservedRun, runs_image_command
from parris.targets.runner_reports import RunnerReports
from parris.targets.saving_time import saves_until, saving_check_seconds
from parris.termination.ending import EndObservation, EndState, EndStep
from parris.waits import Wait

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from parris.job import Job
    from parris.payloads import Payload
    from parris.targets.batch.aws.gateways import BatchGateways
    from parris.targets.batch.batch_job import BatchJob
    from parris.termination.ending import Ending
    from parris.termination.exit_report import ExitReport

_AT_ONCE_SECONDS = 1


def confirm_ended(aws: BatchGateways, job: Job, ending: Ending) -> EndObservation:
    """Check the jobs of the run and its definitions.

    A job has ended only when its description says so: a call that ends it may have no effect.
    """
    run, has_runner = ObservedRun(aws, job), not runs_image_command(job)
    found = run.batch_job(ending.launch_id)
    others = run.others(found)
    living = [one for one in (found, *others) if one is not None and not one.is_over]
    definitions = run.definitions()
    left = (*(one.job_id for one in living), *(one.definition_id for one in definitions))
    state = _end_state(job, ending, living, has_more_to_end=bool(definitions))
    report = _exit_report(aws, job, found, has_runner=has_runner)
    has_ended = found is not None and found.is_over
    return EndObservation(
        state=state,
        left=left,
        launched_at=None if found is None else found.started_at,
        machine_ended_at=found.stopped_at if found is not None and has_ended else None,
        exit=report,
        metrics={} if not has_runner else RunnerReports(aws.bucket, job).last_metrics(report),
        next_check_seconds=_next_check_seconds(job, ending, living, state),
        wait=Wait.SAVING if living else Wait.LEFTOVERS,
        is_machine_alive=bool(living),
        part_ends={} if living else _part_ends(job, found, ending),
        billed_seconds=_billed_seconds(aws, found),
        note=_note(found, report, has_runner=has_runner),
        details={} if found is None else _details(job, found),
    )


def _end_state(
    job: Job, ending: Ending, living: Sequence[BatchJob], *, has_more_to_end: bool
) -> EndState:
    step = ending.step or EndStep.DELETING
    if living:
        is_saving = step is EndStep.SAVING and saves_until(job, ending).total_seconds() > 0
        # A termination that had no effect is repeated.
        return EndState.ENDING if is_saving else EndState.END_AGAIN
    return EndState.END_AGAIN if step is EndStep.SAVING or has_more_to_end else EndState.ENDED


def _next_check_seconds(
    job: Job, ending: Ending, living: Sequence[BatchJob], state: EndState
) -> int | None:
    if living and state is EndState.ENDING:
        return saving_check_seconds(job, ending)
    return _AT_ONCE_SECONDS if state is EndState.END_AGAIN and not living else None


def _exit_report(
    aws: BatchGateways, job: Job, found: BatchJob | None, *, has_runner: bool
) -> ExitReport | None:
    report = RunnerReports(aws.bucket, job).exit_report() if has_runner else None
    if report is not None or found is None:
        return report
    return exit_report_of(found, job.limits, has_runner=has_runner)


def _billed_seconds(aws: BatchGateways, found: BatchJob | None) -> int | None:
    """Return what is billed besides the usual: nothing of a job that never ran, and duplicates."""
    if found is None or not found.is_over:
        return None
    if not found.has_begun:
        return 0
    same = aws.jobs.named(found.name, [found.queue]) if found.queue else ()
    extra = sum(one.ran_seconds for one in same if one.job_id != found.job_id)
    return found.ran_seconds + extra if extra else None


def _part_ends(job: Job, found: BatchJob | None, ending: Ending) -> dict[str, datetime]:
    """Return when the parts of the rate that outlive the container were no longer billed."""
    ended_at = ending.now if found is None or found.stopped_at is None else found.stopped_at
    components = () if job.rate is None else job.rate.components
    return {one.part: ended_at for one in components if one.reserve_seconds}


def _note(found: BatchJob | None, report: ExitReport | None, *, has_runner: bool) -> str:
    if found is None or not found.has_begun or not has_runner:
        return ""
    if report is not None and report.are_results_saved:
        return ""
    return (
        "the results could not be verified: the container has ended, and nothing of its disk is"
        " kept. What was uploaded before is in the bucket"
    )


def _details(job: Job, found: BatchJob) -> Payload:
    log = log_place(job) if runs_image_command(job) else None
    return {
        "batch_job_id": found.job_id,
        "batch_job_name": found.name,
        "job_queue": found.queue.rpartition("/")[2],
        "status": found.status,
        "status_reason": found.reason or None,
        "exit_code": found.exit_code,
        **(saved_payload((), log) if log is not None else {}),
    }
