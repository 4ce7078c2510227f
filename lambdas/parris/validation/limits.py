"""Checks that a job's limits leave time to train, and that its deployment allows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.costs.quote import machine_quotes, most_usd_of
from parris.durations import SECONDS_PER_HOUR, duration, seconds_of
from parris.payloads import part_of
from parris.validation.build_job import limits_in, max_attempts_in, offers_within
from parris.validation.clock_time import clock_time_in, find_clock_violations
from parris.validation.semantics import (
    AROUND_COST_THRESHOLD,
    AT_CLOCK_TIME,
    AT_FIXED_TIME,
    OPTION_OF,
    OPTIONS_KEY,
    find_missing_options,
    methods_in,
)
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
_BOUNDING_METHODS = {AT_FIXED_TIME, AT_CLOCK_TIME, AROUND_COST_THRESHOLD}
_CLOCK_PATH = f"/{OPTIONS_KEY}/{OPTION_OF[AT_CLOCK_TIME]}"


def find_limit_violations(
    config: Payload, settings: Settings, submitted_at: datetime
) -> Iterator[Violation]:
    """Yield the limits that leave no time to train, or that the deployment requires.

    Args:
        config: the sound parts of the merged config. Limits may be missing.
        settings: whether the deployment allows jobs without a limit.
        submitted_at: when the run begins.
    """
    options, methods = part_of(config, OPTIONS_KEY), methods_in(config)
    hours = options.get(OPTION_OF[AT_FIXED_TIME])
    has_time_limit = AT_FIXED_TIME in methods and hours is not None
    if has_time_limit and seconds_of(hours, SECONDS_PER_HOUR) < _SHORTEST_LIMIT_SECONDS:
        expected = (
            f"at least {_SHORTEST_LIMIT_SECONDS} s ({_SHORTEST_LIMIT_SECONDS / 3600:.5f} hours):"
            " the limit includes saving and stopping, which would leave no time to train"
        )
        yield Violation("/termination-options/time-limit", shown(hours), expected)
    clock_violations = list(find_clock_violations(config, submitted_at))
    yield from clock_violations
    clock_time = None if clock_violations else clock_time_in(config, submitted_at)
    if clock_time is not None:
        left_seconds = (clock_time - submitted_at).total_seconds()
        if left_seconds < _SHORTEST_LIMIT_SECONDS:
            expected = f"a time that is at least {_SHORTEST_LIMIT_SECONDS} s from now"
            yield Violation(_CLOCK_PATH, shown(options[OPTION_OF[AT_CLOCK_TIME]]), expected)
    if methods and not settings.allows_unbounded_jobs and not _BOUNDING_METHODS & {*methods}:
        expected = (
            "at-fixed-time, at-clock-time or around-cost-threshold, alone or in a list, with its"
            " limit under"
            " termination-options: this deployment rejects jobs without a limit"
            " (its parameter AllowUnboundedJobs)"
        )
        yield Violation("/termination-method", shown(list(methods)), expected)


def find_bound_violations(
    config: Payload, offers: Sequence[Offer], settings: Settings, submitted_at: datetime
) -> Iterator[Violation]:
    """Yield the violations of a job's limits that depend on what it can run on.

    Args:
        config: the merged config; its limits conform to the schema and their prices are known.
        offers: the target's offers.
        settings: the deployment's ceiling in USD.
        submitted_at: when the run begins.
    """
    if any(find_missing_options(config)) or any(find_clock_violations(config, submitted_at)):
        return
    limits, attempts = limits_in(config, submitted_at), max_attempts_in(config)
    if limits.clock_time:
        yield from _find_late_clock_time(config, limits, offers, attempts)
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


def _find_late_clock_time(
    config: Payload, limits: Limits, offers: Sequence[Offer], attempts: int
) -> Iterator[Violation]:
    """Yield a violation if it is later than a target itself ends the job."""
    seconds, given = limits.clock_limit_seconds or 0, part_of(config, OPTIONS_KEY)
    longest = min((one.longest_seconds * attempts for one in offers), default=seconds)
    if seconds > longest:
        expected = f"a time within {duration(longest)}, after which the target itself ends the job"
        yield Violation(_CLOCK_PATH, shown(given[OPTION_OF[AT_CLOCK_TIME]]), expected)
