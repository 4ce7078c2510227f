"""Checks what is left of a job's training job while it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from parris.saved_places import SavedPlace, saved_payload
from parris.targets.sagemaker.describe import log_place
from parris.targets.sagemaker.end_job import is_pool_kept
from parris.targets.sagemaker.observe import ObservedRun, exit_report_of, metrics_of
from parris.targets.sagemaker.results import find_results
from parris.termination.ending import EndObservation, EndState, EndStep
from parris.waits import Wait

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from parris.job import Job
    from parris.payloads import Payload
    from parris.targets.sagemaker.aws.gateways import SageMakerGateways
    from parris.targets.sagemaker.results import Results
    from parris.targets.sagemaker.training_job import TrainingJob
    from parris.termination.ending import Ending

_AT_ONCE_SECONDS = 1


def confirm_ended(aws: SageMakerGateways, job: Job, ending: Ending) -> EndObservation:
    """Check the training job, its warm pool and the run's role."""
    run = ObservedRun(aws, job)
    found = run.training_job(ending.launch_id)
    others = run.others(found)
    known = [one for one in (found, *others) if one is not None]
    living = [one for one in known if not one.is_over]
    warm = [one for one in known if one.is_over and one.is_warm]
    role = run.role()
    left = (*(one.name for one in (*living, *warm)), *(() if role is None else (role,)))
    to_release = [one for one in warm if not is_pool_kept(one, ending)]
    state = _end_state(
        ending.step or EndStep.DELETING, living, has_more_to_end=bool(to_release or role)
    )
    if state is EndState.ENDED and warm:
        # Its cost is known when the next job has taken it, or SageMaker has released it.
        state = EndState.ENDING
    has_ended = found is not None and found.is_over
    results = find_results(aws, found) if found is not None and has_ended else None
    return EndObservation(
        state=state,
        left=left,
        launched_at=None if found is None else found.started_at,
        machine_ended_at=None if found is None or not has_ended else found.ended_at,
        exit=None if found is None else exit_report_of(found, job.limits),
        metrics={} if found is None else metrics_of(found),
        next_check_seconds=_next_check_seconds(state, ending),
        wait=Wait.SAVING if living else Wait.LEFTOVERS,
        is_machine_alive=bool(living),
        part_ends={} if living or warm else _part_ends(job, found, ending.now),
        billed_seconds=_billed_seconds(found) if has_ended else None,
        note="" if results is None else results.note,
        details={} if found is None else _details(found, results),
    )


def _end_state(step: EndStep, living: Sequence[TrainingJob], *, has_more_to_end: bool) -> EndState:
    if living:
        return EndState.ENDING if step is EndStep.SAVING else EndState.END_AGAIN
    if step is EndStep.SAVING or has_more_to_end:
        return EndState.END_AGAIN
    return EndState.ENDED


def _next_check_seconds(state: EndState, ending: Ending) -> int | None:
    """Return when the next step is taken, if that need not wait: the job has saved and is over.

    What could not be released at once is tried again less and less often.
    """
    is_saved = state is EndState.END_AGAIN and ending.step is EndStep.SAVING
    return _AT_ONCE_SECONDS if is_saved else None


def _part_ends(job: Job, found: TrainingJob | None, now: datetime) -> dict[str, datetime]:
    """Return when the parts of the rate that outlive the training job were no longer billed."""
    ended_at = now
    if found is not None and found.ended_at is not None:
        warm = timedelta(seconds=found.warm_pool_billed_seconds)
        ended_at = min(now, found.ended_at + warm)
    components = () if job.rate is None else job.rate.components
    return {one.part: ended_at for one in components if one.reserve_seconds}


def _billed_seconds(found: TrainingJob | None) -> int | None:
    """Return what AWS bills of each instance; nothing of one that never ran."""
    if found is None:
        return None
    return found.billable_seconds if found.has_begun else 0


def _details(found: TrainingJob, results: Results | None) -> Payload:
    return {
        "training_job_name": found.name,
        "status": found.status,
        "secondary_status": found.secondary_status,
        "failure_reason": found.failure_reason or None,
        "instance_count": found.instance_count,
        "training_seconds": found.training_seconds,
        "billable_seconds": found.billable_seconds,
        "warm_pool_status": found.warm_pool or None,
        "warm_pool_billed_seconds": found.warm_pool_billed_seconds,
        "checkpoint_uri": found.checkpoint_uri or None,
        "results": None if results is None else results.to_payload(),
        **saved_payload(_saved(found, results), log_place(found.name)),
    }


def _saved(found: TrainingJob, results: Results | None) -> list[SavedPlace]:
    """Return where SageMaker has saved what the script left."""
    uris = {
        "": "" if results is None else results.folder_uri,
        "checkpoints": found.checkpoint_uri,
    }
    return [SavedPlace(folder, f"{uri.rstrip('/')}/") for folder, uri in uris.items() if uri]
