"""The faults of one embedded AWS: looked at where AWS would fail."""

import threading
from datetime import datetime, timedelta

from embedded_aws.context import current, is_running
from embedded_aws.fault_injection.fault import FaultKind

THROTTLED_FOR = timedelta(minutes=5)
UNAVAILABLE_FOR = timedelta(minutes=10)
_SERVICE = "faults"
_making = threading.Lock()


class FaultPlan:
    """What is to go wrong, and when."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._moments: list[tuple[FaultKind, datetime]] = []
        self._mute_instance_id = ""
        self._changing = threading.Lock()

    def add(self, kind: FaultKind, moment: datetime) -> None:
        """Let something go wrong from a moment on."""
        with self._changing:
            self._moments.append((kind, moment))

    def forget(self) -> None:
        """Let nothing go wrong any more."""
        with self._changing:
            self._moments.clear()
            self._mute_instance_id = ""

    def is_on(self, kind: FaultKind, lasts: timedelta | None = None) -> bool:
        """Return whether a fault of this kind has begun, less than `lasts` ago."""
        moments = [moment for found, moment in list(self._moments) if found is kind]
        now = current().clock.now() if moments else datetime.max
        return any(moment <= now and (not lasts or now < moment + lasts) for moment in moments)

    def take(self, kind: FaultKind) -> bool:
        """Return whether a fault of this kind has begun, and forget it: it happens once."""
        with self._changing:
            for entry in self._moments:
                if entry[0] is kind and entry[1] <= current().clock.now():
                    self._moments.remove(entry)
                    return True
        return False

    def is_mute(self, instance_id: str, is_ending: bool) -> bool:
        """Return whether EventBridge is not to hear of this instance's change."""
        if is_ending and not self._mute_instance_id and self.take(FaultKind.LOST_EVENT):
            self._mute_instance_id = instance_id
        return instance_id == self._mute_instance_id


def faults() -> FaultPlan:
    """Return the plan of the `current()` embedded AWS; an empty one where none runs."""
    if not is_running():
        return FaultPlan()
    context = current()
    with _making:
        found = context.services.get(_SERVICE)
        if not isinstance(found, FaultPlan):
            found = context.services[_SERVICE] = FaultPlan()
        return found
