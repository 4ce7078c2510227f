"""The last lines of a machine's console, as part of the cause of a failed launch."""

import re
from dataclasses import dataclass

_LAST_LINES = 20
_EARLIER_LINES = 10
_LONGEST_LINE = 200
"""Characters. With the numbers of lines above: at most 6 KB, as a state's payload has 256 KiB."""

# Colours and cursor movements of systemd and the kernel, then every other control character.
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Output of the bootstrap and user data, which 20 lines of a system's shutdown may follow.
_LIKELY_CAUSE = re.compile(r"parris:|cloud-init\[|panic")


@dataclass(frozen=True, slots=True)
class Console:
    """The console output of a machine; `refusal` says why the provider shows none."""

    text: str
    refusal: str = ""


def console_text(console: Console) -> str:
    """Return the console's last lines, preceded by those that are likely to show the cause."""
    lines = [_printable(line) for line in console.text.splitlines()]
    lines = [line for line in lines if line.strip()]
    if not lines:
        if console.refusal:
            return f"its console could not be read: {console.refusal[:_LONGEST_LINE]}"
        return "its console has no output so far"
    earlier, last = lines[:-_LAST_LINES], lines[-_LAST_LINES:]
    telling = [line for line in earlier if _LIKELY_CAUSE.search(line)][-_EARLIER_LINES:]
    gap = ["[...]"] if earlier else []
    return "last lines of its console:\n" + "\n".join([*telling, *gap, *last])


def _printable(line: str) -> str:
    return _UNPRINTABLE.sub("", _SEQUENCE.sub("", line))[:_LONGEST_LINE].rstrip()
