"""The jobs that are measured: five lengths, each ended by its script, a time and a cost limit."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining

LENGTHS_HOURS = {
    "10 minutes": Decimal(1) / 6,
    "10 hours": Decimal(10),
    "3 days": Decimal(72),
    "30 days": Decimal(720),
    "8,700 hours": Decimal(8700),
}
_INSTANCE_TYPE = "g5.xlarge"
_PRICE_USD = Decimal("1.006")
# The cap of 8,700 h ends every job that has not ended half an hour before.
_LONGEST_SCRIPT_HOURS = Decimal("8699.5")
_ENDLESS_SECONDS = 2.0 * 8700 * 3600


class Ending(StrEnum):
    """What ends a measured job."""

    SCRIPT = "script"
    TIME_LIMIT = "time limit"
    COST_LIMIT = "cost limit"


@dataclass(frozen=True, slots=True)
class JobPlan:
    """One job. `length` is text; `hours` is when its script or its limit ends it."""

    name: str
    length: str
    hours: Decimal
    ending: Ending
    is_spot: bool = False

    @property
    def shown_length(self) -> str:
        """Return its length, and that it is on a spot instance."""
        return f"{self.length}, spot" if self.is_spot else self.length

    @property
    def title(self) -> str:
        """Return its length and what ends it."""
        return f"{self.shown_length}, {self.ending}"

    def training(self) -> SimulatedTraining:
        """Return its simulated training: endless if a limit ends it."""
        if self.ending is not Ending.SCRIPT:
            return SimulatedTraining(takes_seconds=_ENDLESS_SECONDS)
        hours = min(self.hours, _LONGEST_SCRIPT_HOURS)
        return SimulatedTraining(takes_seconds=float(hours * 3600))

    def config(self) -> dict[str, Any]:
        """Return its training config."""
        config: dict[str, Any] = {
            "training-job-name": self.name,
            "termination-method": "on-complete",
            "training-script-filename": "train.sh",
            "instance-type": _INSTANCE_TYPE,
        }
        if self.is_spot:
            config["purchase-option"] = "spot"
        else:
            config["hourly-price-usd"] = float(_PRICE_USD)
        if self.ending is Ending.TIME_LIMIT:
            config["termination-method"] = "at-fixed-time"
            config["termination-options"] = {"time-limit": float(self.hours)}
        if self.ending is Ending.COST_LIMIT:
            limit_usd = (self.hours * _PRICE_USD).quantize(Decimal("0.01"))
            config["termination-method"] = "around-cost-threshold"
            config["termination-options"] = {"cost-limit": float(limit_usd)}
        return config


def job_plans() -> tuple[JobPlan, ...]:
    """Return all jobs; the last is a spot job with a cost limit of 30 days."""
    fixed = tuple(
        JobPlan(f"bench-{number}-{ending.name.lower().replace('_', '-')}", length, hours, ending)
        for number, (length, hours) in enumerate(LENGTHS_HOURS.items())
        for ending in Ending
    )
    spot = JobPlan("bench-spot", "30 days", Decimal(720), Ending.COST_LIMIT, is_spot=True)
    return (*fixed, spot)
