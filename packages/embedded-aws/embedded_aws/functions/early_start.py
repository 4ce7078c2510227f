"""Starts what functions are forked from before the embedded AWS that runs them is imported.

What it imports takes as long as half of the embedded AWS's own imports. So an embedded AWS with
snapshots notes what its functions have in common, and the next one's are imported meanwhile. If its
functions turn out to be others, they start as they do without this.
"""

import hashlib
import json
import os
import sys
from collections.abc import Hashable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from embedded_aws.checked_files import read_checked, write_checked
from embedded_aws.functions.function_process import ForkingStart, SharedImports
from embedded_aws.private_files import NotPrivateError, require_own
from embedded_aws.speed.forking.fork_server import can_fork
from embedded_aws.speed.forking.kept_servers import offering


@contextmanager
def starting_early(snapshots: Path | None, shared_imports: Path) -> Iterator[None]:
    """Start it for the first embedded AWS in the block; if none takes it, it ends with the block.

    Args:
        snapshots: the folder of snapshots of that embedded AWS.
        shared_imports: the file that imports what its functions have in common.
    """
    with ExitStack() as started:
        noted = None if snapshots is None else _read_note(snapshots, shared_imports)
        if noted is not None and can_fork():
            runtime = Path(noted.search_path[-1])
            with suppress(OSError):  # no process can be started
                started.enter_context(
                    offering(
                        start_key(runtime, shared_imports),
                        lambda: ForkingStart(runtime, shared_imports, noted),
                    )
                )
        yield


def start_key(runtime: Path, shared_imports: Path | None) -> Hashable:
    """Return the key under which what functions are forked from is kept."""
    return "functions", runtime, shared_imports


def note_imports(snapshots: Path, imports: SharedImports) -> None:
    """Note what the functions of a restored account have in common.

    Raises:
        OSError, NotPrivateError: when the folder cannot be written, or others may write it.
    """
    program = Path(imports.program)
    if _read_note(snapshots, program) == imports:
        return
    require_own(snapshots)
    text = json.dumps([imports.search_path, imports.environment])
    write_checked(_note_file(snapshots, program), text.encode())


def _read_note(snapshots: Path, shared_imports: Path) -> SharedImports | None:
    """Return what was noted; None if nothing was that can be trusted and is still there."""
    try:
        require_own(snapshots)
        folders, variables = json.loads(read_checked(_note_file(snapshots, shared_imports)))
        search_path = tuple(str(folder) for folder in folders)
        environment = tuple((str(name), str(text)) for name, text in variables)
    except (OSError, NotPrivateError, ValueError, TypeError):
        return None
    # Code and runtime: a function may have no layers, and then that folder is not there.
    if not search_path or not all(map(os.path.isdir, (search_path[0], search_path[-1]))):
        return None
    return SharedImports(str(shared_imports), search_path, environment)


def _note_file(snapshots: Path, shared_imports: Path) -> Path:
    """Return the note of this Python for functions with these imports."""
    digest = hashlib.sha256(f"{sys.executable}\0{shared_imports}".encode()).hexdigest()
    return snapshots / f"functions-{digest[:16]}.json"
