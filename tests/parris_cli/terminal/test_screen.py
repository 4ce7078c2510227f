import io

import pytest

from parris_cli.terminal.screen import Screen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def terminal_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_a_script_cannot_steer_the_terminal() -> None:
    stream = io.StringIO()
    Screen(stream).show_log_line("\x1b[2Jgone\tbut\rnot tabs")
    assert "\x1b" not in stream.getvalue()
    assert "\r" not in stream.getvalue()
    assert "\tbut" in stream.getvalue()


def test_on_a_terminal_the_status_stays_below_what_is_said() -> None:
    stream = Terminal()
    screen = Screen(stream)
    screen.show_status("10 s of 1 h", at_seconds=0)
    screen.say("CreateStack")
    shown = stream.getvalue().split("\r\x1b[K")
    assert shown == ["parris  10 s of 1 h", "parris  CreateStack\nparris  10 s of 1 h"]


def test_elsewhere_the_status_is_told_now_and_then_only() -> None:
    stream = io.StringIO()
    screen = Screen(stream, quiet_seconds=15)
    for second in range(31):
        screen.show_status(f"{second} s", at_seconds=second)
    assert stream.getvalue().splitlines() == ["parris  0 s", "parris  15 s", "parris  30 s"]


def test_a_stream_that_takes_nothing_any_more_is_written_to_no_further() -> None:
    class Gone(Terminal):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    for stream in (Gone(), None):
        screen = Screen(stream)
        screen.say("nobody sees this")
        screen.show_log_line("nor this")
        screen.show_status("nor that", at_seconds=0)
        screen.end_status()


LONG = "one of many words " * 8


def test_on_a_terminal_a_long_line_is_broken_between_words() -> None:
    stream = Terminal()
    Screen(stream).say(LONG)
    lines = stream.getvalue().splitlines()
    assert len(lines) > 1
    assert all(len(line) < 80 and line.startswith("parris  ") for line in lines)
    assert " ".join(line.removeprefix("parris  ") for line in lines).split() == LONG.split()


def test_in_a_pipe_a_long_line_stays_one() -> None:
    stream = io.StringIO()
    Screen(stream).say(LONG)
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize("kind", ["dumb", ""])
def test_a_terminal_that_cannot_write_over_a_line_is_sent_no_escape_sequence(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", kind or "dumb")
    if not kind:
        monkeypatch.delenv("TERM")
    stream = Terminal()
    screen = Screen(stream, quiet_seconds=15)
    for second in range(20):
        screen.show_status(f"{second} s", at_seconds=second)
    screen.say("done")
    screen.end_status()
    assert stream.getvalue().splitlines() == ["parris  0 s", "parris  15 s", "parris  done"]


@pytest.mark.parametrize("has_no_color", [False, True])
def test_no_colour_is_ever_sent(has_no_color: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if has_no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    screen = Screen(stream)
    screen.show_status("10 s", at_seconds=0)
    screen.say(LONG)
    screen.show_log_line("a line")
    screen.end_status()
    assert "\x1b[" not in stream.getvalue().replace("\x1b[K", "")


def test_the_status_line_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    stream = Terminal()
    Screen(stream).show_status("10 s of 1 h  0.0021 of 3 USD  AwaitWakeOrNextCheck", at_seconds=0)
    assert len(stream.getvalue()) < 30
