"""Checks that Batch itself can keep the limits of a job without a runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import part_of
from parris.targets.batch.request import SHORTEST_LIMIT_SECONDS
from parris.validation.build_job import limits_in, offers_within
from parris.validation.semantics import OPTIONS_KEY
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parris.costs.offer import Offer
    from parris.payloads import Payload
    from parris.targets.batch.spec import BatchSpec


def find_short_limits(
    config: Payload, spec: BatchSpec, offers: Sequence[Offer]
) -> Iterator[Violation]:
    """Yield a limit that a container could exceed which nobody but Batch ends.

    Args:
        config: the merged config, without invalid keys; the chosen limits are in it.
        spec: the spec of the job.
        offers: the offers, with their rates.
    """
    if not spec.runs_image_command:
        return
    limits = limits_in(config)
    ends = [
        limits.with_cost_limit_at(one.cost_limit_seconds) for one in offers_within(config, offers)
    ]
    earliest = min(one.earliest_seconds() for one in (limits, *ends))
    if not 0 < earliest < SHORTEST_LIMIT_SECONDS:
        return
    key = "time-limit" if limits.time_limit_seconds == earliest else "cost-limit"
    given = part_of(config, OPTIONS_KEY).get(key)
    expected = (
        f"a limit of at least {SHORTEST_LIMIT_SECONDS} s with run-image-command: Batch gives a"
        " container 30 s between SIGTERM and SIGKILL, and has no timeout below 60 s"
    )
    yield Violation(f"/{OPTIONS_KEY}/{key}", shown(given), expected)
