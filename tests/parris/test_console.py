"""What a cause says of a machine's console."""

from parris.console import Console, console_text


def test_the_last_lines_are_shown() -> None:
    words = console_text(Console("".join(f"line {number}\n" for number in range(100))))
    assert words.startswith("last lines of its console:\n[...]\nline 80\n")
    assert words.endswith("\nline 99")


def test_what_tells_the_cause_is_shown_though_a_shutdown_comes_after_it() -> None:
    denied = "[   21.3] cloud-init[812]: fatal error: An error occurred (403): Forbidden"
    off = "[  OK  ] Reached target Power-Off.\n" * 30
    words = console_text(Console(f"booting\n{denied}\n{off}"))
    assert denied in words
    assert "booting" not in words


def test_what_a_terminal_would_obey_is_removed() -> None:
    hostile = "\x1b[2J\x1b]0;title\x07a\x1b[31mb\x1bcc\x9b1m\x00\u202ed\r\n"
    assert console_text(Console(hostile)).endswith(":\nabc1md")


def test_a_long_console_is_cut() -> None:
    assert len(console_text(Console(("x" * 5000 + "\n") * 5000))) < 8_000
    assert len(console_text(Console(("parris: " + "\U0001f600" * 5000 + "\n") * 500))) < 8_000


def test_nothing_to_see_is_said() -> None:
    assert console_text(Console(" \n\n")) == "its console has no output so far"


def test_a_refusal_is_said() -> None:
    words = console_text(Console("", "UnauthorizedOperation"))
    assert words == "its console could not be read: UnauthorizedOperation"
