"""The faults that can be injected, as data."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class FaultKind(StrEnum):
    """A fault; the values are the names that users type.

    `spot-interruption`: running spot instances get EC2's notice, and end two minutes later; those
    of a training job are gone at once. `instance-killed`: running instances are terminated without
    a shutdown, and training jobs lose theirs to an internal error.
    `no-capacity`: from then on EC2, SageMaker and Batch have no capacity.
    `throttled`: for five minutes EC2, CloudFormation, SageMaker and Batch refuse the calls of
    functions.
    `unavailable`: for ten minutes all services fail the calls of functions.
    `lost-event`: EventBridge does not deliver the state change of the next instance, training job
    or job of Batch that ends, nor what S3 reports until then.
    `never-boots`: simulated instances launched from then on run and never start anything.
    `no-s3-rights`: from then on S3 refuses the requests of simulated instances and of training
    jobs. `machine-silent`: running simulated instances and containers hang: they send nothing, and
    EC2's status checks pass. `machine-impaired`: the same, and the instance status check fails.
    `delete-failed`: the next deletion of a stack fails and removes nothing; a later one succeeds.
    `start-failed`: the next stopped instance that is started falls back to stopped, as one whose
    volume's key the caller may not grant. `server-stopped`: somebody stops the running instances.
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
    START_FAILED = "start-failed"
    SERVER_STOPPED = "server-stopped"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that begins `at` after the job was submitted."""

    kind: FaultKind
    at: timedelta
