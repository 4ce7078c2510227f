"""A layer of a stack has the name in its LayerName. moto makes a name up."""

from typing import Any

from moto.awslambda.models import LayerVersion

from embedded_aws.patching import wrap


def install() -> None:
    """Set the property that moto reads a layer's name from."""
    wrap(LayerVersion, "cloudformation_name_type", _make_name_type)


def _make_name_type(original: Any) -> Any:
    return lambda: "LayerName"
