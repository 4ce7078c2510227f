"""What the files of jobs and of sweeps in the history have in common."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from parris.payloads import Payload


def write_history_file(place: Path, value: Payload) -> None:
    """Write a file of the history as a whole, over what is there.

    Raises:
        OSError: when it cannot be written.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(".part")
    part.write_text(json.dumps(value, indent=2), encoding="utf-8")
    part.replace(place)


def is_process_running(process_id: int) -> bool:
    """Return whether a process exists, whoever it belongs to."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
