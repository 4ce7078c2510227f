"""A sweep as it runs: its budget, what is reserved and spent of it, and whether it still starts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class StopReason(StrEnum):
    """Why a sweep starts no further trial."""

    STOP_REQUESTED = "STOP_REQUESTED"
    TRIAL_FAILED = "TRIAL_FAILED"
    ABORTED = "ABORTED"


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep, as its item in the sweeps table has it.

    `sweep_id` is the name of its execution. `worst_usd` is what one run of a trial can cost at
    most, which is reserved, and `longest_seconds` how long it can last. `committed_usd` is what the
    runs so far have spent, and what is reserved for those that run: it never exceeds
    `cost_limit_usd`. `unconfirmed_usd` is the part that is reserved for runs whose end nobody
    awaits any more. `settlements` counts the runs whose cost is on record. `closed_at` is set when
    every run is. `max_parallel` trials run at the same time, 0 for a sweep of an older version;
    `bounded_by` says why these are fewer than its config allows.
    """

    sweep_id: str
    sweep_name: str
    execution_arn: str
    started_at: str
    cost_limit_usd: Decimal
    worst_usd: Decimal
    longest_seconds: int
    trials: int
    config_key: str
    ends_by: str | None = None
    committed_usd: Decimal = Decimal(0)
    spent_usd: Decimal = Decimal(0)
    unconfirmed_usd: Decimal = Decimal(0)
    settlements: int = 0
    stop_reason: StopReason | None = None
    closed_at: str | None = None
    max_parallel: int = 0
    bounded_by: str | None = None

    @property
    def reserved_usd(self) -> Decimal:
        """Return what is reserved for runs whose cost is not known yet."""
        return self.committed_usd - self.spent_usd
