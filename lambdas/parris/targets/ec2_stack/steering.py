"""Gives an instance the files that it waits for.

IAM names it by its role and its id, so they can be written only once EC2 has said which it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.errors import LaunchFailedError
from parris.targets.ec2_stack.instance_types import accelerator_of
from parris.targets.ec2_stack.spec import spec_of
from parris.targets.runner_files import MachineFacts, write_machine_files

if TYPE_CHECKING:
    from parris.job import Job
    from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
    from parris.targets.ec2_stack.settings import Ec2StackSettings


def steer_machine(
    aws: Ec2Gateways, settings: Ec2StackSettings, job: Job, machine_id: str, profile_name: str
) -> str:
    """Write the machine's files and return where it writes. Safe to ask again.

    Raises:
        ConfigInvalidError: when script or code are no longer what was validated.
        LaunchFailedError: when the machine has no role, so that it can read nothing.
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
    """Return the unique id of the role in a profile, empty where there is none."""
    if profile_name == settings.instance_profile and settings.trainers_role_id:
        return settings.trainers_role_id
    return aws.profiles.role_id_of(profile_name) if profile_name else ""
