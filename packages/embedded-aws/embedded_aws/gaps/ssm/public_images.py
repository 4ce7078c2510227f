"""The public aliases of Deep Learning, Neuron and Ubuntu images resolve.

AWS publishes them as SSM parameters; moto knows only those of Amazon Linux. An alias that is not in
`embedded_aws/public_images.py` stays unknown.
"""

from datetime import UTC, datetime
from typing import Any

from moto.ssm.models import Parameter, SimpleSystemManagerBackend

from embedded_aws.patching import wrap
from embedded_aws.public_images import BY_ALIAS

_PUBLISHED_AT = datetime(2026, 11, 1, tzinfo=UTC)


def install() -> None:
    """Patch the lookup of one parameter and of several."""
    wrap(SimpleSystemManagerBackend, "get_parameter", _make_get_parameter)
    wrap(SimpleSystemManagerBackend, "get_parameters", _make_get_parameters)


def _make_get_parameter(original: Any) -> Any:
    def get_parameter(self: Any, name: str) -> Any:
        image = BY_ALIAS.get(name)
        if image is None:
            return original(self, name)
        return Parameter(  # type: ignore[abstract]
            account_id=self.account_id,
            name=name,
            value=image.image_id,
            parameter_type="String",
            description=None,
            allowed_pattern=None,
            keyid=None,
            last_modified_date=_PUBLISHED_AT,
            version=1,
            data_type="aws:ec2:image",
        )

    return get_parameter


def _make_get_parameters(original: Any) -> Any:
    def get_parameters(self: Any, names: list[str]) -> dict[str, Any]:
        result: dict[str, Any] = original(self, names)
        for name in names:
            if name not in result and name in BY_ALIAS:
                result[name] = self.get_parameter(name)
        return result

    return get_parameters
