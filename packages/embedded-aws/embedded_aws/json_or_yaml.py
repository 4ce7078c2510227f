"""Parses a text that may be JSON or YAML, with the faster parser that can read it."""

import json
from collections.abc import Callable
from typing import Any


def parse(text: str, parse_yaml: Callable[[str], Any]) -> Any:
    """Parse the text: JSON is also valid YAML, but YAML parsers are far slower.

    Args:
        text: JSON or YAML.
        parse_yaml: reads what is not JSON.
    """
    try:
        return json.loads(text)
    except ValueError:
        return parse_yaml(text)
