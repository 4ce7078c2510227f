"""What is to be imagined of a training."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SimulatedTraining:
    """How long an instance takes over its job, and how its script ends.

    `takes_seconds` is the script's own run, from its start to its end, when nobody ends it.
    `boot_seconds` pass from the instance's launch to the script's start.
    `save_seconds` are what the script needs to save once it is told to stop; where the grace is
    shorter it is killed. `upload_seconds` is how long what changed since the last sync takes to
    upload once the script is over; the runner stops the script that much earlier, and gives the
    upload up where it would not fit into the limit. `off_seconds` pass from the runner's end
    until the machine is off.
    `keeps_limits` is false of a runner that does not obey the job's limits, and `has_timer` of a
    machine whose last timer does not go off: then others must end it.
    `of_jobs` says it otherwise for jobs of these names.
    """

    takes_seconds: float
    exit_code: int = 0
    boot_seconds: float = 40.0
    save_seconds: float = 10.0
    upload_seconds: float = 0.0
    off_seconds: float = 5.0
    keeps_limits: bool = True
    has_timer: bool = True
    of_jobs: Mapping[str, "SimulatedTraining"] = field(default_factory=dict)

    def of(self, training_job_name: str) -> "SimulatedTraining":
        """Return what is to be imagined of one job's training."""
        return self.of_jobs.get(training_job_name, self)
