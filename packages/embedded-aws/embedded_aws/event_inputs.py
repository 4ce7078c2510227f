"""The input of a rule's target: the event, a constant, or a template filled from the event."""

import json
import re
from datetime import UTC, datetime
from typing import Any

_TOKEN = re.compile(r'\\.|"|<([^<>]+)>')


def target_input(target: dict[str, Any], event: dict[str, Any]) -> str:
    """Return the JSON that a target of a rule is invoked with."""
    if "Input" in target:
        return str(target["Input"])
    shown = as_delivered(event)
    transformer = target.get("InputTransformer")
    if transformer:
        return fill_template(transformer["InputTemplate"], transformer["InputPathsMap"], shown)
    return json.dumps(_look_up(shown, target.get("InputPath", "$")))


def as_delivered(event: dict[str, Any]) -> dict[str, Any]:
    """Return moto's event as EventBridge delivers it: its time as a string, no internal fields."""
    shown = {name: value for name, value in event.items() if name != "ingestion-time"}
    if isinstance(shown.get("time"), int | float):
        shown["time"] = datetime.fromtimestamp(shown["time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return shown


def fill_template(template: str, paths: dict[str, str], event: dict[str, Any]) -> str:
    """Fill `<name>` from the event: as JSON in place of a value, as text within a string."""
    values = {name: _look_up(event, path) for name, path in paths.items()}
    is_in_string = False

    def replace(found: re.Match[str]) -> str:
        nonlocal is_in_string
        if found[0] == '"':
            is_in_string = not is_in_string
        if found[1] is None or found[1] not in values:
            return found[0]
        value = values[found[1]]
        if not is_in_string:
            return json.dumps(value)
        text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
        return json.dumps(text)[1:-1]

    return _TOKEN.sub(replace, template)


def _look_up(event: dict[str, Any], path: str) -> Any:
    found: Any = event
    for step in path.removeprefix("$").split("."):
        if step and isinstance(found, dict):
            found = found.get(step)
    return found
