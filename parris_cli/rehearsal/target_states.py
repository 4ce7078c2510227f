"""The states that launch and end a job: each target has its own, behind one Choice.

The definition says which they are. What a state does follows `target NAME: ` in its comment, up to
the first semicolon or full stop.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from parris_cli.project_files import PROJECT

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFINITION = PROJECT / "state_machine" / "training.asl.json"
_DESCRIPTION = re.compile(r"target [a-z0-9-]+: ([^.;]+)")


@cache
def launch_states() -> Mapping[str, str]:
    """Return what each target's launch state does, by its name."""
    return _states_behind("SelectLaunchState")


@cache
def termination_states() -> Mapping[str, str]:
    """Return what each target's termination state does, by its name."""
    return _states_behind("SelectTerminationState")


def _states_behind(choice: str) -> Mapping[str, str]:
    states: dict[str, dict[str, Any]] = json.loads(_DEFINITION.read_text("utf-8"))["States"]
    names = [rule["Next"] for rule in states[choice]["Choices"]]
    return {name: _description_in(states[name]["Comment"]) for name in names}


def _description_in(comment: str) -> str:
    found = _DESCRIPTION.match(comment)
    return found[1] if found is not None else ""
