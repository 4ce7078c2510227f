"""Enters the rungs that a trial has reached, and decides at each whether it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.reasons import EndReason
from parris.sweeps.asha import goes_on, places_of
from parris.sweeps.names import parse_trial_name
from parris.sweeps.reached_rungs import reached_rungs
from parris.sweeps.trial_goal import TrialGoal

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.aws.sweep_rungs import RungEntry
    from parris.job import Job
    from parris.sweeps.names import TrialName


def early_stop(job: Job, aws: Gateways) -> tuple[EndReason, str] | None:
    """Return why a trial stops at one of its rungs, or None if it goes on. Safe to repeat."""
    goal, name = TrialGoal.from_payload(job.sweep_goal), parse_trial_name(job.sweep_trial)
    if goal is None or name is None:
        return None
    body = aws.bucket.read(job.folder.rungs_key)
    for rung, value in reached_rungs(body, goal.rungs).items():
        entry = _decided(name, goal, rung, value, aws)
        if entry.stops:
            return EndReason.STOPPED_EARLY, entry.cause
    return None


def _decided(name: TrialName, goal: TrialGoal, rung: int, value: float, aws: Gateways) -> RungEntry:
    sweep_id, number, rungs = name.sweep_id, name.number, aws.sweep_rungs
    entry = rungs.enter(sweep_id, rung, number, value)
    if entry.stops is not None:
        return entry
    values, factor = rungs.values(sweep_id, rung), goal.reduction_factor
    stops = not goes_on(entry.value, values, factor, is_maximized=goal.is_maximized)
    places = places_of(len(values), factor)
    cause = (
        f"{goal.metric} {entry.value:g} after {rung} reports is {'not ' if stops else ''}among the"
        f" best {places} of the {len(values)} trials that have come so far"
    )
    return rungs.decide(sweep_id, rung, number, stops=stops, cause=cause)
