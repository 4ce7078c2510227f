"""The state machines' definitions, read once, as the tests ask about it."""

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from parris.reasons import EndReason

CLONE = Path(__file__).resolve().parents[2]
DEFINITION_PATH = CLONE / "state_machine" / "training.asl.json"
DEFINITION: dict[str, Any] = json.loads(DEFINITION_PATH.read_text())
STATES: dict[str, dict[str, Any]] = DEFINITION["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
CLEANUP_PATH = CLONE / "state_machine" / "cleanup.asl.json"
CLEANUP: dict[str, Any] = json.loads(CLEANUP_PATH.read_text())
SWEEP_PATH = CLONE / "state_machine" / "sweep.asl.json"
SWEEP: dict[str, Any] = json.loads(SWEEP_PATH.read_text())
TRIAL: dict[str, Any] = SWEEP["States"]["RunTrials"]["ItemProcessor"]
"""The machine inside the sweep's map: one child for each trial."""
LAMBDA_TASKS = {name: state for name, state in TASKS.items() if ":lambda:" in state["Resource"]}


def states_by_target(choice: dict[str, Any]) -> dict[str, str]:
    """The state to which a Choice between targets leads, by the target."""
    return {rule["StringEquals"]: rule["Next"] for rule in choice["Choices"]}


def state_name_of(reason: EndReason) -> str:
    """The name of the state that stands for this end, e.g. `TimeLimit`."""
    return "".join(word.capitalize() for word in reason.value.split("_"))


LAUNCHES = states_by_target(STATES["SelectLaunchState"])
TERMINATIONS = states_by_target(STATES["SelectTerminationState"])


def file_of(state: str) -> str:
    """The name of the file that has a state's handler, without `.py`."""
    words = "".join(f"_{char.lower()}" if char.isupper() else char for char in state)
    return words.removeprefix("_")


# libyaml's loader is ten times as fast; PyYAML has it if it was built with it.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TemplateLoader(_SafeLoader):  # type: ignore[misc]
    """Reads CloudFormation's short forms (!Ref, !Sub, ...) as plain values."""


def _plain(loader: _TemplateLoader, tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_TemplateLoader.add_multi_constructor("!", _plain)


@functools.cache
def read_template(path: Path = CLONE / "template.yaml") -> dict[str, Any]:
    template = yaml.load(path.read_text(), Loader=_TemplateLoader)
    assert isinstance(template, dict)
    return template


def rules_of(state: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every place of a state that names a next one: itself, its choices, its catches."""
    yield state
    yield from state.get("Choices", [])
    yield from state.get("Catch", [])


def successors_of(name: str, states: dict[str, dict[str, Any]] = STATES) -> set[str]:
    state = states[name]
    found = {rule["Next"] for rule in rules_of(state) if "Next" in rule}
    return found | ({state["Default"]} if "Default" in state else set())


def reachable_from(
    start: str, states: dict[str, dict[str, Any]] = STATES, *, without: str = ""
) -> set[str]:
    """The states that one leads to; what only `without` leads to is left out."""
    seen: set[str] = {without} - {""}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += successors_of(name, states)
    return seen
