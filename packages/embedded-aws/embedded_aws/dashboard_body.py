"""Checks the body of a dashboard, as far as AWS documents its structure.

Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
from collections.abc import Iterator
from typing import Any

_REQUIRED = {
    "metric": ("region", "metrics"),
    "log": ("region", "query"),
    "alarm": ("alarms",),
    "text": ("markdown",),
}
_VIEWS = {
    "metric": ("timeSeries", "singleValue", "gauge", "bar", "pie", "table"),
    "log": ("table", "timeSeries", "bar", "pie"),
}
_COLUMNS, _MOST_HEIGHT, _MOST_ALARMS, _MOST_WIDGETS = 24, 1000, 100, 500


def violations_in(body: str) -> list[str]:
    """Return what is wrong with a body; empty if nothing is."""
    try:
        parsed = json.loads(body)
    except ValueError as error:
        return [f"the body is no JSON: {error}"]
    widgets = parsed.get("widgets") if isinstance(parsed, dict) else None
    if not isinstance(widgets, list) or len(widgets) > _MOST_WIDGETS:
        return [f"/widgets must be an array of at most {_MOST_WIDGETS}"]
    return [
        f"/widgets/{number}{violation}"
        for number, widget in enumerate(widgets)
        for violation in _widget_violations(widget)
    ]


def _widget_violations(widget: Any) -> Iterator[str]:
    kind = widget.get("type") if isinstance(widget, dict) else None
    if kind not in _REQUIRED:
        yield f"/type must be one of {', '.join(_REQUIRED)} (or is not modelled)"
        return
    yield from _place_violations(widget)
    properties = widget.get("properties", {})
    for name in _REQUIRED[kind]:
        if name not in properties:
            yield f"/properties/{name} is required"
    view = properties.get("view")
    if kind in _VIEWS and view is not None and view not in _VIEWS[kind]:
        yield f"/properties/view must be one of {', '.join(_VIEWS[kind])}"
    if kind == "metric":
        yield from _metric_violations(properties)
    if not 0 <= len(properties.get("alarms", [])) <= _MOST_ALARMS:
        yield f"/properties/alarms must have at most {_MOST_ALARMS} items"


def _place_violations(widget: dict[str, Any]) -> Iterator[str]:
    width, height = widget.get("width", 6), widget.get("height", 6)
    if not 1 <= width <= _COLUMNS or not 0 <= widget.get("x", 0) <= _COLUMNS - width:
        yield f" must lie in the {_COLUMNS} columns"
    if not 1 <= height <= _MOST_HEIGHT:
        yield f"/height must be from 1 to {_MOST_HEIGHT}"
    if ("x" in widget) != ("y" in widget):
        yield " must have both x and y, or neither"


def _metric_violations(properties: dict[str, Any]) -> Iterator[str]:
    period = properties.get("period", 300)
    if period not in (1, 5, 10, 30) and period % 60:
        yield "/properties/period must be a multiple of 60"
    for number, metric in enumerate(properties.get("metrics", [])):
        names = metric[:-1] if metric and isinstance(metric[-1], dict) else metric
        is_expression = not names
        if not is_expression and (len(names) < 2 or len(names) % 2):
            yield f"/properties/metrics/{number} needs a namespace, a name, and pairs of dimensions"
        if not all(isinstance(name, str) for name in names):
            yield f"/properties/metrics/{number} must consist of texts"
        if number == 0 and any(set(name) == {"."} for name in names):
            yield f"/properties/metrics/{number} repeats what is not there"
