"""Checks that the purchase option and the termination of an instance are compatible."""

from collections.abc import Iterator

from parris.payloads import Payload
from parris.targets.ec2_stack.spec import STOP_INSTANCE, is_spot
from parris.validation.violations import Violation, shown


def find_unstoppable_machine(config: Payload) -> Iterator[Violation]:
    """Yield a violation if a spot instance is to be stopped, which EC2 does not support."""
    kept = config.get("on-termination") == STOP_INSTANCE
    if kept and is_spot(config):
        expected = (
            "delete-stack, because EC2 cannot stop one-time spot instances. The results are saved"
            " first, and the volume is kept if they are not. To keep the instance, choose on-demand"
        )
        yield Violation("/on-termination", shown(STOP_INSTANCE), expected)
