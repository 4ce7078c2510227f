"""Counts API calls by the function, or the state machine, that made them."""

from collections import Counter

from benchmarks.bench_aws import BenchAws
from embedded_aws.metering.meter import STATE_MACHINE, ApiCall
from embedded_aws.metering.usage import Mark

STATES = "states"
"""The caller of the calls that states make themselves."""

Calls = Counter[tuple[str, str]]
"""Counts by caller, such as `CreateStack`, and operation, such as `ec2:DescribeInstances`."""


def count_calls(bench: BenchAws, since: Mark) -> Calls:
    """Return the calls of functions and states since then."""
    names = {name: logical_id for logical_id, name in bench.functions.items()}
    return Calls(
        (names.get(call.caller, STATES).removesuffix("Function"), operation_of(call))
        for call in bench.meter.calls[since.calls :]
        if call.caller in names or call.caller == STATE_MACHINE
    )


def count_machine_calls(bench: BenchAws, since: Mark) -> Counter[str]:
    """Return the calls of instances since then, by operation."""
    return Counter(
        operation_of(call)
        for call in bench.meter.calls[since.calls :]
        if call.caller.startswith("i-")
    )


def operation_of(call: ApiCall) -> str:
    """Return a call's service and action."""
    return f"{call.service}:{call.action}"


def total_by_caller(calls: Calls) -> dict[str, int]:
    """Return the number of calls of each caller, the largest first."""
    totals: Counter[str] = Counter()
    for (caller, _), count in calls.items():
        totals[caller] += count
    return dict(totals.most_common())


def operations_of(calls: Calls, caller: str) -> str:
    """Return a caller's operations with their counts as text."""
    found = sorted((operation, count) for (one, operation), count in calls.items() if one == caller)
    return ", ".join(_counted(operation, count) for operation, count in found)


def _counted(operation: str, count: int) -> str:
    return operation if count == 1 else f"{count} {operation}"
