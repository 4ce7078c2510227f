"""Checks that a job with several attempts leaves nothing that stands in their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.validation.build_job import ATTEMPTS_KEY, max_attempts_in
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.costs.offer import Proposal
    from parris.payloads import Payload


def find_unfit_attempts(config: Payload, proposal: Proposal) -> Iterator[Violation]:
    """Yield a violation if each attempt would keep its machine, whose name the next one needs."""
    if max_attempts_in(config) > 1 and proposal.keeps_resources:
        expected = (
            f"1, because on-termination is {proposal.on_termination}: the machine that an attempt"
            " keeps has the name that the next one needs"
        )
        yield Violation(f"/{ATTEMPTS_KEY}", shown(config[ATTEMPTS_KEY]), expected)
