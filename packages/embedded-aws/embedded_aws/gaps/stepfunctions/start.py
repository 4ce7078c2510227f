"""StartExecution without a name generates one; an invalid name or input is refused.

moto names every such execution `None`, so the second one already exists. It takes NaN for JSON, and
its engine fails on an input that is nested a few hundred levels deep.
"""

import json
import re
import sys
import uuid
from typing import Any, NoReturn

from moto.stepfunctions.exceptions import InvalidExecutionInput, InvalidName
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from embedded_aws.patching import wrap

_FORBIDDEN = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")
# AWS documents no limit. The engine's threads have stacks for so many levels.
_DEEPEST_LEVEL = 1_500
# The engine copies and prints an input with several Python frames for each level.
_FRAMES = 20_000
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


def install() -> None:
    """Patch the executing backend."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _FRAMES))
    wrap(StepFunctionsParserBackend, "start_execution", _make_start_execution)


def _make_start_execution(original: Any) -> Any:
    def start_execution(
        self: Any,
        state_machine_arn: str,
        name: str | None = None,
        execution_input: str | None = None,
        trace_header: str | None = None,
    ) -> Any:
        if name is not None and _FORBIDDEN.search(name):
            raise InvalidName(f"Invalid Name: '{name}'")
        if execution_input is not None:
            _require_json(execution_input)
        chosen = name or str(uuid.uuid4())
        return original(self, state_machine_arn, chosen, execution_input, trace_header)

    return start_execution


def _require_json(text: str) -> None:
    """Refuse an input that is not JSON, or that is nested too deep.

    Raises:
        InvalidExecutionInput: saying why.
    """
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(bracket.group(), 0)
        if depth > _DEEPEST_LEVEL:
            _refuse(f"nested more than {_DEEPEST_LEVEL} levels deep")
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except ValueError as err:
        _refuse(str(err))


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _refuse(why: str) -> NoReturn:
    raise InvalidExecutionInput(f"Invalid State Machine Execution Input: '{why}'")
