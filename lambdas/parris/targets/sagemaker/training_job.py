"""A training job as SageMaker describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from parris.policy import MachineState
from parris.targets.sagemaker.failures import is_of_script
from parris.targets.sagemaker.status import FAILED, STOPPING, TRAINING, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping

WARM_STATUSES = ("Available", "InUse")
"""The statuses of a warm pool whose instances are kept and billed."""


@dataclass(frozen=True, slots=True)
class Metric:
    """The last value of a metric that SageMaker has found in the log."""

    name: str
    value: float
    at: datetime


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """A training job.

    `started_at` is when its instances began to be billed, and `ended_at` when they no longer were;
    None while they have not. `billable_seconds` is what AWS bills of each instance, and
    `training_seconds` what it would bill without the savings of spot; None until it says so.
    `detail` is what SageMaker says of the current secondary status.
    """

    name: str
    arn: str
    status: str
    secondary_status: str
    created_at: datetime
    failure_reason: str = ""
    detail: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    billable_seconds: int | None = None
    training_seconds: int | None = None
    instance_count: int = 1
    longest_runtime_seconds: int = 0
    is_spot: bool = False
    secondary_statuses: tuple[str, ...] = ()
    model_uri: str = ""
    output_uri: str = ""
    checkpoint_uri: str = ""
    warm_pool: str = ""
    warm_pool_billed_seconds: int = 0
    metrics: tuple[Metric, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> MachineState:
        """Return what its status means.

        Raises:
            MachineStateUnknownError: if that is not known.
        """
        return state_of(self.status, self.secondary_status)

    @property
    def results_uri(self) -> str:
        """Return the folder that SageMaker uploads the model and the output to, if it is known."""
        return f"{self.output_uri.rstrip('/')}/{self.name}/output/" if self.output_uri else ""

    @property
    def is_over(self) -> bool:
        """Return whether it has ended; its warm pool may live on."""
        return self.state is MachineState.OVER

    @property
    def has_run_its_longest(self) -> bool:
        """Return whether SageMaker had to stop it at its longest run time."""
        if self.training_seconds is None:
            return False
        return 0 < self.longest_runtime_seconds <= self.training_seconds

    @property
    def failed_before_training(self) -> bool:
        """Return whether it failed while it fetched its image or data, as far as that is known."""
        never_trained = bool(self.secondary_statuses) and TRAINING not in self.secondary_statuses
        return self.status == FAILED and never_trained and not is_of_script(self.failure_reason)

    @property
    def lost_its_upload(self) -> bool:
        """Return whether it was stopped, and failed after that: what it saved is not uploaded."""
        was_stopped = STOPPING in self.secondary_statuses or self.has_run_its_longest
        return self.status == FAILED and was_stopped and not is_of_script(self.failure_reason)

    @property
    def is_warm(self) -> bool:
        """Return whether its instances are kept and billed after its end."""
        return self.warm_pool in WARM_STATUSES

    @property
    def has_begun(self) -> bool:
        """Return whether its instances have ever run."""
        return self.started_at is not None
