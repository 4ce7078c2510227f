"""Renders a page from a template, which may use the frame and the charts of this package."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from parris.plain_text import plain_line
from parris_cli.formatting import data_size, duration, money
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
    environment.filters.update(
        duration=duration,
        money=money,
        number=number_label,
        plain=plain_line,
        short=_short,
        size=data_size,
        utc=utc_text,
    )
    return environment.get_template(template).render(values)


def _short(value: Json) -> Json:
    return number_label(value) if isinstance(value, float) else value


def utc_text(timestamp: datetime) -> str:
    """Return a time in UTC."""
    # A page is read by people in several places.
    return f"{timestamp.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
