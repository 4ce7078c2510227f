"""The Arn of an AWS::Logs::LogGroup ends with `:*`, so that a policy with it covers the streams.

moto omits the suffix.
"""

from typing import Any

from moto.logs.models import LogGroup

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the attribute."""
    wrap(LogGroup, "get_cfn_attribute", _make_get)


def _make_get(original: Any) -> Any:
    def get_cfn_attribute(self: Any, attribute_name: str) -> Any:
        found = original(self, attribute_name)
        return f"{found}:*" if attribute_name == "Arn" else found

    return get_cfn_attribute
