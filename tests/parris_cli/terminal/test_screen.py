"""What a person sees of a job: on terminals of every kind, and in a pipe."""

import io

import pytest

from parris_cli.terminal.cells import cell_width
from parris_cli.terminal.progress import Gauge, Progress
from parris_cli.terminal.screen import Screen
from parris_cli.terminal.style import Style
from tests.parris_cli.terminal.emulated_terminal import EmulatedTerminal

TRAINING = Progress(
    "training",
    (Gauge("4 h 30 min", "10 h", 0.45), Gauge("4.61", "20", 0.2305, "USD")),
    "log 4 s ago",
)
LONG = "one of many words " * 8


pytestmark = pytest.mark.usefixtures("a_modern_terminal")


def terminal_of(
    columns: int, monkeypatch: pytest.MonkeyPatch, encoding: str = "utf-8"
) -> EmulatedTerminal:
    monkeypatch.setenv("COLUMNS", str(columns))
    return EmulatedTerminal(columns, encoding)


def show_a_job(screen: Screen) -> None:
    screen.say("ten-hours-20310501t080000-04f2, with my-job.json", "job")
    screen.say("at most 20.46 USD: g5.xlarge at 1.0229 USD per hour\nends 10 h after it", "quote")
    screen.show_log_lines(["epoch 1  loss 0.43", "epoch 2  loss 0.21"])
    screen.show_status(TRAINING, at_seconds=0)
    screen.show_log_lines(["epoch 3  loss 0.14"])
    screen.show_status(TRAINING, at_seconds=1)


SHOWN_AT_80 = """\
parris  job          ten-hours-20310501t080000-04f2, with my-job.json
parris  quote        at most 20.46 USD: g5.xlarge at 1.0229 USD per hour
parris               ends 10 h after it
      | epoch 1  loss 0.43
      | epoch 2  loss 0.21
      | epoch 3  loss 0.14
parris  training     █░░░ 4 h 30 min of 10 h  ░░░░ 4.61 of 20 USD  log 4 s ago"""

SHOWN_AT_120 = """\
parris  job          ten-hours-20310501t080000-04f2, with my-job.json
parris  quote        at most 20.46 USD: g5.xlarge at 1.0229 USD per hour
parris               ends 10 h after it
      | epoch 1  loss 0.43
      | epoch 2  loss 0.21
      | epoch 3  loss 0.14
parris  training     █████████░░░░░░░░░░░ 4 h 30 min of 10 h  ████░░░░░░░░░░░░░░░░ \
4.61 of 20 USD  log 4 s ago"""

SHOWN_AT_40 = """\
parris  job
parris    ten-hours-20310501t080000-04f2
,
parris    with my-job.json
parris  quote  at most 20.46 USD:
parris    g5.xlarge at 1.0229 USD per
parris    hour
parris    ends 10 h after it
      | epoch 1  loss 0.43
      | epoch 2  loss 0.21
      | epoch 3  loss 0.14
parris  training  4 h 30 min  4.61 USD"""


