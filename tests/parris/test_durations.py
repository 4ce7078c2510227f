"""Durations as people write them."""

from decimal import Decimal

import pytest

from parris.durations import duration, parse_duration, seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10h", 36_000),
        ("90m", 5_400),
        ("2d", 172_800),
        ("1h30m", 5_400),
        ("1h 30m", 5_400),
        ("1.5h", 5_400),
        ("45s", 45),
        (" 2 Days ", 172_800),
        ("90 min", 5_400),
        ("10 hours", 36_000),
        ("1d2h3m4s", 93_784),
        (duration(7_500), 7_500),
    ],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "10",
        "h",
        "10x",
        "-1h",
        "1h-",
        "1e3h",
        "1,5h",
        "10h\n",
        "\u0661h",
        "1..5h",
        "1h" * 60,
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a number and a unit"):
        parse_duration(text)


def test_a_number_counts_in_the_unit_of_its_key() -> None:
    assert seconds_of(1.5, 3600) == Decimal(5400)
    assert seconds_of("1.5h", 1) == Decimal(5400)
