"""Templates in YAML are parsed with libyaml, where PyYAML has it.

Not a gap in behaviour: it parses the same in a tenth of the time. What it refuses is parsed again
by moto, so that the messages stay the same.
"""

from typing import Any

import yaml
from moto.cloudformation.models import Stack
from moto.cloudformation.utils import yaml_tag_constructor

from embedded_aws.patching import wrap

_QuickLoader: Any = getattr(yaml, "CLoader", None)


def install() -> None:
    """Patch the parser of templates."""
    if _QuickLoader is not None:
        wrap(Stack, "parse_template", _make_parse)


def _make_parse(original: Any) -> Any:
    class Loader(_QuickLoader):  # type: ignore[misc]
        """With moto's constructor of functions such as !Ref."""

    yaml.add_multi_constructor("", yaml_tag_constructor, Loader=Loader)

    def parse_template(template: str) -> Any:
        try:
            return yaml.load(template, Loader=Loader)
        except yaml.YAMLError:
            return original(template)

    return parse_template
