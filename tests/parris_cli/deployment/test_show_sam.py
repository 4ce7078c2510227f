"""What a person sees of `parris deploy`: on terminals of every kind, and in a pipe."""

import io
from collections.abc import Iterator
from typing import TextIO

import pytest

from parris_cli.deployment.sam_output import SamPhase
from parris_cli.deployment.show_sam import SamScreen
from parris_cli.terminal.screen import Screen
from tests.parris_cli.deployment.sam_prints import BUILDS, CREATES, FAILS, change_set, events
from tests.parris_cli.terminal.emulated_terminal import EmulatedTerminal

LINES = """\
parris  building     the functions and their layers
parris  uploading    what has changed since the last deployment
parris  creating     3 resources
"""
# All but the last resource, the stack and the end.
HALF_WAY = CREATES[:-4]


pytestmark = pytest.mark.usefixtures("a_modern_terminal")


class Deployment:
    """A build and a deployment that are followed on a clock that this test moves."""

    def __init__(self, stream: TextIO) -> None:
        self.seconds = 0.0
        self.stream = stream
        self.seen: list[str] = []
        self._shown = SamScreen(Screen(stream), lambda: self.seconds)

    def follow(self, lines: list[str], silent_seconds: float = 2.0) -> "Deployment":
        self._shown.follow(SamPhase.BUILDING, BUILDS)
        self._shown.follow(SamPhase.UPLOADING, self._lines(lines, silent_seconds))
        return self

    def _lines(self, lines: list[str], silent_seconds: float) -> Iterator[str | None]:
        yield from lines
        self.seconds += silent_seconds
        yield None
        if isinstance(self.stream, EmulatedTerminal):
            self.seen = self.stream.rows


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        (120, "creating     █████████████░░░░░░░ 2 of 3 resources  2 s  StackRole"),
        (80, "creating     █████████████░░░░░░░ 2 of 3 resources  2 s  StackRole"),
        (40, "creating  2 resources  2 s"),
    ],
)
def test_the_status_line_counts_the_resources(
    columns: int, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert Deployment(EmulatedTerminal(columns)).follow(HALF_WAY).seen[-1] == f"parris  {status}"


def test_a_terminal_has_colour_and_no_warning_for_resources_that_are_done() -> None:
    terminal = EmulatedTerminal(80)
    Deployment(terminal).follow(CREATES)
    assert "\x1b[1;36mcreating\x1b[0m" in terminal.raw
    assert "\x1b[33m" not in terminal.raw
    assert "\n".join(terminal.rows) + "\n" == LINES


def test_without_colour_nothing_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = EmulatedTerminal(80)
    Deployment(terminal).follow(CREATES)
    assert "\x1b[1" not in terminal.raw
    assert "\n".join(terminal.rows) + "\n" == LINES


def test_a_dumb_terminal_is_sent_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    terminal = EmulatedTerminal(80)
    Deployment(terminal).follow(CREATES)
    assert terminal.raw == LINES


def test_a_pipe_is_sent_lines_and_a_count_every_few_minutes() -> None:
    stream = io.StringIO()
    Deployment(stream).follow(HALF_WAY, silent_seconds=200)
    assert stream.getvalue() == (
        f"{LINES}parris  creating: 2 of 3 resources, 3 min 20 s, StackRole\n"
    )


def test_a_rollback_is_shown() -> None:
    stream = io.StringIO()
    Deployment(stream).follow(FAILS)
    assert stream.getvalue() == (
        f"{LINES}parris  rolling back CloudFormation undoes what it has begun\n"
    )


def test_an_update_says_what_changes() -> None:
    stream = io.StringIO()
    changes = [
        *change_set("+ New AWS::SNS::Topic", "* A AWS::Lambda::Function", "* B AWS::Lambda::Alias"),
        *events("UPDATE_COMPLETE AWS::Lambda::Function A -"),
    ]
    Deployment(stream).follow(changes)
    assert stream.getvalue().splitlines()[-1] == "parris  updating     resources: 1 new, 2 changed"


def test_the_size_of_what_is_uploaded_is_shown() -> None:
    terminal = EmulatedTerminal(80)
    shown = Deployment(terminal).follow(["\tUploading to 1  1500000 / 3000000  (50.00%)"])
    assert shown.seen[-1] == "parris  uploading    1.5 MB  2 s"
