"""The machine's own time, which other processes use whatever the clock here shows."""

import time

import time_machine


def machine_time() -> float:
    """Return the machine's time in Unix seconds, even while a virtual clock patches `time.time`."""
    hatch = time_machine.escape_hatch
    return float(hatch.time.time() if hatch.is_travelling() else time.time())
