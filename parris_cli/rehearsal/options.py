"""Options of `parris rehearse`."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from parris_cli.starting.job_options import NO_OPTIONS, JobOptions

SPOT_INTERRUPTION = "spot-interruption"
SCRIPT_HANGS = "script-hangs"
"""A fault of the training, and none of AWS."""
FAULT_KINDS = {
    SPOT_INTERRUPTION: "AWS reclaims the spot instance, on EC2 with two minutes' notice",
    "instance-killed": "the instance is terminated at once, and its script has saved nothing",
    "no-capacity": "AWS has no capacity for any instance type, from then on",
    "throttled": "EC2, CloudFormation, SageMaker and Batch throttle Parris, for five minutes",
    "unavailable": "AWS responds to none of Parris's functions, for ten minutes",
    "never-boots": "instances launched from then on run, but start nothing",
    "no-s3-rights": "S3 denies every request of the instance, from then on",
    "machine-silent": "the machine hangs: no heartbeats, but EC2's status checks pass",
    "machine-impaired": "the machine hangs, and EC2's instance status check fails",
    "lost-event": "no event is sent when the next machine or training job has saved and ends",
    "delete-failed": "the next deletion of the stack fails; repeat the option for one more",
    "start-failed": "the next start of a server is accepted, and it stops again at once",
    "server-stopped": "somebody stops the server, and its job saves first",
    SCRIPT_HANGS: "the script prints nothing any more and does not end, but saves at SIGTERM",
}
LASTING_KINDS = frozenset({"never-boots", "no-capacity", "no-s3-rights"})
"""They may be given without a time, and then begin with the submission."""
ONLY_ON = {
    "never-boots": "ec2-stack",
    "delete-failed": "ec2-stack",
    "start-failed": "ec2-server",
    "server-stopped": "ec2-server",
}
"""Faults that only one target can have: it boots machines of its own, or starts existing ones."""


@dataclass(frozen=True, slots=True)
class FaultOption:
    """A kind of `embedded_aws.fault_injection` or `script-hangs`, and how long after the submission
    it happens.
    """

    kind: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class RehearseOptions:
    """`shortest` and `longest` are the two ends of --training-takes, often the same.

    `upload_takes` is how long the results take to upload after the script has ended.
    `metric_values` are those of the metric that the config's `metric-goal` names.
    """

    source: Path | None
    shortest: timedelta
    longest: timedelta
    exit_code: int
    faults: tuple[FaultOption, ...]
    usd_per_hour: Decimal | None
    settings: tuple[str, ...]
    is_json: bool
    upload_takes: timedelta = timedelta(0)
    job: JobOptions = NO_OPTIONS
    is_verbose: bool = False
    metric_values: tuple[float, ...] = ()

    @property
    def lengths(self) -> tuple[timedelta, ...]:
        """Return the training's duration for each rehearsal, the longest last."""
        return tuple(dict.fromkeys((self.shortest, self.longest)))
