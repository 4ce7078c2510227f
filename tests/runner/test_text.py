"""What of a line is sent to the log."""

import pytest
from runner_text import shown_text, without_colours

ESC = "\x1b"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Größe 漢字\t👩‍🔬", "Größe 漢字\t👩‍🔬"),
        (f"{ESC}[1;32mgreen{ESC}[0m", f"{ESC}[1;32mgreen{ESC}[0m"),
        (f"{ESC}[2J{ESC}[Hcleared", "cleared"),
        (f"{ESC}]0;title\x07{ESC}]8;;https://x{ESC}\\link", "link"),
        ("\x9b31mC1\x9d0;t\x9c", "C1"),
        (f"{ESC}{ESC}[2J[2J", "\ufffd[2J"),
        (f"cut {ESC}[12", "cut 12"),
        ("spin |\x08/\x08-\x08done", "spin done"),
        ("\x08\x08x", "x"),
        ("bell\x07\x00\x7f\x85", "bell" + "\ufffd" * 4),
    ],
)
def test_colours_stay_and_nothing_else_steers(line: str, text: str) -> None:
    assert shown_text(line.encode()) == text


def test_what_is_not_utf8_is_replaced() -> None:
    assert shown_text(b"a\xff\xc3b") == "a\ufffd\ufffdb"


def test_colours_can_be_taken_away() -> None:
    assert without_colours(f"{ESC}[38;2;1;2;3mred{ESC}[m and {ESC}[0m") == "red and "
