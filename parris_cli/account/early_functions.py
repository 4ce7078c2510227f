"""Starts what Parris's functions are forked from while the embedded AWS is imported."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from embedded_aws.functions.early_start import starting_early
from parris_cli.project_files import snapshots_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED_IMPORTS = Path(__file__).with_name("function_imports.py")


@contextmanager
def functions_starting() -> Iterator[None]:
    """Start it for the first embedded deployment in the block, unless that was done before.

    Whoever imports the embedded AWS does it in the block. Nothing is left after it.
    """
    with starting_early(snapshots_folder(), SHARED_IMPORTS):
        yield
