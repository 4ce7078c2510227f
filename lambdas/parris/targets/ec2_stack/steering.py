"""Gives a machine the files that it waits for, where it alone reads and no machine writes.

IAM names a machine by its role and its instance, so the files can be written only once EC2 has said
which instance it is. docs/decisions/0015 says why it is done so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.machine_notes import note_machine
from parris.errors import LaunchFailedError
from parris.folder import MachineFolder
from parris.targets.ec2_stack.runner_files import BOOTSTRAP, machine_files

if TYPE_CHECKING:
    from parris.job import Job
    from parris.settings import Settings
    from parris.targets.ec2_stack.aws.gateways import Ec2Gateways


def steer_machine(
    aws: Ec2Gateways, settings: Settings, job: Job, machine_id: str, profile_name: str
) -> str:
    """Write the machine's files and return where it writes. Safe to ask again.

    Raises:
        ConfigInvalidError: when the script is no longer what was validated.
        LaunchFailedError: when the machine has no role, so that it can read nothing.
    """
    role_id = _role_id(aws, settings, profile_name)
    if not role_id:
        raise LaunchFailedError(
            f"the instance {machine_id} of {job.launch_name} has no role: the template must give it"
            " an instance profile with one, or it cannot read its files"
        )
    place = MachineFolder(f"{role_id}:{machine_id}")
    files = machine_files(job.on_machine(place.prefix), settings, aws.user_files)
    # Noted before the machine can begin, so that whoever ends the job finds what it has written.
    note_machine(job, machine_id, place.prefix, aws.bucket)
    # The machine waits for its bootstrap, which fetches the others.
    for name in sorted(files, key=lambda name: (name == BOOTSTRAP, name)):
        aws.bucket.write(place.steering_key(name), files[name])
    return place.prefix


def _role_id(aws: Ec2Gateways, settings: Settings, profile_name: str) -> str:
    """Return the unique id of the role in a profile, empty where there is none."""
    if profile_name == settings.instance_profile and settings.trainers_role_id:
        return settings.trainers_role_id
    return aws.profiles.role_id_of(profile_name) if profile_name else ""
