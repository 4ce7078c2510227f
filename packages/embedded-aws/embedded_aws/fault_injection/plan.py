"""The faults of one embedded AWS, checked where AWS would fail."""

import threading
from datetime import datetime, timedelta

from embedded_aws.context import current, is_running
from embedded_aws.fault_injection.fault import FaultKind

THROTTLED_FOR = timedelta(minutes=5)
UNAVAILABLE_FOR = timedelta(minutes=10)
_SERVICE = "faults"
_making = threading.Lock()


class FaultPlan:
    """Which faults happen, and when."""

    def __init__(self) -> None:
        """Create an empty plan."""
        self._timestamps: list[tuple[FaultKind, datetime]] = []
        self._mute_instance_id = ""
        self._changing = threading.Lock()

    def add(self, kind: FaultKind, timestamp: datetime) -> None:
        """Add a fault that begins at a given time."""
        with self._changing:
            self._timestamps.append((kind, timestamp))

    def forget(self) -> None:
        """Remove all faults."""
        with self._changing:
            self._timestamps.clear()
            self._mute_instance_id = ""

    def is_on(self, kind: FaultKind, lasts: timedelta | None = None) -> bool:
        """Return whether a fault of this kind has begun, less than `lasts` ago."""
        timestamps = [timestamp for found, timestamp in list(self._timestamps) if found is kind]
        now = current().clock.now() if timestamps else datetime.max
        return any(
            timestamp <= now and (not lasts or now < timestamp + lasts) for timestamp in timestamps
        )

    def take(self, kind: FaultKind) -> bool:
        """Return whether a fault of this kind has begun, and remove it: it happens once."""
        with self._changing:
            for entry in self._timestamps:
                if entry[0] is kind and entry[1] <= current().clock.now():
                    self._timestamps.remove(entry)
                    return True
        return False

    def is_mute(self, instance_id: str, is_ending: bool) -> bool:
        """Return whether EventBridge must not receive this instance's change."""
        if is_ending and not self._mute_instance_id and self.take(FaultKind.LOST_EVENT):
            self._mute_instance_id = instance_id
        return instance_id == self._mute_instance_id

    def are_object_events_lost(self) -> bool:
        """Return whether EventBridge must not receive S3's events: until an end has been lost."""
        return self.is_on(FaultKind.LOST_EVENT)


def faults() -> FaultPlan:
    """Return the plan of the `current()` embedded AWS; an empty one if none is running."""
    if not is_running():
        return FaultPlan()
    context = current()
    with _making:
        found = context.services.get(_SERVICE)
        if not isinstance(found, FaultPlan):
            found = context.services[_SERVICE] = FaultPlan()
        return found
