"""Garbage is looked for rarely while an embedded AWS runs, and not when its process ends."""

import gc
import subprocess
import sys

from embedded_aws import EmbeddedAws
from embedded_aws.speed.garbage import collecting_rarely

_AT_EXIT = """
import atexit, gc, sys
atexit.register(lambda: print(gc.get_count()[0] < 100, gc.get_freeze_count() > 100_000))
from embedded_aws import EmbeddedAws
"""


def test_garbage_is_looked_for_rarely_while_it_runs() -> None:
    before = gc.get_threshold()
    with EmbeddedAws():
        assert gc.get_threshold()[0] > 10_000
        assert gc.get_threshold()[1:] == before[1:]
        assert gc.isenabled()
    assert gc.get_threshold() == before


def test_a_process_that_looks_for_it_more_rarely_goes_on_so() -> None:
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, 3, 3)
    try:
        with collecting_rarely():
            assert gc.get_threshold() == (1_000_000, 3, 3)
    finally:
        gc.set_threshold(*before)


def test_nothing_is_looked_through_when_the_process_ends() -> None:
    # Handlers run in the reverse order: this one after the package's.
    done = subprocess.run(
        [sys.executable, "-c", _AT_EXIT], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["True", "True"]
