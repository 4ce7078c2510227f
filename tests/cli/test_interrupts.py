import io
import signal
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
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


def test_the_second_ctrl_c_is_no_fault_of_the_request_in_whose_middle_it_comes() -> None:
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
