"""Whether a machine has started and still speaks, and when it is ended because it does not.

The runner writes heartbeat.json as soon as it starts and every five minutes from then on. Its age
is counted by the clock of S3. All of this is a pure function of what was seen and of the time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from parris.timestamps import format_timestamp

DEFAULT_BOOT_TIMEOUT_SECONDS = 15 * 60
DEFAULT_SILENCE_TIMEOUT_SECONDS = 2 * 3600

STALE_AFTER = timedelta(minutes=15)
"""Three heartbeats: one that is late, or lost, says nothing."""


@dataclass(frozen=True, slots=True)
class LivenessTimeouts:
    """How long a machine may take until its runner starts, and how long it may be silent then."""

    boot_seconds: int = DEFAULT_BOOT_TIMEOUT_SECONDS
    silence_seconds: int = DEFAULT_SILENCE_TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class SignsOfLife:
    """What a machine's runner has written, and what its provider's own checks say.

    `has_started` is true once the runner has written anything, and of a target that cannot tell.
    `heartbeat_at` is when S3 received the last heartbeat, None where none came.
    `failed_check` names a check of the machine itself that fails, None where none does or none was
    made.
    """

    has_started: bool = True
    heartbeat_at: datetime | None = None
    failed_check: str | None = None


def silent_since(signs: SignsOfLife, now: datetime) -> datetime | None:
    """Return when the last heartbeat came, if it is stale, which alone ends no job; else None."""
    is_stale = signs.heartbeat_at is not None and now - signs.heartbeat_at > STALE_AFTER
    return signs.heartbeat_at if is_stale else None


def silent_until(timeouts: LivenessTimeouts, heartbeat_at: datetime) -> datetime:
    """Return when a machine that has been silent since its last heartbeat is ended."""
    return heartbeat_at + timedelta(seconds=timeouts.silence_seconds)


def boot_failure(
    timeouts: LivenessTimeouts, signs: SignsOfLife, runtime_seconds: int
) -> str | None:
    """Return why a machine that runs counts as one that never started, None while it does not."""
    if signs.has_started or runtime_seconds < timeouts.boot_seconds:
        return None
    return f"the runner did not start within the boot timeout of {timeouts.boot_seconds} s"


def silence_failure(timeouts: LivenessTimeouts, signs: SignsOfLife, now: datetime) -> str | None:
    """Return why a machine that runs counts as lost, None while it does not.

    A stale heartbeat is a reason to check by other means. A failed check of the machine itself
    ends the job at once; without one the machine may be busy or offline and train well.
    """
    since = silent_since(signs, now)
    if since is None:
        return None
    silence = f"no heartbeat of the runner since {format_timestamp(since)}"
    if signs.failed_check is not None:
        return f"{signs.failed_check}, and {silence}"
    if now < silent_until(timeouts, since):
        return None
    return f"{silence}, longer than the silence timeout of {timeouts.silence_seconds} s"


def liveness_due_at_seconds(
    timeouts: LivenessTimeouts, signs: SignsOfLife, launched_at: datetime, now: datetime
) -> tuple[float, ...]:
    """Return when, in seconds from launch, one of the two timeouts could pass.

    Of a machine that speaks only the boot timeout counts: the reaper watches its heartbeats.
    """
    if not signs.has_started:
        return (timeouts.boot_seconds,)
    since = silent_since(signs, now)
    return () if since is None else ((silent_until(timeouts, since) - launched_at).total_seconds(),)
