"""`States.ALL` catches neither `States.Runtime` nor `States.DataLimitExceeded`.

On AWS these two end the execution even if Catch or Retry lists `States.ALL`; moto lets `States.ALL`
match them, which hides that nothing inside a machine can clean up after them.
"""

from typing import Any

from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import (
    ErrorEqualsDecl,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import (
    StatesErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)

from embedded_aws.patching import wrap

_UNCATCHABLE = (
    StatesErrorName(typ=StatesErrorNameType.StatesRuntime),
    StatesErrorName(typ=StatesErrorNameType.StatesStatesDataLimitExceeded),
)


def install() -> None:
    """Patch how Retry and Catch match error names."""
    wrap(ErrorEqualsDecl, "_eval_body", _make_eval_body)


def _make_eval_body(original: Any) -> Any:
    def eval_body(self: Any, env: Any) -> None:
        error_name = env.stack[-1]
        if error_name in _UNCATCHABLE:
            env.stack.pop()
            env.stack.append(error_name in self.error_names)
            return
        original(self, env)

    return eval_body
