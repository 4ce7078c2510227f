"""The properties of a simulated training."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SimulatedTraining:
    """How long an instance takes for its job, and how its script ends.

    `takes_seconds` is the script's own run time, from its start to its end, if nothing ends it.
    `boot_seconds` pass from the instance's launch to the script's start.
    `save_seconds` is how long the script needs to save after the signal to stop; if the grace
    period is shorter, it is killed. `upload_seconds` is how long the upload takes after the script
    has ended, for results that changed since the last sync; the runner stops the script that much
    earlier, and gives the upload up if it would not fit into the limit. `off_seconds` pass from the
    runner's end until the machine is off.
    `keeps_limits` is false for a runner that ignores the job's limits, and `has_timer` is false
    for a machine whose last timer does not fire: then others must end it.
    `values` are those of the goal metric that the script prints, evenly spaced in time; at the last
    one it ends. From `hangs_at` on it neither prints nor ends by itself. `metrics` are the last
    values of all metrics that it prints. `of_jobs` overrides these for jobs with certain names.
    """

    takes_seconds: float
    exit_code: int = 0
    boot_seconds: float = 40.0
    save_seconds: float = 10.0
    upload_seconds: float = 0.0
    off_seconds: float = 5.0
    keeps_limits: bool = True
    has_timer: bool = True
    values: tuple[float, ...] = ()
    hangs_at: datetime | None = None
    metrics: Mapping[str, float] = field(default_factory=lambda: {"loss": 0.5})
    of_jobs: Mapping[str, "SimulatedTraining"] = field(default_factory=dict)

    @property
    def last_line(self) -> str:
        """Return what the script prints when it has trained."""
        values = " ".join(f"{name}={value:g}" for name, value in self.metrics.items())
        return f"simulated: trained, step=1 {values}"

    def hangs_after(self, started_at: datetime, left_seconds: float) -> float | None:
        """Return how long after its start the script hangs, None if it does not.

        One that starts after the hang of an earlier attempt does not hang.

        Args:
            started_at: when it starts.
            left_seconds: how long it would run.
        """
        if self.hangs_at is None:
            return None
        seconds = (self.hangs_at - started_at).total_seconds()
        return seconds if 0 <= seconds < left_seconds else None

    def of(self, training_job_name: str) -> "SimulatedTraining":
        """Return the simulated training of one job."""
        return self.of_jobs.get(training_job_name, self)
