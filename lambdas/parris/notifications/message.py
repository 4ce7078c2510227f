"""A message as SNS takes it: a short subject, and a body of plain text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from parris.notifications.kinds import MessageKind
from parris.payloads import Payload

MOST_SUBJECT_CHARACTERS = 99
"""A subject is ASCII without line breaks, of less than 100 characters.
Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""

MOST_BODY_BYTES = 32_768
"""SNS takes 262,144 bytes. But the body travels in the state beside an outcome of up to 10,000
characters, and a state has 262,144 bytes in all: what passes that ends an execution."""

_CUT_MARK = "..."
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Message:
    """What one message tells of which job. `subject` and `body` keep to SNS's rules."""

    kind: MessageKind
    job: str
    subject: str
    body: str

    def to_payload(self) -> Payload:
        """Return the message as the state that publishes it takes it."""
        return {"kind": self.kind, "job": self.job, "subject": self.subject, "body": self.body}


def make_message(kind: MessageKind, name: str, news: str, paragraphs: Iterable[str]) -> Message:
    """Return a message whose subject begins with the job's name and ends with the news.

    Args:
        kind: what it tells.
        name: the job's name, cut where the subject would be too long.
        news: a few ASCII words.
        paragraphs: the body; empty ones are left out.
    """
    room = MOST_SUBJECT_CHARACTERS - len(f"[Parris] : {news}")
    subject = f"[Parris] {cut(name, room)}: {news}"
    body = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    printable = _UNPRINTABLE.sub(" ", body)
    return Message(kind, name, subject, cut_to_bytes(f"{printable}\n", MOST_BODY_BYTES))


def cut(text: str, most_characters: int) -> str:
    """Return the text, its end cut off and marked where it is too long."""
    if len(text) <= most_characters:
        return text
    return text[: most_characters - len(_CUT_MARK)] + _CUT_MARK


def cut_to_bytes(text: str, most_bytes: int) -> str:
    """Return the text, its end cut off and marked where it has more bytes in UTF-8."""
    encoded = text.encode()
    if len(encoded) <= most_bytes:
        return text
    return encoded[: most_bytes - len(_CUT_MARK)].decode(errors="ignore") + _CUT_MARK
