"""What the invocations of one function cost, with the calls that they made."""

from dataclasses import dataclass, replace
from decimal import Decimal

from benchmarks.bench_aws import BenchAws
from embedded_aws.metering.meter import Meter
from embedded_aws.metering.orchestration_cost import orchestration_cost
from embedded_aws.metering.usage import Mark, usage_since


@dataclass(frozen=True, slots=True)
class FunctionCost:
    """The calls that a function made, and its cost in USD with these calls."""

    api_calls: int
    usd: Decimal


def cost_of_function(
    bench: BenchAws, logical_id: str, since: Mark, transitions: int = 0
) -> FunctionCost:
    """Return what a function has cost since then.

    Args:
        bench: the deployment.
        logical_id: the function's id in template.yaml.
        since: where to start counting.
        transitions: the state transitions that invoked it.
    """
    name, meter = bench.function(logical_id), bench.meter
    alone = Meter(
        [one for one in meter.calls[since.calls :] if one.caller == name],
        [one for one in meter.invocations[since.invocations :] if one.function_name == name],
    )
    usage = replace(usage_since(alone, Mark(), []), state_transitions=transitions)
    return FunctionCost(sum(usage.api_calls.values()), orchestration_cost(usage).usd)
