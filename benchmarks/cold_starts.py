"""How long the functions take to start, each in fresh processes as Lambda would run them."""

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


def without_bytecode(spec: SandboxSpec, folder: Path) -> SandboxSpec:
    """Return a function whose code and layers are compiled anew at each start, as on Lambda.

    There they come without bytecode and lie where nobody can write any. What the runtime brings of
    its own, botocore above all, keeps its bytecode.

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
        # Where a file has the name of their folder, Python gives up to keep any. Folders of data
        # stay as they are: jsonschema reads all that lies in its own.
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
    """Raise RuntimeError where a function broke, so that what it took is no figure.

    An error of the product's own is an answer: a job that is over has no stack, for instance.
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
