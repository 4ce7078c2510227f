"""The one decision of the runner that the job ends, in a file whose arrival wakes the controller.

The controller ends the job as at a limit: the script gets SIGTERM, and time to save.
"""

from __future__ import annotations

import json
import threading

from runner_live_report import LiveReport

FILE = "decision.json"


class Decision:
    """Writes the first decision, and no other."""

    def __init__(self, report: LiveReport) -> None:
        """Decide nothing yet."""
        self._report = report
        self._lock = threading.Lock()
        self._is_made = False

    def make(self, reason: str, **facts: object) -> None:
        """Decide that the job ends, with what the controller says of it."""
        with self._lock:
            if self._is_made:
                return
            self._is_made = True
        self._report.put(json.dumps({"reason": reason, **facts}))

    def close(self) -> None:
        """Write what has not been written yet."""
        self._report.close()
