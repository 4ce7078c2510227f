"""EC2's notice that it takes this spot instance back, two minutes before it does.

The metadata service shows it, and is to be asked every 5 seconds. Source:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
"""

from __future__ import annotations

import threading
import time

from runner_clock import read_metadata

GRACE_SECONDS = 45
"""Of the two minutes, what the script has to save: the rest is for noticing and for the upload."""

_POLL_SECONDS = 5.0


class InterruptionWatch:
    """Looks for the notice, on a thread of its own that never outlives the runner."""

    def __init__(self) -> None:
        """Prepare; nothing is asked before `start`."""
        self._event = threading.Event()
        self.came_at: float | None = None
        """When the notice was seen, in Unix seconds."""

    def start(self) -> None:
        """Begin to ask."""
        threading.Thread(target=self._watch, daemon=True).start()

    def has_come(self) -> bool:
        """Return whether the notice is there."""
        return self._event.is_set()

    def _watch(self) -> None:
        while not self._event.wait(_POLL_SECONDS):
            if _is_told():
                self.came_at = self.came_at or time.time()
                self._event.set()


def _is_told() -> bool:
    try:
        return '"action"' in read_metadata("meta-data/spot/instance-action")
    except (OSError, ValueError):
        # 404, an OSError too, is the usual answer; any other may pass.
        return False
