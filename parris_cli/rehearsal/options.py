"""What `parris rehearse` was asked for."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

FAULT_KINDS = {
    "spot-interruption": "EC2 takes the spot instance back, with two minutes' notice",
    "instance-killed": "the instance is gone at once, and its script has saved nothing",
    "no-capacity": "EC2 has no instance of any type, from then on",
    "throttled": "EC2 and CloudFormation refuse Parris's calls, for five minutes",
    "unavailable": "AWS answers none of Parris's functions, for ten minutes",
    "never-boots": "instances that are launched from then on run and start nothing",
    "no-s3-rights": "S3 refuses all that the instance asks of it, from then on",
    "machine-silent": "the machine hangs: no heartbeat comes, and EC2's status checks pass",
    "machine-impaired": "the machine hangs, and EC2's instance status check fails",
    "lost-event": "nobody is told when the next instance ends",
    "delete-failed": "the next deletion of the stack fails; give it again for one more",
}
LASTING_KINDS = frozenset({"never-boots", "no-capacity", "no-s3-rights"})
"""They may be given without a time: then they are there from the submission on."""


@dataclass(frozen=True, slots=True)
class FaultOption:
    """A kind of `embedded_aws.fault_injection`, and how long after the submission it comes."""

    kind: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class RehearseOptions:
    """`shortest` and `longest` are the two ends of --training-takes, often the same.

    `upload_takes` is what the results need after the script's end.
    """

    config: Path | None
    shortest: timedelta
    longest: timedelta
    exit_code: int
    faults: tuple[FaultOption, ...]
    usd_per_hour: Decimal | None
    settings: tuple[str, ...]
    is_json: bool
    upload_takes: timedelta = timedelta(0)

    @property
    def lengths(self) -> tuple[timedelta, ...]:
        """Return how long the training takes, once for each rehearsal, the longest last."""
        return tuple(dict.fromkeys((self.shortest, self.longest)))
