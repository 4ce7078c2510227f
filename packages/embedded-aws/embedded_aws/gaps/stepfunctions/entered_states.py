"""A watcher sees each state that an execution enters: see embedded_aws/fault_injection.

Not a gap in behaviour: on AWS a user may stop an execution, or it may time out, at any time, and a
test must be able to choose that time.
"""

from typing import Any

from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.asl.component.state.wait.state_wait import StateWait

from embedded_aws.fault_injection.entered_state import EnteredState, watcher_of_states
from embedded_aws.patching import wrap


def install() -> None:
    """Patch the first step of every state."""
    wrap(CommonStateField, "_eval_state_input", _make_eval_state_input)


def _make_eval_state_input(original: Any) -> Any:
    def eval_state_input(self: Any, env: Any) -> None:
        original(self, env)
        watcher = watcher_of_states()
        if watcher is None:
            return
        context = env.states.context_object.context_object_data
        watcher(
            EnteredState(
                name=self.name,
                machine=context["StateMachine"]["Name"],
                execution_arn=context["Execution"]["Id"],
                execution_input=context["Execution"]["Input"],
                waits=isinstance(self, StateWait) or _waits_for_token(self),
                environment=env,
            )
        )

    return eval_state_input


def _waits_for_token(state: Any) -> bool:
    resource = getattr(state, "resource", None)
    return str(getattr(resource, "resource_arn", "")).endswith(".waitForTaskToken")
