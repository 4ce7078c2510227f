"""Invokes a function as Lambda would: with its code, its layers, its role, its log."""

import threading
from collections.abc import Hashable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from moto.awslambda.models import lambda_backends

from embedded_aws.context import Context, current
from embedded_aws.functions.code_folder import functions_folder, merge_layers, unpack_code
from embedded_aws.functions.early_start import start_key
from embedded_aws.functions.function_process import (
    ForkingStart,
    SandboxSpec,
    SharedImports,
    StartProcess,
    start_afresh,
)
from embedded_aws.functions.pool import SandboxPool
from embedded_aws.functions.runtime_packages import runtime_folder
from embedded_aws.functions.sandbox import Outcome
from embedded_aws.permissions.trust import assume_as_service
from embedded_aws.speed.forking.fork_server import can_fork
from embedded_aws.speed.forking.kept_servers import hand_back, take

LAYERS_ROOT_VARIABLE = "LAMBDA_LAYERS_ROOT"

_starting = threading.Lock()
_credentials: "WeakKeyDictionary[Any, tuple[str, dict[str, str]]]" = WeakKeyDictionary()


def invoke_function(function: Any, payload: bytes) -> Outcome:
    """Run a function on one event.

    Args:
        function: moto's model of it.
        payload: the event, as JSON.
    """
    context = current()
    with _starting:
        pool = _pool_of(context)
        spec = _spec_of(context, function)
    return pool.invoke(spec, payload)


def function_pool(context: Context) -> SandboxPool:
    """Return the processes of functions.

    The first call starts what they are forked from, which imports the SDK in the meantime.
    """
    with _starting:
        return _pool_of(context)


def prepare_imports(context: Context) -> SharedImports | None:
    """Import there what the account's functions have in common, in the meantime; return it."""
    backend = lambda_backends[context.settings.account_id][context.settings.region]
    with _starting:
        start = _pool_of(context).start
        function = next(iter(backend.list_functions()), None)
        if isinstance(start, ForkingStart) and function is not None:
            start.prepare(_spec_of(context, function))
            return start.imported
        return None


def start_function(context: Context, function: Any) -> None:
    """Start a process of a function before there is an event, if that is a fork.

    Raises:
        ClosedError: when the embedded AWS has stopped.
        OSError: when no process can be started.
    """
    with _starting:
        pool = _pool_of(context)
        spec = _spec_of(context, function)
    if isinstance(pool.start, ForkingStart):
        pool.prepare(spec)


def sandbox_spec(function: Any) -> SandboxSpec:
    """Return the contents of a function's process, as `invoke_function` makes it."""
    with _starting:
        return _spec_of(current(), function)


def _pool_of(context: Context) -> SandboxPool:
    pool = context.services.get("function-processes")
    if not isinstance(pool, SandboxPool):
        start: StartProcess = start_afresh
        if context.settings.fork_functions and can_fork():
            shared_imports, runtime = context.settings.shared_imports, runtime_folder()
            key = start_key(runtime, shared_imports)
            start = _kept_start(key) or ForkingStart(runtime, shared_imports)
            context.closers.callback(hand_back, key, start)
        pool = context.services["function-processes"] = SandboxPool(start)
        context.closers.callback(pool.close)
    return pool


def _kept_start(key: Hashable) -> ForkingStart | None:
    kept = take(key)
    if not isinstance(kept, ForkingStart):
        return None
    kept.begin_again()
    return kept


def _spec_of(context: Context, function: Any) -> SandboxSpec:
    # Shared by every embedded AWS of this machine, so that bytecode is compiled only once.
    folder = functions_folder()
    code = unpack_code(function.code_bytes, folder / "code")
    layers = merge_layers(_layer_archives(function), folder / "layers")
    return SandboxSpec(
        function_arn=function.function_arn,
        handler=function.handler,
        code_folder=code,
        search_path=(str(code), str(layers / "python"), str(runtime_folder())),
        environment=tuple(sorted(_environment(context, function, code, layers).items())),
        timeout_seconds=int(function.timeout),
        is_sleepless=context.clock.is_virtual,
    )


def _layer_archives(function: Any) -> list[bytes]:
    backend = lambda_backends[function.account_id][function.region]
    return [
        backend.layers_versions_by_arn(layer["Arn"]).code_bytes  # type: ignore[union-attr]
        for layer in function.layers
    ]


def _environment(context: Context, function: Any, code: Path, layers: Path) -> dict[str, str]:
    scratch = context.folder / "functions" / "scratch" / function.function_name
    scratch.mkdir(parents=True, exist_ok=True)
    own = {str(name): str(value) for name, value in function.environment_vars.items()}
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LAMBDA_TASK_ROOT": str(code),
        LAYERS_ROOT_VARIABLE: str(layers),
        "_HANDLER": function.handler,
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
        "AWS_LAMBDA_LOG_STREAM_NAME": "embedded",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        **own,
        **_credentials_of(function),
        "AWS_ENDPOINT_URL": context.endpoint_url,
    }


def _credentials_of(function: Any) -> dict[str, str]:
    held = _credentials.get(function)
    if held is None or held[0] != function.role:
        name = function.function_name[:64]
        session = assume_as_service(function.role, "lambda.amazonaws.com", name)
        held = _credentials[function] = (
            function.role,
            {
                "AWS_ACCESS_KEY_ID": session.access_key_id,
                "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
                "AWS_SESSION_TOKEN": session.session_token,
            },
        )
    return held[1]
