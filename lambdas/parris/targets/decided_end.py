"""Adds why a training that goes on is to end all the same, by what its runner has reported."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from parris.metric_goal import MetricGoal
from parris.no_progress import NoProgress
from parris.runner_object import object_in

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.job import Job
    from parris.policy import Observation
    from parris.reasons import EndReason


def with_decided_end(seen: Observation, job: Job, aws: Gateways) -> Observation:
    """Return the observation, with the end that was decided from the reports of the job's runner.

    A trial that has ended enters its rungs, too: others are compared with it.
    """
    end = _end_by_rungs(job, aws) or _end_by_decision(job, aws)
    return dataclasses.replace(seen, decided_end=end)


def _end_by_rungs(job: Job, aws: Gateways) -> tuple[EndReason, str] | None:
    if not job.sweep_goal:
        return None
    from parris.sweeps.stop_early import early_stop

    return early_stop(job, aws)


def _end_by_decision(job: Job, aws: Gateways) -> tuple[EndReason, str] | None:
    goal = MetricGoal.from_payload(job.metric_goal)
    hang = NoProgress.from_payload(job.no_progress)
    if goal is None and hang is None:
        return None
    decision = object_in(aws.bucket.read(job.folder.decision_key))
    end = None if goal is None else goal.end_by(decision)
    return end if end is not None or hang is None else hang.end_by(decision)
