"""Adds why a training that goes on is to end all the same, by what its runner has reported."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.job import Job
    from parris.policy import Observation


def with_decided_end(seen: Observation, job: Job, aws: Gateways) -> Observation:
    """Return the observation, with the end that was decided from the reports of the job's runner.

    A trial that has ended enters its rungs, too: others are compared with it.
    """
    if not job.sweep_goal:
        return seen
    from parris.sweeps.stop_early import early_stop

    return dataclasses.replace(seen, decided_end=early_stop(job, aws))
