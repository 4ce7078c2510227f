"""A Choice with a missing path, or without a match, fails the execution.

On AWS a missing path is `States.Runtime` (only `IsPresent` may test for it), and a Choice without
Default and without a match is `States.NoChoiceMatched`. moto continues with Default when a path is
missing, reports `States.Runtime` when nothing matches, and cannot read `$$.` paths on the
right-hand side of the `...Path` operators.
"""

import importlib
import pkgutil
import threading
from typing import Any

from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_operator_type import (  # noqa: E501
    ComparisonOperatorType,
)
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_variable import (
    ComparisonVariable,
)
from moto.stepfunctions.parser.asl.component.state.choice.comparison.operator import (
    implementations,
)
from moto.stepfunctions.parser.asl.component.state.choice.comparison.variable import NoSuchVariable
from moto.stepfunctions.parser.asl.component.state.choice.state_choice import StateChoice

from embedded_aws.execution_failures import fail_execution
from embedded_aws.patching import wrap

_evaluating = threading.local()


def install() -> None:
    """Patch the Choice state, its comparisons and their path operators."""
    wrap(StateChoice, "_eval_state", _make_eval_state)
    wrap(ComparisonVariable, "_eval_body", _make_compare)
    for found in pkgutil.iter_modules(implementations.__path__):
        module = importlib.import_module(f"{implementations.__name__}.{found.name}")
        if hasattr(module, "extract_json"):
            wrap(module, "extract_json", _make_extract_json)


def _make_eval_state(original: Any) -> Any:
    def eval_state(self: Any, env: Any) -> None:
        _evaluating.env = env
        try:
            original(self, env)
        except RuntimeError as error:
            if not str(error.args[0]).startswith("No branching option reached"):
                raise
            fail_execution(
                env,
                StatesErrorNameType.StatesNoChoiceMatched,
                f"State '{self.name}': no choice rule matched and there is no Default",
            )

    return eval_state


def _make_compare(original: Any) -> Any:
    def compare(self: Any, env: Any) -> None:
        self.variable.eval(env)
        is_missing = isinstance(env.stack[-1], NoSuchVariable)
        operator = self.comparison_function.operator_type
        if is_missing and operator != ComparisonOperatorType.IsPresent:
            fail_execution(
                env,
                StatesErrorNameType.StatesRuntime,
                f"Invalid path '{self.variable.string_sampler.literal_value}': The choice state's "
                "condition path references an invalid value.",
            )
        self.comparison_function.eval(env)

    return compare


def _make_extract_json(original: Any) -> Any:
    def extract_json(path: str, data: Any) -> Any:
        if path.startswith("$$."):
            context = _evaluating.env.states.context_object.context_object_data
            return original(path[1:], context)
        return original(path, data)

    return extract_json
