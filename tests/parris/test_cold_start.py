"""The garbage collector rests in a block, and only there."""

import gc

import pytest

from parris.cold_start import gc_disabled


def test_nothing_is_collected_in_the_block_and_again_after_it() -> None:
    with gc_disabled():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_is_on_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="in the block"), gc_disabled():
        raise ValueError("in the block")
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    with gc_disabled():
        with gc_disabled():
            pass
        assert not gc.isenabled()
