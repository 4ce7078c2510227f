"""Writes the files that a container waits for.

Their place depends on the job role and the ECS task, so they are written when that has an id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.machine_notes import note_machine
from parris.errors import LaunchFailedError
from parris.folder import MachineFolder
from parris.targets.batch.request import parameter_variables
from parris.targets.batch.spec import spec_of
from parris.targets.runner_files import MachineFacts, write_machine_files
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from parris.job import Job
    from parris.targets.batch.aws.gateways import BatchGateways


def steer_container(aws: BatchGateways, job: Job, job_id: str, task_id: str) -> str:
    """Write the container's files and return the prefix that it writes to. Safe to repeat.

    The image's own command needs none.

    Raises:
        ConfigInvalidError: if the script or the code changed after validation.
        LaunchFailedError: if the environment has no job role, so that nothing can be read.
    """
    spec, role_id = spec_of(job), aws.container_roles.job_role_id()
    if not role_id:
        raise LaunchFailedError(
            f"there is no role {aws.container_roles.job_role} for the containers; deploy the"
            " environment again (parris deploy --with batch)"
        )
    user_id = f"{role_id}:{task_id}"
    if spec.runs_image_command:
        prefix = MachineFolder(user_id).prefix
        note_machine(job, job_id, prefix, aws.bucket)
        return prefix
    found = aws.jobs.find(job_id)
    started_at = None if found is None else found.started_at
    facts = MachineFacts(
        job_id,
        user_id,
        environment={**parameter_variables(spec)},
        # The machine below the container is older, and may serve another job.
        keys={"launched_at": None if started_at is None else format_timestamp(started_at)},
        has_bootstrap=False,
    )
    return write_machine_files(aws.shared, aws.settings, job, facts)
