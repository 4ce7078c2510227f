"""The states that there are, by the two definitions."""

import json
from typing import Any

from parris_cli.project_files import PROJECT
from tests.faults.calls import ENGINE, MACHINES

_FILES = dict(zip(ENGINE, ("training", "cleanup", "sweep"), strict=True))
_FUNCTION_ARN = "FunctionArn}"


def machine_named(name: str) -> str:
    """Return what the template calls the state machine of that name, or of a map in it."""
    return next(machine for machine, file in _FILES.items() if f"-{file}" in name)


def _states_of(machine: str) -> dict[str, Any]:
    text = (PROJECT / "state_machine" / f"{_FILES[machine]}.asl.json").read_text()
    states: dict[str, Any] = json.loads(text)["States"]
    # A map has a machine in it, which is one of a kind by its states.
    inner = [one["ItemProcessor"]["States"] for one in states.values() if one["Type"] == "Map"]
    return {name: state for part in (states, *inner) for name, state in part.items()}


# Only a trial of a sweep is stopped early, by the reports of other trials.
_OF_TRIALS = ("StoppedEarly",)
ALL_STATES = tuple(
    (machine, state)
    for machine in MACHINES
    for state in _states_of(machine)
    if state not in _OF_TRIALS
)
"""Every state that a job by itself can enter, as (machine, name)."""

FUNCTIONS_OF_STATES = {
    (machine, name): state["Parameters"]["FunctionName"].strip("${").removesuffix(_FUNCTION_ARN)
    for machine in ENGINE
    for name, state in _states_of(machine).items()
    if str(state.get("Parameters", {}).get("FunctionName", "")).endswith(_FUNCTION_ARN)
}
"""The function that is at work in a state, by its name, for the states that have one."""
