"""A random id is drawn at once.

Not a gap in behaviour. moto draws each digit by itself: 17 for each of the 300 ids of a new account
in EC2, and 52 for the id of each request.
"""

import string
from typing import Any

from moto.ec2 import utils
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.moto_random import MotoRandom

from embedded_aws.patching import wrap

_BITS_PER_DIGIT = 4


def install() -> None:
    """Patch what makes the digits of all ids of EC2, and random strings."""
    wrap(utils, "random_resource_id", _make_random_resource_id)
    wrap(MotoRandom, "get_random_string", _make_random_string)


def _make_random_resource_id(original: Any) -> Any:
    def random_resource_id(size: int = 8) -> str:
        return f"{mock_random.getrandbits(_BITS_PER_DIGIT * size):0{size}x}"

    return random_resource_id


def _make_random_string(original: Any) -> Any:
    def get_random_string(
        self: MotoRandom, length: int = 20, include_digits: bool = True, lower_case: bool = False
    ) -> str:
        pool = string.ascii_letters + (string.digits if include_digits else "")
        found = "".join(self.choices(pool, k=length))
        return found.lower() if lower_case else found

    return get_random_string
