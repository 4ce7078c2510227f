import io
import signal

import pytest

from cli.errors import InterruptedByUserError
from cli.interrupts import Interrupts


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_first_ctrl_c_ends_a_wait_and_nothing_else() -> None:
    with Interrupts() as interrupts:
        assert not interrupts.wait(0)
        signal.raise_signal(signal.SIGINT)
        assert interrupts.wait(60)


def test_the_second_ctrl_c_is_the_way_out() -> None:
    with Interrupts(), pytest.raises(InterruptedByUserError):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)


def test_being_told_to_terminate_is_the_way_out_at_once() -> None:
    with Interrupts(), pytest.raises(InterruptedByUserError):
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.parametrize(
    ("typed", "is_wanted"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False)]
)
def test_a_person_is_asked_once_and_answers(typed: str, is_wanted: bool) -> None:
    question = io.StringIO()
    with Interrupts(Terminal(typed), question) as interrupts:
        signal.raise_signal(signal.SIGINT)
        assert interrupts.wait(60)
        assert interrupts.asks_to_end() is is_wanted
        assert not interrupts.wait(0)
    assert "End the job now?" in question.getvalue()


@pytest.mark.parametrize("stdin", [io.StringIO("y\n"), Terminal("")])
def test_nobody_to_answer_is_told_from_an_answer(stdin: io.StringIO) -> None:
    assert Interrupts(stdin, io.StringIO()).asks_to_end() is None


def test_the_signals_are_given_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