@pytest.mark.parametrize(
    ("columns", "shown"), [(40, SHOWN_AT_40), (80, SHOWN_AT_80), (120, SHOWN_AT_120)]
)
def test_a_job_on_a_terminal(columns: int, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(columns, monkeypatch)
    show_a_job(Screen(terminal))
    assert "\n".join(terminal.rows) == shown
    assert "\x1b[1mjob\x1b[0m" in terminal.raw


def test_a_job_in_a_pipe() -> None:
    stream = io.StringIO()
    screen = Screen(stream)
    show_a_job(screen)
    screen.show_status(TRAINING, at_seconds=180)
    assert stream.getvalue() == (
        "parris  job          ten-hours-20310501t080000-04f2, with my-job.json\n"
        "parris  quote        at most 20.46 USD: g5.xlarge at 1.0229 USD per hour\n"
        "parris               ends 10 h after it\n"
        "      | epoch 1  loss 0.43\n"
        "      | epoch 2  loss 0.21\n"
        "      | epoch 3  loss 0.14\n"
        "parris  training: 4 h 30 min of 10 h, 4.61 of 20 USD, log 4 s ago\n"
    )


@pytest.mark.parametrize("kind", ["dumb", ""])
def test_a_dumb_terminal_is_sent_wrapped_lines_and_no_control_sequence(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", kind)
    terminal = terminal_of(80, monkeypatch)
    screen = Screen(terminal)
    show_a_job(screen)
    screen.say(LONG)
    screen.show_status(TRAINING, at_seconds=179)
    screen.show_status(TRAINING, at_seconds=180)
    screen.end_status()
    assert "\x1b" not in terminal.raw and "\r" not in terminal.raw
    assert max(map(len, terminal.rows)) < 80
    assert [row for row in terminal.rows if "training:" in row] == [
        "parris  training: 4 h 30 min of 10 h, 4.61 of 20 USD, log 4 s ago"
    ]


@pytest.mark.parametrize("value", ["1", "0", ""])
def test_any_value_of_no_color_switches_colours_off_and_leaves_the_status_line(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = terminal_of(80, monkeypatch)
    monkeypatch.setenv("NO_COLOR", value)
    show_a_job(Screen(terminal))
    assert ("m" in terminal.raw.replace("\x1b[K", "").partition("\x1b[")[2]) is not bool(value)
    assert "\n".join(terminal.rows) == SHOWN_AT_80


@pytest.mark.parametrize(
    ("encoding", "locale"),
    [
        ("ascii", "en_US.US-ASCII"),
        ("iso8859-1", "de_DE.ISO-8859-1"),
        ("utf-8", "C"),
        ("utf-8", "POSIX"),
        ("utf-8", "ja_JP.UTF-8"),
    ],
)
def test_where_blocks_may_not_be_shown_bars_are_ascii(
    encoding: str, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    terminal = terminal_of(100, monkeypatch, encoding)
    show_a_job(Screen(terminal))
    assert terminal.rows[-1] == (
        "parris  training     [#####.......] 4 h 30 min of 10 h  [##..........] 4.61 of 20 USD"
        "  log 4 s ago"
    )


@pytest.mark.parametrize("columns", [1, 20, 33, 47, 59, 61, 79, 133, 250])
def test_nothing_but_a_log_line_ever_reaches_the_last_column(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = terminal_of(columns, monkeypatch)
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal.columns = 1000
    screen = Screen(terminal)
    screen.say(LONG, "cleaning up")
    screen.say("\u6f22\u5b57\u306e\u9577\u3044\u540d\u524d\u3067\u3059" * 20, "note")
    screen.say(LONG)
    screen.show_status(TRAINING, at_seconds=0)
    assert max(map(cell_width, terminal.rows)) < max(columns, 20)


def test_wide_characters_count_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(40, monkeypatch)
    screen = Screen(terminal)
    screen.say("\u6f22\u5b57" * 20)
    screen.show_status(Progress("\u8a13\u7df4" * 30), at_seconds=0)
    assert terminal.rows == [
        "parris  " + "\u6f22\u5b57" * 7 + "\u6f22",
        "parris  \u5b57" + "\u6f22\u5b57" * 7,
        "parris  " + "\u6f22\u5b57" * 5,
        "parris  " + "\u8a13\u7df4" * 7 + "\u8a13",
    ]


def test_a_terminal_that_is_made_narrower_or_wider_keeps_one_status_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = terminal_of(120, monkeypatch)
    screen = Screen(terminal)
    screen.show_log_lines(["epoch 1"])
    screen.show_status(TRAINING, at_seconds=0)
    for columns in (60, 45, 100):
        terminal.narrow_to(columns)
        monkeypatch.setenv("COLUMNS", str(columns))
        screen.show_status(TRAINING, at_seconds=1)
        assert len(terminal.rows) == 2
        assert terminal.rows[0] == "      | epoch 1"
        assert terminal.rows[1].startswith("parris  training  ")


def test_the_status_line_goes_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(80, monkeypatch)
    screen = Screen(terminal)
    screen.show_log_lines(["epoch 1"])
    screen.show_status(TRAINING, at_seconds=0)
    screen.end_status()
    screen.say("over")
    assert terminal.rows == ["      | epoch 1", "parris  over"]


def test_a_script_cannot_steer_the_terminal() -> None:
    stream = io.StringIO()
    Screen(stream).show_log_lines(["\x1b[2Jgone\tbut\rnot tabs"])
    assert "\x1b" not in stream.getvalue()
    assert "\r" not in stream.getvalue()
    assert "\tbut" in stream.getvalue()


def test_a_status_cannot_either(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(80, monkeypatch)
    Screen(terminal).show_status(Progress("down\x1b[2Jloading", (), "a\nb\u202e"), at_seconds=0)
    assert terminal.rows == ["parris  downloading  a\ufffdb\ufffd"]


def test_elsewhere_progress_is_said_every_few_minutes_only() -> None:
    stream = io.StringIO()
    screen = Screen(stream)
    for second in range(0, 541, 3):
        screen.show_status(Progress("saving", remark=f"{second} s"), at_seconds=second)
    assert stream.getvalue().splitlines() == [
        "parris  saving: 180 s",
        "parris  saving: 360 s",
        "parris  saving: 540 s",
    ]


def test_a_stream_that_takes_nothing_any_more_is_written_to_no_further() -> None:
    class Gone(EmulatedTerminal):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    for stream in (Gone(), None):
        screen = Screen(stream)
        screen.say("nobody sees this")
        screen.show_log_lines(["nor this"])
        screen.show_status(TRAINING, at_seconds=0)
        screen.end_status()


def test_details_are_for_who_asks_for_them() -> None:
    for is_verbose in (False, True):
        stream = io.StringIO()
        Screen(stream, is_verbose=is_verbose).say_details("0 s  CreateStack")
        assert bool(stream.getvalue()) is is_verbose


def test_a_warning_is_marked_by_word_and_by_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(80, monkeypatch)
    Screen(terminal).warn("its log is not shown")
    assert terminal.rows == ["parris  note         its log is not shown"]
    assert f"\x1b[{Style.WARNING.value}mnote\x1b[0m" in terminal.raw


def test_in_a_pipe_a_long_line_stays_one() -> None:
    stream = io.StringIO()
    Screen(stream).say(LONG)
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_table_is_redrawn_above_the_status_line(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = terminal_of(columns, monkeypatch)
    screen = Screen(terminal)
    for step in range(3):
        table = ["trial  loss", f"    {step}  {'wide ' * 30}", "    9  0.5"]
        screen.show_status(Progress("sweeping", (Gauge(str(step), "9", unit="trials"),)), 0, table)
        screen.say(f"line {step}")
    rows = terminal.rows
    assert rows[:3] == [f"parris  line {step}" for step in range(3)]
    assert [row[:11].rstrip() for row in rows[3:6]] == ["trial  loss", "    2  wide", "    9  0.5"]
    assert rows[6].startswith("parris  sweeping")
    assert max(len(row) for row in rows) < columns
    terminal.narrow_to(30)
    monkeypatch.setenv("COLUMNS", "30")
    screen.end_status()
    assert terminal.rows == [f"parris  line {step}" for step in range(3)]


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_ctrl_c_behind_the_status_line_leaves_nothing_of_it(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = terminal_of(columns, monkeypatch)
    screen = Screen(terminal)
    screen.show_status(TRAINING, at_seconds=0, table=["a table"])
    terminal.write("^C")  # as the terminal itself shows it
    screen.end_status()
    assert terminal.rows == [""]
