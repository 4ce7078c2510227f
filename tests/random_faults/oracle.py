"""Which reasons are right for what was drawn and for what really happened: told without Parris.

The machine's own end comes from the drawn training and limits. What strikes it before that end may
become the reason; what strikes it after cannot. Near an end either may be first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import THROTTLED_FOR
from parris.reasons import EndReason
from tests.random_faults.bill import usd_per_hour_of, volume_usd_per_hour
from tests.random_faults.draw import HANGING, Drawn
from tests.random_faults.observed_facts import TrueInstance
from tests.random_faults.rehearse import Rehearsed

_TAKEN_BACK_AFTER = timedelta(seconds=120)
# Two checks of the workflow, and what the machine itself needs to go off.
_SLACK = timedelta(seconds=240)
# At the latest: when its stack is complete.
_GETS_FILES_WITHIN = timedelta(seconds=120)
_ADDRESS_USD_PER_HOUR = 0.005
_SECONDS_PER_HOUR = 3600.0
# A limit holds back a tenth of itself each to save and to stop, a minute and the script's at most.
_RESERVED_SHARE = 0.25
_LONGEST_RESERVED_SECONDS = 600.0
_VOLUME_RESERVE_HOURS = 0.5
_BOOT_TIMEOUT = timedelta(minutes=15)
_SILENCE_TIMEOUT = timedelta(hours=2, minutes=20)
# The last heartbeat is five minutes old at most when a machine hangs.
_SILENT_AT_LEAST = timedelta(hours=1, minutes=54)
_IMPAIRED_AT_LEAST = timedelta(minutes=9)
_REAPER_EVERY = timedelta(hours=1)
_LONGEST_JOB = timedelta(hours=8700)


@dataclass(frozen=True, slots=True)
class NaturalEnd:
    """The end of an undisturbed job, some time between two times."""

    reason: EndReason
    earliest: datetime
    latest: datetime


def allowed_reasons(rehearsed: Rehearsed) -> set[EndReason]:
    """Return every reason that this rehearsal may rightly have ended for."""
    drawn, instances = rehearsed.drawn, list(rehearsed.truth.instances.values())
    if not instances:
        return _without_machine(rehearsed)
    one = min(instances, key=lambda found: found.launched_at)
    hung = hung_at(rehearsed, one)
    allowed = _allowed_by(rehearsed, one, natural_ends(drawn, one, hung))
    if hung is not None and hung < script_ends_at(drawn, one) + _GETS_FILES_WITHIN:
        # It may have hung before its script's end, or after.
        allowed |= _allowed_by(rehearsed, one, natural_ends(drawn, one, one.launched_at))
    return allowed


def _allowed_by(
    rehearsed: Rehearsed, one: TrueInstance, natural: list[NaturalEnd]
) -> set[EndReason]:
    first_end = min(end.latest for end in natural)
    reached = {end.reason for end in natural if end.earliest <= first_end}
    allowed, is_certain = set[EndReason](), False
    for disturbed in _disturbances(rehearsed, one):
        if disturbed.earliest <= first_end:
            allowed |= disturbed.reasons
        # Whatever was to come undisturbed came too late.
        is_certain |= disturbed.is_certain and disturbed.latest < min(
            end.earliest for end in natural
        )
    return allowed if is_certain else allowed | reached


def natural_ends(
    drawn: Drawn, one: TrueInstance, hung_at: datetime | None = None
) -> list[NaturalEnd]:
    """Return the script's end and each limit, as they would come to this machine.

    A machine that hung before its script's end never says how that went; the workflow knows its
    limits all the same.
    """
    training, ends_at = drawn.training, script_ends_at(drawn, one)
    by_script = EndReason.SCRIPT_FAILED if training.exit_code else EndReason.COMPLETED
    upload = timedelta(seconds=training.upload_seconds)
    ends = [
        NaturalEnd(
            EndReason.TIME_LIMIT, one.launched_at + _LONGEST_JOB, one.launched_at + _LONGEST_JOB
        )
    ]
    if hung_at is None or hung_at >= ends_at:
        ends.append(NaturalEnd(by_script, ends_at, ends_at + upload + _SLACK))
    for reason, seconds in (
        (EndReason.TIME_LIMIT, drawn.time_limit_seconds),
        (EndReason.COST_LIMIT, _cost_limit_seconds(drawn, one)),
    ):
        if seconds is not None:
            ends.append(_limit_end(reason, seconds, one, training.upload_seconds))
    return ends


def script_ends_at(drawn: Drawn, one: TrueInstance) -> datetime:
    """Return when the script ends at the earliest: its machine gets its files after it boots."""
    training = drawn.training
    return one.launched_at + timedelta(seconds=training.boot_seconds + training.takes_seconds)


def _limit_end(
    reason: EndReason, seconds: float, one: TrueInstance, upload_seconds: float
) -> NaturalEnd:
    reserved = min(seconds * _RESERVED_SHARE, _LONGEST_RESERVED_SECONDS)
    # The script is stopped so much earlier that its results can still be uploaded.
    earliest = max(0.0, seconds - reserved - 2 * upload_seconds)
    if reason is EndReason.COST_LIMIT:
        earliest *= 1 - _RESERVED_SHARE
    return NaturalEnd(
        reason,
        one.launched_at + timedelta(seconds=earliest),
        one.launched_at + timedelta(seconds=seconds) + _SLACK,
    )


def _cost_limit_seconds(drawn: Drawn, one: TrueInstance) -> float | None:
    if drawn.cost_limit_usd is None:
        return None
    volume = float(volume_usd_per_hour(int(drawn.config["volume-size-gib"])))
    rate = float(usd_per_hour_of(one)) + volume + _ADDRESS_USD_PER_HOUR
    left_usd = drawn.cost_limit_usd - volume * _VOLUME_RESERVE_HOURS
    return max(0.0, left_usd / rate * _SECONDS_PER_HOUR)


@dataclass(frozen=True, slots=True)
class _Disturbance:
    """What may end the job otherwise; certain is one that nothing can survive."""

    reasons: frozenset[EndReason]
    earliest: datetime
    latest: datetime
    is_certain: bool


def _disturbances(rehearsed: Rehearsed, one: TrueInstance) -> list[_Disturbance]:
    drawn, submitted_at = rehearsed.drawn, rehearsed.submitted_at
    started_at = one.launched_at + timedelta(seconds=drawn.training.boot_seconds)
    gone = one.ended_at or rehearsed.ended_at
    found = []
    for fault in drawn.faults:
        at = submitted_at + fault.at
        match fault.kind:
            case FaultKind.INSTANCE_KILLED if one.launched_at <= at <= gone:
                found.append(_lost(at, at, started_at))
            case FaultKind.SPOT_INTERRUPTION if one.launched_at <= at <= gone:
                found.append(_lost(at, at + _TAKEN_BACK_AFTER, started_at))
            case FaultKind.NEVER_BOOTS if at <= one.launched_at:
                by = one.launched_at + _BOOT_TIMEOUT
                failed = frozenset({EndReason.LAUNCH_FAILED, EndReason.INSTANCE_LOST})
                found.append(_Disturbance(failed, one.launched_at, by + _SLACK, True))
            case FaultKind.NO_S3_RIGHTS if at <= gone:
                found.append(_mute(at, started_at))
            case FaultKind.MACHINE_SILENT if one.launched_at <= at <= gone:
                found += _hung(rehearsed, at, started_at, _SILENT_AT_LEAST)
            case FaultKind.MACHINE_IMPAIRED if one.launched_at <= at <= gone:
                found += _hung(rehearsed, at, started_at, _IMPAIRED_AT_LEAST)
            case FaultKind.THROTTLED if at <= one.launched_at + _BOOT_TIMEOUT:
                # A launch that cannot be seen is called so; docs/fault-matrix.md.
                if at + THROTTLED_FOR >= submitted_at:
                    failed = frozenset({EndReason.LAUNCH_FAILED})
                    found.append(_Disturbance(failed, at, at, False))
    return found


def _lost(earliest: datetime, latest: datetime, started_at: datetime) -> _Disturbance:
    reasons = {EndReason.INSTANCE_LOST}
    if earliest <= started_at + _SLACK:
        reasons.add(EndReason.LAUNCH_FAILED)
    return _Disturbance(frozenset(reasons), earliest, latest, True)


def _mute(at: datetime, started_at: datetime) -> _Disturbance:
    """A machine that may not use S3: it cannot fetch its job, nor say how it ended."""
    if at <= started_at + _SLACK:
        failed = frozenset({EndReason.LAUNCH_FAILED, EndReason.INSTANCE_LOST})
        return _Disturbance(failed, at, started_at + _BOOT_TIMEOUT, at < started_at - _SLACK)
    lost = frozenset({EndReason.INSTANCE_LOST})
    return _Disturbance(lost, at, at + _SILENCE_TIMEOUT, False)


def _hung(
    rehearsed: Rehearsed, at: datetime, started_at: datetime, at_least: timedelta
) -> list[_Disturbance]:
    """A machine that hangs: one whose runner had not started counts as a failed launch.

    One whose script was over before has said how it ended, and is ended for that. A machine is lost
    when its last heartbeat is two hours old, or at a look at a failed status check; the reaper,
    which finds it, may be refused once for each time that EC2 refuses calls.
    """
    refused = len(rehearsed.drawn.moments_of(FaultKind.THROTTLED)) * _REAPER_EVERY
    if at <= started_at + _SLACK:
        failed = frozenset({EndReason.LAUNCH_FAILED})
        earliest = max(at, started_at - _SLACK)
        is_certain = at < started_at - _SLACK
        yet = _Disturbance(failed, earliest, started_at + _BOOT_TIMEOUT + refused, is_certain)
        if is_certain:
            return [yet]
        lost = frozenset({EndReason.INSTANCE_LOST})
        return [yet, _Disturbance(lost, at + at_least, at + _SILENCE_TIMEOUT + refused, False)]
    if at >= started_at + timedelta(seconds=rehearsed.drawn.training.takes_seconds):
        return []
    lost = frozenset({EndReason.INSTANCE_LOST})
    return [_Disturbance(lost, at + at_least, at + _SILENCE_TIMEOUT + refused, True)]


def hung_at(rehearsed: Rehearsed, one: TrueInstance) -> datetime | None:
    """Return when a machine hung, None where it did not."""
    gone = one.ended_at or rehearsed.ended_at
    timestamps = [rehearsed.submitted_at + at for at in rehearsed.drawn.moments_of(*HANGING)]
    return min((at for at in timestamps if one.launched_at <= at <= gone), default=None)


def _without_machine(rehearsed: Rehearsed) -> set[EndReason]:
    drawn, allowed = rehearsed.drawn, set[EndReason]()
    if drawn.moments_of(FaultKind.NO_CAPACITY):
        allowed.add(EndReason.NO_CAPACITY)
    if drawn.moments_of(FaultKind.THROTTLED):
        allowed.add(EndReason.LAUNCH_FAILED)
    if drawn.is_too_cheap:
        allowed.add(EndReason.CONFIG_REJECTED)
    return allowed
