"""Whether a machine has started and sends heartbeats, and when it is ended if not.

The runner writes heartbeat.json as soon as it starts and then every five minutes. S3's clock
determines the age of a heartbeat.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from parris.durations import duration
from parris.timestamps import format_timestamp

DEFAULT_BOOT_TIMEOUT_SECONDS = 15 * 60
DEFAULT_SILENCE_TIMEOUT_SECONDS = 2 * 3600

STALE_AFTER = timedelta(minutes=15)
"""Three heartbeats: a single late or lost one is no sign of a problem."""


@dataclass(frozen=True, slots=True)
class LivenessTimeouts:
    """How long a machine may take to start its runner, and how long it may then be silent."""

    boot_seconds: int = DEFAULT_BOOT_TIMEOUT_SECONDS
    silence_seconds: int = DEFAULT_SILENCE_TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class SignsOfLife:
    """What a machine's runner has written, and which of the provider's status checks fails.

    `has_started` is true once the runner has written a file, and for targets that cannot know.
    `heartbeat_at` is when S3 received the last heartbeat, or None if there was none.
    `failed_check` names a failing status check of the machine, or is None if none fails or none
    was made.
    """

    has_started: bool = True
    heartbeat_at: datetime | None = None
    failed_check: str | None = None


def silent_since(signs: SignsOfLife, now: datetime) -> datetime | None:
    """Return when the last heartbeat came if it is stale, else None. This alone ends no job."""
    is_stale = signs.heartbeat_at is not None and now - signs.heartbeat_at > STALE_AFTER
    return signs.heartbeat_at if is_stale else None


def silent_until(timeouts: LivenessTimeouts, heartbeat_at: datetime) -> datetime:
    """Return when a machine is ended that stays silent after this heartbeat."""
    return heartbeat_at + timedelta(seconds=timeouts.silence_seconds)


def boot_failure(
    timeouts: LivenessTimeouts, signs: SignsOfLife, runtime_seconds: int
) -> str | None:
    """Return why a running machine counts as failed to start, or None if it does not."""
    if signs.has_started or runtime_seconds < timeouts.boot_seconds:
        return None
    return f"the runner did not start within the boot timeout of {duration(timeouts.boot_seconds)}"


def silence_failure(timeouts: LivenessTimeouts, signs: SignsOfLife, now: datetime) -> str | None:
    """Return why a running machine counts as lost, or None if it does not.

    If the heartbeat is stale and a status check of the machine fails, the job ends at once. If no
    status check fails, the machine may be busy or offline and still be training.
    """
    since = silent_since(signs, now)
    if since is None:
        return None
    silence = f"no heartbeat from the runner since {format_timestamp(since)}"
    if signs.failed_check is not None:
        return f"{signs.failed_check}, and {silence}"
    if now < silent_until(timeouts, since):
        return None
    return f"{silence}, longer than the silence timeout of {duration(timeouts.silence_seconds)}"


def liveness_due_at_seconds(
    timeouts: LivenessTimeouts, signs: SignsOfLife, launched_at: datetime, now: datetime
) -> tuple[float, ...]:
    """Return when, in seconds from launch, one of the two timeouts could expire.

    For a machine that sends heartbeats only the boot timeout counts: the reaper watches heartbeats.
    """
    if not signs.has_started:
        return (timeouts.boot_seconds,)
    since = silent_since(signs, now)
    return () if since is None else ((silent_until(timeouts, since) - launched_at).total_seconds(),)
