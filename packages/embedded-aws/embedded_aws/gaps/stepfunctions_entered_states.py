"""Whoever asks for it sees each state that an execution enters: see embedded_aws/fault_injection.

No gap of behaviour: on AWS a person may stop an execution at any moment, or it comes to its limit,
and a test must be able to choose that moment.
"""

from typing import Any

from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.asl.component.state.wait.state_wait import StateWait

from embedded_aws.fault_injection.entered_state import EnteredState, watcher_of_states
from embedded_aws.patching import wrap


def install() -> None:
    """Patch what every state does first."""
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
