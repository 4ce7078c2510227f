"""What `parris rehearse` was asked for."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path


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
