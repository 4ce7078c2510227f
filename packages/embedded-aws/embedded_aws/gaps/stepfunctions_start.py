"""StartExecution without a name generates one; an invalid name is refused.

moto names every such execution `None`, so the second one already exists.
"""

import re
import uuid
from typing import Any

from moto.stepfunctions.exceptions import InvalidName
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from embedded_aws.patching import wrap

_FORBIDDEN = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")


def install() -> None:
    """Patch the executing backend."""
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
        chosen = name or str(uuid.uuid4())
        return original(self, state_machine_arn, chosen, execution_input, trace_header)

    return start_execution
