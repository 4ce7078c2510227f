"""Starts functions before their first event: those that were used after the last restoration.

A process of a function takes a few hundredths of a second to start. While the account's user still
prepares its first request, a second processor has nothing else to do.
"""

import json
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from moto.awslambda.models import lambda_backends

from embedded_aws.checked_files import read_checked, write_checked
from embedded_aws.context import ClosedError, Context
from embedded_aws.functions.invocation import function_pool, start_function
from embedded_aws.private_files import NotPrivateError, require_own
from embedded_aws.snapshots.snapshot_folder import used_file

MOST_STARTED = 12
# A process that is not there by then is killed with the others.
_LONGEST_START_SECONDS = 5.0


def start_used(context: Context, folder: Path, key: str) -> None:
    """Start the functions that a restored account used before, in the meantime.

    At the end of the embedded AWS, those that it has used are noted for the next one.

    Args:
        context: the embedded AWS.
        folder: the folder of snapshots.
        key: the deployment that was restored.
    """
    before = _read(folder, key)
    starting = threading.Thread(target=_start, args=(context, before), daemon=True)
    starting.start()

    def note() -> None:
        starting.join(_LONGEST_START_SECONDS)
        used = function_pool(context).used[:MOST_STARTED]
        if used and used != before:
            with suppress(OSError, NotPrivateError):
                require_own(folder)
                write_checked(used_file(folder, key), json.dumps(used).encode())

    context.closers.callback(note)


def _start(context: Context, function_arns: Iterable[str]) -> None:
    settings = context.settings
    backend = lambda_backends[settings.account_id][settings.region]
    functions = {function.function_arn: function for function in backend.list_functions()}
    for arn in function_arns:
        # Whatever fails here fails again, and is reported, when the function has an event.
        with suppress(ClosedError, OSError):
            if arn in functions and not context.is_closing.is_set():
                start_function(context, functions[arn])


def _read(folder: Path, key: str) -> list[str]:
    try:
        require_own(folder)
        found = json.loads(read_checked(used_file(folder, key)))
    except (OSError, NotPrivateError, ValueError):
        return []
    return [str(arn) for arn in found][:MOST_STARTED] if isinstance(found, list) else []
