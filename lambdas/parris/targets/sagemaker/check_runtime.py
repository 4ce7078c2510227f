"""Checks the limits of a job against what SageMaker needs and allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import part_of
from parris.targets.sagemaker.check_quotas import increase_command
from parris.targets.sagemaker.read_spec import max_wait_seconds_in
from parris.targets.sagemaker.runtime_limits import (
    earliest_limit_seconds,
    max_runtime_seconds,
    shortest_limit_seconds,
)
from parris.targets.sagemaker.spec import LONGEST_RUNTIME_SECONDS
from parris.validation.build_job import limits_in, offers_within
from parris.validation.semantics import OPTIONS_KEY
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parris.costs.offer import Offer
    from parris.limits import Limits
    from parris.payloads import Payload
    from parris.targets.sagemaker.check_quotas import CheckedQuotas

_WAIT = "max-wait"


def find_runtime_violations(
    config: Payload, offers: Sequence[Offer], quotas: CheckedQuotas, region: str
) -> Iterator[Violation]:
    """Yield the limits that SageMaker cannot keep.

    Args:
        config: the merged config, without invalid keys; the chosen limits are in it.
        offers: the offers, with their rates.
        quotas: the account's quotas.
        region: the Region of the deployment.
    """
    time_limit_seconds = limits_in(config).time_limit_seconds
    limit = part_of(config, OPTIONS_KEY)
    if time_limit_seconds is not None and time_limit_seconds > quotas.longest_runtime_seconds:
        expected = _longest(quotas, region, time_limit_seconds)
        yield Violation("/termination-options/time-limit", shown(limit["time-limit"]), expected)
    by_offer = _limits_by_offer(config, offers)
    shortest = shortest_limit_seconds()
    earliest = [earliest_limit_seconds(one) for one in by_offer]
    if any(one is not None and 0 < one < shortest for one in earliest):
        is_time = time_limit_seconds is not None and time_limit_seconds < shortest
        key = "time-limit" if is_time else "cost-limit"
        expected = (
            f"a limit of at least {shortest} s: it includes the 120 s that SageMaker gives the"
            " script to save, and the upload, which would leave no time to train"
        )
        yield Violation(f"/termination-options/{key}", shown(limit.get(key)), expected)
    wait_seconds = max_wait_seconds_in(config)
    longest = max((_runtime(one, quotas) for one in by_offer), default=0)
    if wait_seconds is not None and wait_seconds < longest:
        expected = f"at least {longest} s, because it includes the longest run time of the job"
        yield Violation(f"/{_WAIT}", shown(config[_WAIT]), expected)


def runtime_details(config: Payload, offer: Offer, quotas: CheckedQuotas) -> Payload:
    """Return what the quote says of the longest run time of an offer, and what decides on it."""
    (limits,) = _limits_by_offer(config, [offer])
    seconds, earliest = _runtime(limits, quotas), earliest_limit_seconds(limits)
    reason = "the limits of the job"
    if earliest is None or seconds == quotas.longest_runtime_seconds:
        reason = f"the quota of the account: {quotas.longest_runtime_seconds} s"
    return {"max_runtime_seconds": seconds, "max_runtime_from": reason}


def _runtime(limits: Limits, quotas: CheckedQuotas) -> int:
    return max_runtime_seconds(limits, quotas.longest_runtime_seconds)


def _limits_by_offer(config: Payload, offers: Sequence[Offer]) -> list[Limits]:
    limits = limits_in(config)
    within = offers_within(config, offers)
    return [limits.with_cost_limit_at(one.cost_limit_seconds) for one in within]


def _longest(quotas: CheckedQuotas, region: str, seconds: int) -> str:
    longest, quota = quotas.longest_runtime_seconds, quotas.longest_runtime
    expected = f"at most {longest} s ({longest / 3600:g} hours), the longest run time of a training"
    if quota is None or longest == LONGEST_RUNTIME_SECONDS:
        return f"{expected} job"
    remedy = increase_command(quota, region, min(seconds, LONGEST_RUNTIME_SECONDS))
    return (
        f'{expected} job by this account\'s quota "{quota.name}" in {region}.'
        f" To request an increase: {remedy}"
    )
