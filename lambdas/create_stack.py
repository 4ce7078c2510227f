"""State CreateStack: claims the job's name for this execution, then starts the launch.

Reads `$.job`. Writes the claim into the jobs table, the machine's files into the job's folder, and
the stack. Answers `$.stack`. Safe to ask again: the claim, the files and the stack are the same.
May raise JobNameTakenError, StackExistsError, ConfigInvalidError and the Aws errors.
"""

from __future__ import annotations

from parris.entrypoint import Deps, lambda_handler
from parris.errors import JobNameTakenError
from parris.job import Job
from parris.moments import format_moment, parse_moment
from parris.payloads import Payload, part_of, text_in


def run(event: Payload, deps: Deps) -> Payload:
    """Return what was launched."""
    job = Job.from_payload(part_of(event, "job"))
    now = parse_moment(text_in(event, "now"))
    _claim_name(job, format_moment(now), deps)
    launch_id = deps.target(job.target).launch(job, now)
    return {
        "launch_id": launch_id,
        "stack_name": job.stack_name,
        "created_at": format_moment(now),
    }


def _claim_name(job: Job, claimed_at: str, deps: Deps) -> None:
    table = deps.aws.jobs_table
    if table.claim(job.training_job_name, job.execution_arn, claimed_at):
        return
    holder = table.find(job.training_job_name)
    if holder is not None and deps.aws.executions.is_alive(holder.execution_arn):
        raise JobNameTakenError(_taken(job, holder.execution_arn))
    dead = None if holder is None else holder.execution_arn
    if not table.claim(job.training_job_name, job.execution_arn, claimed_at, dead_owner_arn=dead):
        raise JobNameTakenError(_taken(job, "another execution that started just now"))


def _taken(job: Job, holder: str) -> str:
    return (
        f"the job name {job.training_job_name} is held by {holder}, which still runs and was not"
        f" touched. Wait until it has ended, stop it, or choose another training-job-name"
    )


handler = lambda_handler(run)
