"""Measures how long the functions take to start, each in new processes as on Lambda."""

import json
import os
import shutil
import statistics
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from moto.awslambda.models import lambda_backends

from benchmarks.bench_aws import BenchAws, History
from embedded_aws.functions.function_process import SandboxSpec
from embedded_aws.functions.invocation import sandbox_spec
from embedded_aws.functions.sandbox import Outcome, Sandbox
from parris import errors

STARTS = 7


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Medians in milliseconds of this machine.

    `import_ms` is from the start of the process to its request for an event, `first_call_ms`
    is that event with the creation of clients, `warm_call_ms` the same event again.
    """

    function: str
    import_ms: float
    first_call_ms: float
    warm_call_ms: float

    @property
    def cold_ms(self) -> float:
        """Return what a cold start adds to the time of a warm call."""
        return self.import_ms + self.first_call_ms - self.warm_call_ms


def measure_cold_starts(bench: BenchAws, history: History) -> list[ColdStart]:
    """Start each function that a job has called, seven times.

    Args:
        bench: the deployment.
        history: the history of an ended job; its events are the inputs.
    """
    return [
        _measure(bench, logical_id, payload)
        for logical_id, name in sorted(bench.functions.items())
        if (payload := _first_payload(history, name)) is not None
    ]


def without_bytecode(spec: SandboxSpec, folder: Path) -> SandboxSpec:
    """Return a function whose code and layers are compiled at each start, as on Lambda.

    On Lambda they have no bytecode and are read-only. The packages of the runtime, above all
    botocore, keep their bytecode.

    Args:
        spec: the function.
        folder: an empty folder for copies of its packages.
    """
    *packaged, runtime = spec.search_path
    copies = [_copy_without_bytecode(Path(one), folder / str(n)) for n, one in enumerate(packaged)]
    return replace(
        spec, code_folder=copies[0], search_path=(*(str(copy) for copy in copies), runtime)
    )


def _copy_without_bytecode(source: Path, target: Path) -> Path:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    for inner, _, files in os.walk(target):
        # If a file has the name of the cache folder, Python writes no bytecode. Data folders stay
        # unchanged: jsonschema reads every file in its own.
        if any(file.endswith(".py") for file in files):
            (Path(inner) / "__pycache__").touch()
    return target


def _measure(bench: BenchAws, logical_id: str, payload: bytes) -> ColdStart:
    settings = bench.aws.settings
    functions = lambda_backends[settings.account_id][settings.region]
    spec = sandbox_spec(functions.get_function(bench.function(logical_id)))
    with tempfile.TemporaryDirectory(prefix="parris-bench-") as folder:
        uncompiled = without_bytecode(spec, Path(folder))
        starts = [_start(uncompiled, payload) for _ in range(STARTS)]
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
    for outcome in (first, warm):
        require_answer(outcome)
    return first.init_ms, first.duration_ms, warm.duration_ms


def require_answer(outcome: Outcome) -> None:
    """Raise RuntimeError if a function failed, because its time is then meaningless.

    An error of Parris itself is a valid response: an ended job has no stack, for instance.
    """
    if not outcome.is_error:
        return
    error_type = json.loads(outcome.payload).get("errorType")
    if not isinstance(getattr(errors, str(error_type), None), type):
        raise RuntimeError(f"a function broke: {outcome.payload}")


def _first_payload(history: History, function_name: str) -> bytes | None:
    for event in history:
        asked = json.loads(event.get("taskScheduledEventDetails", {}).get("parameters", "{}"))
        if str(asked.get("FunctionName", "")).endswith(function_name):
            return json.dumps(asked["Payload"]).encode()
    return None
