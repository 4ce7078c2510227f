"""Formats a timeline in lines for people; what only repeats is shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris_cli.rehearsal.durations import short
from parris_cli.rehearsal.target_states import launch_states
from parris_cli.rehearsal.timeline import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from parris_cli.rehearsal.timeline import Entry

# These and the launch states repeat for as long as something lasts.
_ROUND = frozenset(
    {
        "WaitForRunning",
        "PollTerminationCondition",
        "AwaitLaunchEvent",
        "AwaitWakeOrNextCheck",
        "AwaitEndEvent",
        "IsOutageTooLong",
        "ConfirmEnded",
    }
)
_SERVICES = {
    "aws.ec2": "EC2",
    "aws.cloudformation": "CloudFormation",
    "aws.sagemaker": "SageMaker",
    "aws.batch": "AWS Batch",
}
_TIME_WIDTH, _PHASE_WIDTH, _STATE_WIDTH = 12, 16, 24


def format_timeline(timeline: Iterable[Entry], *, is_verbose: bool = False) -> list[str]:
    """Return a line for each entry that has text, with repetitions counted instead of shown.

    Args:
        timeline: the entries.
        is_verbose: name the states instead of the phases.
    """
    width = _STATE_WIDTH if is_verbose else _PHASE_WIDTH
    rounds = {*_ROUND, *launch_states()}
    lines: list[str] = []
    round_names: dict[tuple[str, str], None] = {}
    repeats = 0
    until: timedelta | None = None
    for entry in timeline:
        if not entry.words:
            continue
        key = (entry.kind, entry.name)
        goes_round = entry.name in rounds or entry.kind in (Kind.RETRY, Kind.FAULT)
        if goes_round and key in round_names:
            repeats, until = repeats + 1, entry.after
            continue
        if until is not None:
            lines.append(_repeated(repeats, until, width))
            repeats, until, round_names = 0, None, {}
        round_names = {**round_names, key: None} if goes_round else {}
        lines.append(_line(entry, width, is_verbose=is_verbose))
    return lines if until is None else [*lines, _repeated(repeats, until, width)]


def _line(entry: Entry, width: int, *, is_verbose: bool) -> str:
    state = entry.name if is_verbose else entry.phase.value
    names = {
        Kind.STATE: state,
        Kind.RETRY: state,
        Kind.EVENT: f"  {_SERVICES.get(entry.name, entry.name)}",
        Kind.MACHINE: "  trainer",
        Kind.WAKE: "  EventBridge",
        Kind.FAULT: f"! {entry.name}",
    }
    name = names[entry.kind]
    shown_time = f"+{short(entry.after)}"
    return f"{shown_time:>{_TIME_WIDTH}}  {name:<{width}}  {entry.words}".rstrip()


def _repeated(count: int, until: timedelta, width: int) -> str:
    again = "once more" if count == 1 else f"and so on, {count} more of these"
    return f"{'':>{_TIME_WIDTH}}  {'':<{width}}  ... {again}, until +{short(until)}"
