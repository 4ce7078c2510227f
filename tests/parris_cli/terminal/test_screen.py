import io

from parris_cli.terminal.screen import Screen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


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
