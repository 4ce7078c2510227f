"""What the command line of `parris stop` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class StopOptions:
    """Options of `parris stop`.

    `job` is a job's name, its job id or its execution ARN. `deployment` is None for the only one in
    the account.
    """

    job: str
    deployment: str | None
    is_waiting: bool
    is_json: bool
    results: Path | None
    is_verbose: bool = False
    is_embedded: bool = False
