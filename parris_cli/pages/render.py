"""Renders a page from a template, which may use the frame and the charts of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from parris_cli.formatting import duration, money
from parris_cli.pages.axis import number_label

if TYPE_CHECKING:
    from parris.payloads import Json


def render_page(package: str, template: str, **values: Any) -> str:
    """Return a page as HTML. All values are escaped.

    Args:
        package: the package that has the template.
        template: its file name.
        values: what it shows.
    """
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package, ""), PackageLoader("parris_cli.pages", "")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(duration=duration, money=money, number=number_label, short=_short)
    return environment.get_template(template).render(values)


def _short(value: Json) -> Json:
    return number_label(value) if isinstance(value, float) else value
