"""The interface of a target: it is launched, observed, ended and confirmed to be gone; no more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from parris.ending import EndSighting, EndStep
from parris.faults import Fault
from parris.job import Job
from parris.payloads import Payload
from parris.policy import Sighting


@dataclass(frozen=True, slots=True)
class LaunchSighting:
    """One look at a launch. `launched_at` is None until the machine exists.

    `spot_zone` is the zone whose spot price the machine costs, None for any other machine.
    """

    is_complete: bool
    machine_id: str | None
    launched_at: datetime | None
    spot_zone: str | None = None


class Target(Protocol):
    """Something that a job runs on. `launch_id` names what was launched, once and for all."""

    def find_faults(self, config: Payload, template: bytes | None) -> list[Fault]:
        """Return what AWS would object to in the config, before anything is created.

        Args:
            config: the merged config, of the right shape.
            template: the person's own template, None for the packaged one.
        """

    def launch(self, job: Job, now: datetime) -> str | None:
        """Start the launch and return its id. Asking again for the same attempt is safe.

        Returns:
            None where something that is to be replaced is still in the way: ask again.
        """

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        """Remove what a failed launch left, and return whether it is gone; else ask again."""

    def watch_launch(self, job: Job, launch_id: str) -> LaunchSighting:
        """Look at the launch.

        Raises:
            CapacityUnavailableError, StackCreateFailedError: when it failed, with AWS's reason.
        """

    def observe(
        self, job: Job, machine_id: str, launched_at: datetime, reported_state: str | None
    ) -> Sighting:
        """Look at the machine, and believe the later of what is seen and what was reported."""

    def end(self, job: Job, launch_id: str | None, last_step: EndStep | None) -> EndStep:
        """Set the next step of the end going: save, then stop or delete. Safe to ask again."""

    def confirm_ended(self, job: Job, launch_id: str | None, step: EndStep) -> EndSighting:
        """Look at what is left."""
