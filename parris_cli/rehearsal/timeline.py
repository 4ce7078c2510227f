"""Orders what happened in a rehearsal: states, events, the machine's log, faults."""

from __future__ import annotations

import dataclasses
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from parris_cli.following.history import read_output
from parris_cli.following.phase import Phase, phase_of, phase_of_line
from parris_cli.rehearsal.job_event_words import (
    TRAINING_JOB_WORDS,
    has_runner,
    words_of_batch_job,
)
from parris_cli.rehearsal.state_descriptions import STATE_DESCRIPTIONS
from parris_cli.rehearsal.target_states import launch_states, termination_states

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef

    from embedded_aws.metering.meter import SentEvent

_SLEEPS = frozenset({"AwaitLaunchEvent", "AwaitWakeOrNextCheck", "AwaitEndEvent"})
# The states before them already show these.
_UNTOLD = frozenset({"pending", "CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS"})
# Where a service runs the script, no line of a runner's log says so.
_PHASES_OF_TRAINING_JOBS = {"Starting": Phase.STARTING, "Training": Phase.TRAINING}
_BATCH = "aws.batch"
_NO_SLEEP = "DynamoDb.ConditionalCheckFailedException"


class Kind(StrEnum):
    """What an entry is about."""

    STATE = "state"
    WAKE = "wake"
    RETRY = "retry"
    EVENT = "event"
    MACHINE = "machine"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `words` is empty for a state that only chooses or waits."""

    after: timedelta
    kind: Kind
    name: str
    words: str
    phase: Phase = Phase.CHECKING


def make_timeline(
    submitted_at: datetime,
    history: Sequence[HistoryEventTypeDef],
    events: Iterable[SentEvent],
    log: Iterable[tuple[datetime, str]],
    faults: Iterable[tuple[timedelta, str, str]],
) -> list[Entry]:
    """Return everything in the order in which it happened.

    Args:
        submitted_at: when the execution was started.
        history: all events of the execution.
        events: what services sent to EventBridge meanwhile.
        log: lines of the trainer's log, with their timestamps.
        faults: the time, kind and description of each.
    """

    def entry(
        at: datetime, kind: Kind, name: str, words: str, phase: Phase = Phase.CHECKING
    ) -> Entry:
        after = _whole_milliseconds(at) - _whole_milliseconds(submitted_at)
        return Entry(max(timedelta(0), after), kind, name, words, phase)

    states = [entry(*found) for found in _from_history(history)]
    others = [Entry(after, Kind.FAULT, kind, words) for after, kind, words in faults]
    others += [entry(at, Kind.MACHINE, "log", line.removeprefix("parris: ")) for at, line in log]
    others += [
        entry(event.at, Kind.EVENT, event.source, words, _phase_of(event))
        for event in events
        if (words := _words_of(event)) is not None
    ]
    return list(_with_phases(_merged(states, sorted(others, key=lambda one: one.after))))


def _with_phases(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries with the phases that log and events show before the states do."""
    shown: Phase | None = None
    order = list(Phase)
    for entry in entries:
        if entry.kind is Kind.MACHINE:
            seen = phase_of_line(f"parris: {entry.words}")
            shown = shown if seen is None else seen.phase
        elif entry.kind is Kind.EVENT and entry.phase is not Phase.CHECKING:
            shown = entry.phase
        is_running = entry.phase in (Phase.STARTING, Phase.TRAINING)
        if shown and is_running and order.index(shown) > order.index(entry.phase):
            entry = dataclasses.replace(entry, phase=shown)
        yield entry


def _whole_milliseconds(at: datetime) -> datetime:
    # The precision of a history's timestamps, so that simultaneous entries stay simultaneous.
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _merged(states: list[Entry], others: list[Entry]) -> Iterator[Entry]:
    # What follows at once from these comes after them, even if something else is simultaneous.
    causing_states = {*launch_states(), *termination_states()}
    left = deque(others)
    for after, group in groupby(states, key=lambda one: one.after):
        at_once = list(group)
        causes = [place for place, one in enumerate(at_once) if one.name in causing_states]
        # An event that woke the run comes before the wake.
        is_woken = any(one.kind is Kind.WAKE for one in at_once)
        split = causes[-1] + 1 if causes and not is_woken else 0
        while left and left[0].after < after:
            yield left.popleft()
        yield from at_once[:split]
        while left and left[0].after == after:
            yield left.popleft()
        yield from at_once[split:]
    yield from left


def _from_history(
    history: Sequence[HistoryEventTypeDef],
) -> Iterator[tuple[datetime, Kind, str, str, Phase]]:
    descriptions = {**STATE_DESCRIPTIONS, **launch_states(), **termination_states()}
    state, tries, phase = "", 0, Phase.CHECKING
    for event in history:
        at, kind = event["timestamp"], str(event["type"])
        output = read_output(event.get("stateExitedEventDetails", {}).get("output"))
        phase = phase_of(output).phase if output else phase
        entered = event.get("stateEnteredEventDetails")
        if entered is not None:
            state, tries = entered["name"], 0
            yield at, Kind.STATE, state, descriptions.get(state) or "", phase
        elif kind == "TaskScheduled":
            tries += 1
            if tries > 1:
                yield at, Kind.RETRY, state, f"retries, for the {_nth(tries)} time", phase
        elif kind == "TaskSucceeded" and state in _SLEEPS:
            yield at, Kind.WAKE, "woken", "the run is woken", phase
        elif kind == "TaskFailed":
            error = event.get("taskFailedEventDetails", {}).get("error", "")
            if error == _NO_SLEEP:
                words = "a wake came before the sleep: the run does not sleep"
                yield at, Kind.WAKE, "awake", words, phase
            else:
                yield at, Kind.RETRY, state, f"fails with {error}", phase


def _words_of(event: SentEvent) -> str | None:
    name = event.resource_arn.rpartition(":")[2]
    if event.source == "aws.ec2":
        state = event.detail.get("state")
        if state is None:
            return f"{name.replace('/', ' ')} gets the notice that EC2 reclaims it"
        return None if state in _UNTOLD else f"{name.replace('/', ' ')} is {state}"
    if event.source == "aws.sagemaker":
        words = TRAINING_JOB_WORDS.get(event.detail["SecondaryStatus"])
        return None if words is None else f"{name.replace('/', ' ')} {words}"
    if event.source == _BATCH:
        return words_of_batch_job(event.detail)
    if event.source == "aws.cloudformation":
        status = event.detail["status-details"]["status"]
        return None if status in _UNTOLD else f"stack {name.split('/')[1]} is {status}"
    return None


def _phase_of(event: SentEvent) -> Phase:
    """Return the phase that an event shows; CHECKING if it shows none."""
    if event.source == _BATCH:
        is_training = event.detail["status"] == "RUNNING" and not has_runner(event.detail)
        return Phase.TRAINING if is_training else Phase.CHECKING
    status = str(event.detail.get("SecondaryStatus"))
    return _PHASES_OF_TRAINING_JOBS.get(status, Phase.CHECKING)


def _nth(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")
