"""A layer of a stack has the name that its LayerName says. moto makes a name up."""

from typing import Any

from moto.awslambda.models import LayerVersion

from embedded_aws.patching import wrap


def install() -> None:
    """Tell moto under which property a layer's name is found."""
    wrap(LayerVersion, "cloudformation_name_type", _make_name_type)


def _make_name_type(original: Any) -> Any:
    return lambda: "LayerName"
