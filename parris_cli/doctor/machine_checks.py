"""What this machine has: for `parris deploy`, and for jobs on an embedded AWS."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from parris_cli.deployment.sam import find_sam
from parris_cli.doctor.finding import Finding, good, note
from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_TESTED = ("Linux", "Darwin")


def check_machine() -> Iterator[Finding]:
    """Yield what is known of this machine."""
    system = platform.system()
    text = f"Python {platform.python_version()} on {system}"
    if system in _TESTED:
        yield good("machine", text)
    else:
        yield note("machine", text, "Parris is tested on Linux and macOS only")
    try:
        yield good("sam", str(find_sam()))
    except RefusedError as err:
        yield note("sam", "parris deploy does not find the SAM CLI", str(err))
