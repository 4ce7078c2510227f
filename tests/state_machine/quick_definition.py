"""A state machine's own definition with short waits: nothing but numbers of seconds differs."""

import copy
import re
from typing import Any

from tests.architecture.definition import DEFINITION

_PLACEHOLDER = re.compile(r"\$\{(\w+?)(FunctionArn)?\}")
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
        for retrier in state.get("Retry", []):
            retrier.update(_QUICK_RETRY)
    return quick


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
