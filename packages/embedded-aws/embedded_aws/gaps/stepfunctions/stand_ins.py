"""An execution may do something else than its machine's definition: `Settings.execution_stand_ins`.

Not a gap in behaviour: on AWS nothing stands in for an execution.
"""

import json
from typing import Any

from moto.stepfunctions.parser.backend.execution import Execution

from embedded_aws.context import current
from embedded_aws.execution_stand_ins import StandIn
from embedded_aws.patching import wrap


def install() -> None:
    """Patch what an execution gives to its engine."""
    wrap(Execution, "start", _make_start)
    wrap(Execution, "get_start_execution_details", _make_execution_details)
    wrap(Execution, "get_start_state_machine_details", _make_machine_details)


def _make_start(original: Any) -> Any:
    def start(self: Any) -> None:
        chooser = current().settings.execution_stand_ins
        if chooser is not None:
            self._stand_in = chooser.stand_in_for(self.exec_arn, self.execution_input)
        original(self)

    return start


def _make_execution_details(original: Any) -> Any:
    def get_start_execution_details(self: Any) -> Any:
        details = original(self)
        stand_in = _stand_in_of(self)
        if stand_in is not None:
            details.inpt = json.loads(stand_in.input)
        return details

    return get_start_execution_details


def _make_machine_details(original: Any) -> Any:
    def get_start_state_machine_details(self: Any) -> Any:
        details = original(self)
        stand_in = _stand_in_of(self)
        if stand_in is not None:
            details.definition = stand_in.definition
        return details

    return get_start_state_machine_details


def _stand_in_of(execution: Any) -> StandIn | None:
    found: StandIn | None = getattr(execution, "_stand_in", None)
    return found
