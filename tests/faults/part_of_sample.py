"""What each part of the sample shows besides its cells."""

import pytest

from tests.faults.tried_sample import TriedSample


class PartOfSample:
    """The tests of a module that names its cells in CELLS, and its own states in STATES."""

    def test_every_call_that_was_made_has_a_phase_and_so_a_rule(self, tried: TriedSample) -> None:
        tried.assert_calls_have_phases()

    def test_its_jobs_enter_the_states_that_the_other_parts_do_not(
        self, tried: TriedSample, request: pytest.FixtureRequest
    ) -> None:
        missing = request.module.STATES - tried.states
        assert not missing, sorted(missing)
