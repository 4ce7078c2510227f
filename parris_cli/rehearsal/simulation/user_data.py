"""Reads what an instance's user data would do from its text.

The user data of a training job is that of docs/bootstrap-contract.md: it sets a timer, then waits
for `bootstrap.sh` in a folder that only this machine can read.
"""

import re
from dataclasses import dataclass

_BOOTSTRAP = re.compile(r"s3://([a-z0-9.-]+)/steering/\$userid")
_WAIT = re.compile(r"^\s*waits_until=\$\(\( \$\(date \+%s\) \+ (\d+) \)\)", re.MULTILINE)
_TIMER = re.compile(r"^\s*OnCalendar=@\$\(\( \$\(date \+%s\) \+ (\d+) \)\)", re.MULTILINE)

_JOINED = re.compile(r"^set -- ([a-z0-9.-]+) .*\bservers/service\.zip\b", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class UserData:
    """Where the machine's files are, and its deadlines in seconds from first boot.

    `bucket` is empty if no bootstrap is fetched; the wait for it takes `wait_seconds` at most.
    `timer_seconds` is None if no timer is set.
    """

    bucket: str
    wait_seconds: int
    timer_seconds: int | None


def read_user_data(text: str) -> UserData:
    """Return what the text says."""
    fetched, waits, armed = (one.search(text) for one in (_BOOTSTRAP, _WAIT, _TIMER))
    return UserData(
        bucket=fetched[1] if fetched is not None else "",
        wait_seconds=int(waits[1]) if waits is not None else 0,
        timer_seconds=None if armed is None else int(armed[1]),
    )


def joined_bucket(text: str) -> str | None:
    """Return the training bucket of the deployment that the machine joins as a server, or None."""
    found = _JOINED.search(text)
    return None if found is None else found[1]
