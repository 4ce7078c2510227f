"""Draws rehearsals from a seed: a job's config, an imagined training and what goes wrong."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from embedded_aws.fault_injection.fault import Fault, FaultKind
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from tests.random_faults.bill import on_demand_usd_per_hour, volume_usd_per_hour

ON_COMPLETE, FIXED_TIME, COST = "on-complete", "at-fixed-time", "around-cost-threshold"
METHODS = ((ON_COMPLETE,), (FIXED_TIME,), (COST,), (ON_COMPLETE, FIXED_TIME), (FIXED_TIME, COST))
TYPES = ("t3.micro", "c5.large", "m5.4xlarge", "g4dn.xlarge")
# The image with drivers that the last of the types boots needs 75 GiB.
_VOLUMES_GIB = (100, 100, 1000, 16384)
_SPOT_SHARE = 0.35
_ADDRESS_USD_PER_HOUR = 0.005
_TOO_CHEAP_HOURS = 0.3
KINDS = (
    FaultKind.SPOT_INTERRUPTION,
    FaultKind.INSTANCE_KILLED,
    FaultKind.NO_CAPACITY,
    FaultKind.THROTTLED,
    FaultKind.LOST_EVENT,
    FaultKind.NEVER_BOOTS,
    FaultKind.NO_S3_RIGHTS,
    FaultKind.DELETE_FAILED,
    FaultKind.MACHINE_SILENT,
    FaultKind.MACHINE_IMPAIRED,
)
"""Those that `oracle.py` has rules for; a kind that is added changes what every seed draws."""
HANGING = (FaultKind.MACHINE_SILENT, FaultKind.MACHINE_IMPAIRED)
_SHORTEST_LIMIT_HOURS = 0.05
_HOUR = 3600.0
# A job is launched some 90 s after its submission, and its script starts 40 s later.
_AROUND_LAUNCH_SECONDS = (0.0, 240.0)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One rehearsal that is drawn.

    `time_limit_seconds` and `cost_limit_usd` are of methods that are selected; None otherwise.
    """

    config: dict[str, Any]
    training: SimulatedTraining
    faults: tuple[Fault, ...]
    time_limit_seconds: float | None
    cost_limit_usd: float | None

    @property
    def is_spot(self) -> bool:
        """Return whether a spot instance is requested."""
        return self.config.get("purchase-option") == "spot"

    @property
    def is_too_cheap(self) -> bool:
        """Return whether the cost limit may not even pay for a start, so that it is refused."""
        if self.cost_limit_usd is None:
            return False
        kind, volume_gib = str(self.config["instance-type"]), int(self.config["volume-size-gib"])
        usd_per_hour = _usd_per_hour(kind, volume_gib, is_spot=False)
        return self.cost_limit_usd < usd_per_hour * _TOO_CHEAP_HOURS

    def moments_of(self, *kinds: FaultKind) -> list[timedelta]:
        """Return when faults of these kinds come, after the submission."""
        return [one.at for one in self.faults if one.kind in kinds]

    def in_words(self) -> str:
        """Return all of it on one line."""
        shown = {k: v for k, v in self.config.items() if k not in _SAME_IN_ALL}
        faults = " ".join(f"{one.kind}@{one.at.total_seconds():.0f}s" for one in self.faults)
        training = self.training
        return (
            f"{shown} training {training.takes_seconds:.0f} s exit {training.exit_code}"
            f" boot {training.boot_seconds:.0f} s save {training.save_seconds:.0f} s"
            f" upload {training.upload_seconds:.0f} s; {faults}"
        )


_SAME_IN_ALL = ("training-job-name", "training-script-filename")


