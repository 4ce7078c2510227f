"""Writes the files that an instance waits for.

Their place depends on the instance's role and id, so they are written when EC2 has returned the id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.ec2.instance_types import accelerator_of
from parris.errors import LaunchFailedError
from parris.targets.ec2_stack.spec import spec_of
from parris.targets.runner_files import MachineFacts, write_machine_files

if TYPE_CHECKING:
    from parris.job import Job
    from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
    from parris.targets.ec2_stack.settings import Ec2StackSettings


def steer_machine(
    aws: Ec2Gateways, settings: Ec2StackSettings, job: Job, machine_id: str, profile_name: str
) -> str:
    """Write the machine's files and return the prefix that it writes to. Safe to repeat.

    Raises:
        ConfigInvalidError: if the script or the code changed after validation.
        LaunchFailedError: if the machine has no role, so that it cannot read anything.
    """
    role_id = _role_id(aws, settings, profile_name)
    if not role_id:
        raise LaunchFailedError(
            f"the instance {machine_id} of {job.launch_name} has no role: the template must give it"
            " an instance profile with one, or it cannot read its files"
        )
    spec = spec_of(job)
    facts = MachineFacts(
        machine_id,
        user_id=f"{role_id}:{machine_id}",
        environment={
            "PARRIS_INSTANCE_TYPE": spec.instance_type,
            "PARRIS_ACCELERATOR": accelerator_of(spec.instance_type),
        },
        keys={"is_spot": spec.is_spot},
    )
    return write_machine_files(aws.shared, settings, job, facts)


def _role_id(aws: Ec2Gateways, settings: Ec2StackSettings, profile_name: str) -> str:
    """Return the unique id of the role in a profile; empty if there is none."""
    if profile_name == settings.instance_profile and settings.trainers_role_id:
        return settings.trainers_role_id
    return aws.profiles.role_id_of(profile_name) if profile_name else ""
