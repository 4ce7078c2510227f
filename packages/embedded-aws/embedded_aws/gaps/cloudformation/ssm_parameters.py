"""A template parameter that names a missing SSM parameter is refused.

AWS returns a ValidationError from CreateStack; moto fails with an internal error.
"""

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.parsing import ResourceMap

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the lookup."""
    wrap(ResourceMap, "parse_ssm_parameter", _make_parse)


def _make_parse(original: Any) -> Any:
    def parse_ssm_parameter(self: Any, value: str, value_type: str) -> Any:
        try:
            return original(self, value, value_type)
        except AttributeError as error:  # moto reads the value of None
            raise ValidationError(
                message=f"Unable to fetch parameters [{value}] from parameter store for this "
                "account."
            ) from error

    return parse_ssm_parameter
