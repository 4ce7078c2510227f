"""Why an instance is being stopped: EC2 says it from the request on, moto at the end."""

from typing import Any

from moto.ec2.models.instances import StateReason

from embedded_aws.context import current, is_running


def note_stop_request(instance: Any) -> None:
    """Note that the API has requested the stop of an instance."""
    if is_running():
        at = current().clock.now().strftime("%Y-%m-%d %H:%M:%S GMT")
        instance._reason = f"User initiated ({at})"
    code = "Client.UserInitiatedShutdown"
    instance.state_reason = StateReason(f"{code}: User initiated shutdown", code)


def note_own_shutdown(instance: Any) -> None:
    """Note that the system of an instance has shut down by itself."""
    code = "Client.InstanceInitiatedShutdown"
    instance._reason = ""
    instance.state_reason = StateReason(f"{code}: Instance initiated shutdown", code)
