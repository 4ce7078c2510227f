import io
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
import pytest

from parris_cli.errors import InterruptedByUserError
from parris_cli.terminal.interrupts import Interrupts


@pytest.fixture(autouse=True)
def _signals_as_in_a_terminal() -> Iterator[None]:
    """Take away what the program that started the tests ignores, as nohup and `&` do."""
    numbers = (signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


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


def test_a_second_ctrl_c_inside_a_request_is_not_an_error_of_the_request() -> None:
    main = threading.main_thread().ident or 0

    class LosesPatience(BaseHTTPRequestHandler):
        """An AWS that takes its time, and a person who does not."""

        def do_POST(self) -> None:
            signal.pthread_kill(main, signal.SIGINT)
            assert interrupts.wait(60)
            signal.pthread_kill(main, signal.SIGINT)

    with HTTPServer(("127.0.0.1", 0), LosesPatience) as server, Interrupts() as interrupts:
        threading.Thread(target=server.handle_request, daemon=True).start()
        client = boto3.client(
            "stepfunctions",
            endpoint_url=f"http://127.0.0.1:{server.server_port}",
            region_name="us-east-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        with pytest.raises(InterruptedByUserError):
            client.list_state_machines()


def test_sigterm_exits_at_once() -> None:
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
def test_no_response_differs_from_a_response(stdin: io.StringIO) -> None:
    assert Interrupts(stdin, io.StringIO()).asks_to_end() is None


@pytest.mark.parametrize("outlives_command", [True, False])
@pytest.mark.parametrize(("typed", "is_ended"), [("y\n", True), ("n\n", False)])
def test_a_response_decides_whether_to_end(
    typed: str, is_ended: bool, outlives_command: bool
) -> None:
    interrupts = Interrupts(Terminal(typed), io.StringIO())
    assert interrupts.should_end(outlives_command=outlives_command) is is_ended


def test_without_a_response_only_what_ends_with_the_command_is_ended() -> None:
    assert Interrupts(Terminal(""), io.StringIO()).should_end(outlives_command=False)
    with pytest.raises(InterruptedByUserError):
        Interrupts(Terminal(""), io.StringIO()).should_end(outlives_command=True)


def test_the_signals_are_given_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_where_the_job_ends_with_the_command_the_first_signal_is_as_ctrl_c(number: int) -> None:
    with Interrupts(Terminal("n\n"), io.StringIO(), ends_job=True) as interrupts:
        signal.raise_signal(number)
        assert interrupts.wait(60)
        assert interrupts.asks_to_end() is None


def test_the_signal_that_raises_is_the_last_with_an_effect() -> None:
    with Interrupts(ends_job=True):
        with pytest.raises(InterruptedByUserError):
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGTERM)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.raise_signal(number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_before_anything_runs_the_first_signal_raises(number: int) -> None:
    with Interrupts() as interrupts, pytest.raises(InterruptedByUserError), interrupts.at_once():
        signal.raise_signal(number)


def test_a_signal_that_came_before_raises_as_soon_as_it_may() -> None:
    with Interrupts() as interrupts:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(InterruptedByUserError), interrupts.at_once():
            raise AssertionError("the block was entered")


def test_a_closing_terminal_may_send_two_signals() -> None:
    with Interrupts(ends_job=True) as interrupts:
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGHUP)
        assert interrupts.wait(60)
    with Interrupts(), pytest.raises(InterruptedByUserError):
        signal.raise_signal(signal.SIGHUP)


def test_what_is_held_is_not_torn_and_raises_afterwards() -> None:
    done = []
    with Interrupts() as interrupts:
        with pytest.raises(InterruptedByUserError), interrupts.held():
            signal.raise_signal(signal.SIGTERM)
            done.append("whole")
        with pytest.raises(InterruptedByUserError), interrupts.held():
            signal.raise_signal(signal.SIGTERM)
            done.append("torn")
    assert done == ["whole"]


def test_a_hangup_that_nohup_has_switched_off_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_after_a_no_the_next_ctrl_c_asks_again() -> None:
    with Interrupts(Terminal("n\ny\n"), io.StringIO()) as interrupts:
        for is_wanted in (False, True):
            signal.raise_signal(signal.SIGINT)
            assert interrupts.wait(60)
            assert interrupts.should_end(outlives_command=False) is is_wanted
        with pytest.raises(InterruptedByUserError):
            signal.raise_signal(signal.SIGINT)
