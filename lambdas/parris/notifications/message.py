"""A message for SNS: a short subject, and a body of plain text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from parris.notifications.kinds import MessageKind
from parris.payloads import Payload

MOST_SUBJECT_CHARACTERS = 99
"""A subject is ASCII without line breaks and has less than 100 characters.
Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""

MOST_BODY_BYTES = 32_768
"""SNS accepts 262,144 bytes. But the state holds the body together with an outcome of up to 10,000
characters, and a state larger than 262,144 bytes ends the execution."""

_CUT_MARK = "..."
# Controls, overrides of the direction of text, separators of lines, and what is no text.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message about a job. `subject` and `body` conform to the limits of SNS."""

    kind: MessageKind
    job: str
    subject: str
    body: str

    def to_payload(self) -> Payload:
        """Return the message as the state that publishes it expects it."""
        return {"kind": self.kind, "job": self.job, "subject": self.subject, "body": self.body}


def make_message(kind: MessageKind, name: str, news: str, paragraphs: Iterable[str]) -> Message:
    """Return a message whose subject begins with the job's name and ends with the news.

    Args:
        kind: the kind of the message.
        name: the job's name, truncated if the subject would be too long.
        news: a short ASCII text.
        paragraphs: the body; empty ones are left out.
    """
    room = MOST_SUBJECT_CHARACTERS - len(f"[Parris] : {news}")
    subject = f"[Parris] {cut(name, room)}: {news}"
    body = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    printable = _UNPRINTABLE.sub(" ", body)
    return Message(kind, name, subject, cut_to_bytes(f"{printable}\n", MOST_BODY_BYTES))


def cut(text: str, most_characters: int) -> str:
    """Return the text, truncated and marked as such if it is too long."""
    if len(text) <= most_characters:
        return text
    return text[: most_characters - len(_CUT_MARK)] + _CUT_MARK


def cut_to_bytes(text: str, most_bytes: int) -> str:
    """Return the text, truncated and marked as such if it has more bytes in UTF-8."""
    encoded = text.encode()
    if len(encoded) <= most_bytes:
        return text
    return encoded[: most_bytes - len(_CUT_MARK)].decode(errors="ignore") + _CUT_MARK
