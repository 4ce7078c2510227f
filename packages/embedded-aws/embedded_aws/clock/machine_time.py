"""The machine's own time, which other processes have whatever the clock here shows."""

import time

import time_machine


def machine_time() -> float:
    """Return the machine's time in Unix seconds, also while a virtual clock moves `time.time`."""
    hatch = time_machine.escape_hatch
    return float(hatch.time.time() if hatch.is_travelling() else time.time())
