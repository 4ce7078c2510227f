"""What can be made to go wrong, as data."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong; the values are the words that a person types.

    `spot-interruption`: spot instances that run get EC2's notice, and two minutes on are gone.
    `instance-killed`: instances that run are terminated without a word of their own.
    `no-capacity`: from then on EC2 has no instance to give.
    `throttled`: for five minutes EC2 and CloudFormation refuse what functions ask of them.
    `unavailable`: for ten minutes all services fail what functions ask of them.
    `lost-event`: of the next instance that ends, EventBridge delivers no state change.
    `never-boots`: simulated instances that are launched from then on run and never start anything.
    `no-s3-rights`: from then on S3 refuses what simulated instances ask of it.
    `machine-silent`: simulated instances that run hang: nothing is heard of them, and EC2's status
    checks pass. `machine-impaired`: the same, and the instance status check fails.
    `delete-failed`: the next deletion of a stack fails and removes nothing; one after it works.
    """

    SPOT_INTERRUPTION = "spot-interruption"
    INSTANCE_KILLED = "instance-killed"
    NO_CAPACITY = "no-capacity"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    LOST_EVENT = "lost-event"
    NEVER_BOOTS = "never-boots"
    NO_S3_RIGHTS = "no-s3-rights"
    MACHINE_SILENT = "machine-silent"
    MACHINE_IMPAIRED = "machine-impaired"
    DELETE_FAILED = "delete-failed"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, `at` after the job was submitted."""

    kind: FaultKind
    at: timedelta
