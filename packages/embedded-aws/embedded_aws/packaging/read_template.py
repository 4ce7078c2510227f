"""Read a CloudFormation template with its short tags, `!Ref` and the like, as plain data."""

from pathlib import Path
from typing import Any

import yaml

# libyaml's loader is ten times as fast; PyYAML has it if it was built with it.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TemplateLoader(_SafeLoader):  # type: ignore[misc]
    """A separate loader, so that these tags do not apply to other YAML."""


def read_template(file: Path) -> dict[str, Any]:
    """Return the template with every short tag expanded: `!Sub x` is `{"Fn::Sub": x}`."""
    # A SafeLoader underneath: it constructs plain data only.
    template = yaml.load(file.read_text(encoding="utf-8"), Loader=_TemplateLoader)
    if not isinstance(template, dict):
        raise ValueError(f"{file} is not a CloudFormation template")
    return template


def _construct_tag(loader: _TemplateLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    return {name: value}


def _construct_date(loader: _TemplateLoader, node: yaml.Node) -> str:
    return str(node.value)


_TemplateLoader.add_multi_constructor("!", _construct_tag)
# `2010-09-09` and `2012-10-17` are strings in a template, not dates.
_TemplateLoader.add_constructor("tag:yaml.org,2002:timestamp", _construct_date)
