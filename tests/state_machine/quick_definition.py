"""A state machine's own definition with short waits: nothing but numbers of seconds differs."""

import copy
import re
from typing import Any

from tests.architecture.definition import DEFINITION

_PLACEHOLDER = re.compile(r"\$\{(\w+?)(FunctionArn)?\}")
_GROWING = ".failed_checks.wait_seconds"
_LONGEST_WAIT_SECONDS = 1620
_GROWTH = re.compile(r", \d+\)$")
_QUICK_RETRY = {"IntervalSeconds": 1, "MaxDelaySeconds": 2, "BackoffRate": 1.0}


def quick_definition(definition: dict[str, Any] = DEFINITION) -> dict[str, Any]:
    """Return the definition as it is run here.

    Functions and table are named that need not exist, since every task is mocked. Seconds that the
    payloads give are 1 in the mock file; those that the definition itself holds become 1 here.
    """
    quick: dict[str, Any] = _substituted(copy.deepcopy(definition))
    for state in quick["States"].values():
        if "Seconds" in state:
            state["Seconds"] = 1
        _shorten_growing_wait(state)
        for retrier in state.get("Retry", []):
            retrier.update(_QUICK_RETRY)
    return quick


def _shorten_growing_wait(state: dict[str, Any]) -> None:
    """Let a wait that grows from check to check last a second, and be the last one at the third."""
    if state.get("SecondsPath", "").endswith(_GROWING):
        del state["SecondsPath"]
        state["Seconds"] = 1
    if state.get("ResultPath", "") and "wait_seconds.$" in state.get("Parameters", {}):
        step = _GROWTH.sub(
            f", {_LONGEST_WAIT_SECONDS // 3})", state["Parameters"]["wait_seconds.$"]
        )
        state["Parameters"]["wait_seconds.$"] = step


def _substituted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _substituted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_substituted(inner) for inner in value]
    return _PLACEHOLDER.sub(_stand_in, value) if isinstance(value, str) else value


def _stand_in(found: re.Match[str]) -> str:
    name, is_function = found.groups()
    if name == "Partition":
        return "aws"
    return f"arn:aws:lambda:us-east-1:123456789012:function:{name}" if is_function else str(name)
