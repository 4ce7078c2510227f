"""Checks that a script can run at all, before a machine is billed."""

from collections.abc import Iterator

from parris.payloads import Payload, text_in
from parris.validation.semantics import SCRIPT_KEY
from parris.validation.violations import Violation, shown

_UTF8_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_LINUX_EXECUTABLE = b"\x7fELF"
_HEAD_BYTES = 1000
_SAVE_AS = "save it as UTF-8 without a byte order mark"


def find_script_violations(config: Payload, body: bytes) -> Iterator[Violation]:
    """Yield a violation for a script that no machine could run.

    Windows line endings and a missing shebang line are accepted: the runner handles both.

    Args:
        config: the merged config.
        body: the script.
    """
    name = text_in(config, SCRIPT_KEY)
    expected = _expected(name.lower(), body)
    if expected is not None:
        yield Violation(f"/{SCRIPT_KEY}", shown(name), expected)


def _expected(name: str, body: bytes) -> str | None:
    if not body.removeprefix(_UTF8_MARK).strip():
        return "a script that is not empty"
    if body.startswith(_OTHER_MARKS) or _is_utf16_without_mark(body):
        return f"a script in UTF-8; this one is in UTF-16 or UTF-32: {_SAVE_AS}"
    if body.startswith(_UTF8_MARK) and (body[3:5] == b"#!" or not name.endswith(".py")):
        return f"a script that does not begin with a byte order mark: {_SAVE_AS}"
    if name.endswith(".ipynb"):
        return "a script, not a notebook; convert it: jupyter nbconvert --to script"
    is_executable = body.startswith((_LINUX_EXECUTABLE, b"#!"))
    if not is_executable and b"\0" in body[:_HEAD_BYTES]:
        return "a script in plain text, or a Linux executable"
    return None


def _is_utf16_without_mark(body: bytes) -> bool:
    """Return whether every second byte at the start is zero, as with Latin letters in UTF-16."""
    head = body[:_HEAD_BYTES]
    halves = head[0::2], head[1::2]
    return any(len(half) > 1 and not any(half) for half in halves) and any(head)
