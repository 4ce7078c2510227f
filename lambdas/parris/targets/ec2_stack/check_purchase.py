"""Whether an instance that is bought so can end so."""

from collections.abc import Iterator

from parris.payloads import Payload
from parris.targets.ec2_stack.spec import STOP_INSTANCE, is_spot
from parris.validation.violations import Violation, shown


def find_unstoppable_machine(config: Payload) -> Iterator[Violation]:
    """Yield a violation where a spot instance is to be stopped, which EC2 refuses."""
    kept = config.get("on-termination") == STOP_INSTANCE
    if kept and is_spot(config):
        expected = (
            "delete-stack: EC2 stops no one-time spot instance. Results are saved either way, and"
            " the volume is kept where they could not be; choose on-demand to keep the instance"
        )
        yield Violation("/on-termination", shown(STOP_INSTANCE), expected)
