"""How long the functions take to start, each in fresh processes as Lambda would run them."""

import json
import statistics
from dataclasses import dataclass

from moto.awslambda.models import lambda_backends

from benchmarks.bench_aws import BenchAws, History
from embedded_aws.functions.function_process import SandboxSpec
from embedded_aws.functions.invocation import sandbox_spec
from embedded_aws.functions.sandbox import Sandbox

STARTS = 7


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Medians in milliseconds of this machine.

    `import_ms` is from the start of the process until it asks for its first event, `first_call_ms`
    that event with the clients that it makes, `warm_call_ms` the same event once more.
    """

    function: str
    import_ms: float
    first_call_ms: float
    warm_call_ms: float

    @property
    def cold_ms(self) -> float:
        """Return what the cold start adds to a call: all that a warm one does not take."""
        return self.import_ms + self.first_call_ms - self.warm_call_ms


def measure_cold_starts(bench: BenchAws, history: History) -> list[ColdStart]:
    """Start each function that a job has called anew, seven times.

    Args:
        bench: where they are deployed.
        history: of a job that is over; its events are what they are called with.
    """
    return [
        _measure(bench, logical_id, payload)
        for logical_id, name in sorted(bench.functions.items())
        if (payload := _first_payload(history, name)) is not None
    ]


def _measure(bench: BenchAws, logical_id: str, payload: bytes) -> ColdStart:
    settings = bench.aws.settings
    functions = lambda_backends[settings.account_id][settings.region]
    spec = sandbox_spec(functions.get_function(bench.function(logical_id)))
    starts = [_start(spec, payload) for _ in range(STARTS)]
    imports, firsts, warms = zip(*starts, strict=True)
    return ColdStart(
        logical_id.removesuffix("Function"),
        statistics.median(imports),
        statistics.median(firsts),
        statistics.median(warms),
    )


def _start(spec: SandboxSpec, payload: bytes) -> tuple[int, int, int]:
    sandbox = Sandbox(spec)
    try:
        first, warm = sandbox.invoke(payload), sandbox.invoke(payload)
    finally:
        sandbox.close()
    return first.init_ms, first.duration_ms, warm.duration_ms


def _first_payload(history: History, function_name: str) -> bytes | None:
    for event in history:
        asked = json.loads(event.get("taskScheduledEventDetails", {}).get("parameters", "{}"))
        if str(asked.get("FunctionName", "")).endswith(function_name):
            return json.dumps(asked["Payload"]).encode()
    return None
