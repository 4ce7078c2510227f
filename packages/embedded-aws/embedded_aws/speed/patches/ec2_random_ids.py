"""A random id is one random number.

Not a gap in behaviour. moto draws each of its 17 digits, and each new account has 300 ids.
"""

from typing import Any

from moto.ec2 import utils
from moto.moto_api._internal import mock_random

from embedded_aws.patching import wrap

_BITS_PER_DIGIT = 4


def install() -> None:
    """Patch what makes the digits of all ids of EC2."""
    wrap(utils, "random_resource_id", _make_random_resource_id)


def _make_random_resource_id(original: Any) -> Any:
    def random_resource_id(size: int = 8) -> str:
        return f"{mock_random.getrandbits(_BITS_PER_DIGIT * size):0{size}x}"

    return random_resource_id