def draw(seed: int, number: int) -> Drawn:
    """Return the rehearsal of that number of a seed; the same on every machine."""
    chance = random.Random(f"{seed}/{number}")
    methods = chance.choice(METHODS)
    kind = chance.choice(TYPES)
    hours = chance.choice((0.02, 0.08, 0.5, 3.0, 24.0, 24.0 * 20)) * chance.uniform(0.5, 1.5)
    volume_gib = chance.choice(_VOLUMES_GIB)
    options: dict[str, float] = {}
    if FIXED_TIME in methods:
        limit = hours * chance.choice((0.3, 0.9, 1.0, 1.1, 4.0))
        options["time-limit"] = round(max(limit, _SHORTEST_LIMIT_HOURS), 4)
    is_spot = chance.random() < 0.4
    if COST in methods:
        # Around what the training costs, so that either may come first.
        usd = _usd_per_hour(kind, volume_gib, is_spot=is_spot) * (hours + 0.5)
        options["cost-limit"] = round(usd * chance.choice((0.1, 0.5, 0.9, 1.0, 1.2, 4.0)), 4)
    config: dict[str, Any] = {
        "training-job-name": f"random-{seed}-{number}",
        "training-script-filename": "trainer-script.sh",
        "termination-method": methods[0] if len(methods) == 1 else list(methods),
        "instance-type": kind,
        "volume-size-gib": volume_gib,
    }
    if options:
        config["termination-options"] = options
    if is_spot:
        config["purchase-option"] = "spot"
    elif chance.random() < 0.2:
        config["on-termination"] = "stop-instance"
    training = SimulatedTraining(
        takes_seconds=round(hours * _HOUR),
        exit_code=chance.choice((0, 0, 0, 1, 137)),
        boot_seconds=chance.choice((20.0, 40.0, 200.0)),
        save_seconds=chance.choice((0.0, 10.0, 90.0)),
        upload_seconds=chance.choice((0.0, 0.0, 5.0, 60.0, 900.0)),
    )
    limit_seconds = options["time-limit"] * _HOUR if "time-limit" in options else None
    faults = _draw_faults(chance, training, limit_seconds, is_spot=is_spot)
    return Drawn(config, training, faults, limit_seconds, options.get("cost-limit"))


def _usd_per_hour(instance_type: str, volume_gib: int, *, is_spot: bool) -> float:
    instance = float(on_demand_usd_per_hour(instance_type)) * (_SPOT_SHARE if is_spot else 1.0)
    return instance + float(volume_usd_per_hour(volume_gib)) + _ADDRESS_USD_PER_HOUR


def _draw_faults(
    chance: random.Random,
    training: SimulatedTraining,
    time_limit_seconds: float | None,
    *,
    is_spot: bool,
) -> tuple[Fault, ...]:
    kinds = [one for one in KINDS if is_spot or one is not FaultKind.SPOT_INTERRUPTION]
    # A lasting fault comes once; a passing one may come again.
    again = {FaultKind.THROTTLED, FaultKind.DELETE_FAILED, FaultKind.LOST_EVENT}
    found: list[Fault] = []
    for _ in range(chance.randint(2, 4)):
        kind = chance.choice(kinds)
        if kind in again or kind not in {one.kind for one in found}:
            seconds = _draw_moment(chance, training, time_limit_seconds)
            found.append(Fault(kind, timedelta(seconds=round(seconds))))
    return tuple(found)


def _draw_moment(
    chance: random.Random, training: SimulatedTraining, time_limit_seconds: float | None
) -> float:
    """Return a time around the launch, the script's end or the limit, or any in between."""
    script_ends_at = 90.0 + training.boot_seconds + training.takes_seconds
    ends = [script_ends_at]
    if time_limit_seconds is not None:
        ends.append(90.0 + time_limit_seconds)
    end = chance.choice(ends)
    match chance.choice(("launch", "end", "end", "between")):
        case "launch":
            return chance.uniform(*_AROUND_LAUNCH_SECONDS)
        case "end":
            return max(0.0, end + chance.uniform(-400.0, 600.0))
        case _:
            return chance.uniform(0.0, end)
