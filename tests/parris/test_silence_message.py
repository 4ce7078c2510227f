"""The notification of a silent machine."""

from pathlib import Path

from parris.notifications.silence import silence_message
from parris.resource import NO_GUIDE
from parris.targets.ec2_stack.describe import describe
from tests.builders import a_job, after

GOLDEN = Path(__file__).parent / "messages"


def test_the_message_is_word_for_word_what_was_read_and_approved() -> None:
    job = a_job()
    machine = describe(job, ("i-0123456789abcdef0",))
    message = silence_message(job, machine, after(3600), after(3600 + 2880))
    assert message is not None
    text = f"Subject: {message.subject}\n\n{message.body}"
    assert text == (GOLDEN / "silent.txt").read_text()


def test_a_job_that_does_not_request_it_sends_none() -> None:
    assert silence_message(a_job(notify=("ended",)), NO_GUIDE, after(0), after(901)) is None
