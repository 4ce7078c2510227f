"""Checks that a job's limits leave time to train, and that its deployment allows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.costs.quote import is_bounded, machine_quotes, most_usd_of
from parris.durations import duration
from parris.payloads import part_of
from parris.validation.build_job import limits_in, max_attempts_in, offers_within
from parris.validation.clock_time import find_clock_violations
from parris.validation.semantics import find_missing_options, methods_in
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from parris.costs.offer import Offer
    from parris.limits import Limits
    from parris.payloads import Payload
    from parris.settings import Settings

_SHORTEST_LIMIT_SECONDS = 3
"""Saving and stopping take at least a second each, and at least one is left for the job."""


def find_bound_violations(
    config: Payload, offers: Sequence[Offer], settings: Settings, submitted_at: datetime
) -> Iterator[Violation]:
    """Yield the violations of a job's limits and of its highest possible cost.

    Args:
        config: the merged config; its limits conform to the schema and their prices are known.
        offers: the target's offers.
        settings: whether the deployment allows jobs without a limit, and its ceiling in USD.
        submitted_at: when the run begins.
    """
    if any(find_missing_options(config)) or any(find_clock_violations(config, submitted_at)):
        return
    limits, attempts = limits_in(config, submitted_at), max_attempts_in(config)
    if (
        limits.time_limit_seconds is not None
        and limits.time_limit_seconds < _SHORTEST_LIMIT_SECONDS
    ):
        found = part_of(config, "termination-options")["time-limit"]
        expected = (
            f"at least {_SHORTEST_LIMIT_SECONDS} s ({_SHORTEST_LIMIT_SECONDS / 3600:.5f} hours):"
            " the limit includes saving and stopping, which would leave no time to train"
        )
        yield Violation("/termination-options/time-limit", shown(found), expected)
    if limits.clock_time:
        yield from _find_unfit_clock_time(config, limits, offers, attempts)
    if not settings.allows_unbounded_jobs and not is_bounded(limits):
        expected = (
            "at-fixed-time, at-clock-time or around-cost-threshold, alone or in a list, with its"
            " limit under"
            " termination-options: this deployment rejects jobs without a limit"
            " (its parameter AllowUnboundedJobs)"
        )
        yield Violation("/termination-method", shown(list(methods_in(config))), expected)
    ceiling_usd = settings.most_job_cost_usd
    quotes = machine_quotes(offers_within(config, offers), limits, attempts)
    most_usd = most_usd_of(quotes)
    if ceiling_usd is not None and most_usd is not None and most_usd > ceiling_usd:
        expected = (
            f"at most {ceiling_usd} USD for one job (the deployment's parameter MaxJobCostUsd):"
            f" choose around-cost-threshold with a cost-limit of {ceiling_usd} or less, or a"
            " shorter time-limit"
        )
        yield Violation("/termination-options", f"a job that can cost {most_usd} USD", expected)


def _find_unfit_clock_time(
    config: Payload, limits: Limits, offers: Sequence[Offer], attempts: int
) -> Iterator[Violation]:
    """Yield a violation if it is too near to train, or later than a target itself ends the job."""
    path = "/termination-options/clock-time"
    seconds, given = limits.clock_limit_seconds or 0, part_of(config, "termination-options")
    if seconds < _SHORTEST_LIMIT_SECONDS:
        expected = f"a time that is at least {_SHORTEST_LIMIT_SECONDS} s from now"
        yield Violation(path, shown(given["clock-time"]), expected)
    longest = min((one.longest_seconds * attempts for one in offers), default=seconds)
    if seconds > longest:
        expected = f"a time within {duration(longest)}, after which the target itself ends the job"
        yield Violation(path, shown(given["clock-time"]), expected)
