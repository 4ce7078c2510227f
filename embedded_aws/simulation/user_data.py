"""What an instance's user data would do, read from its text.

The user data of a training job is that of docs/bootstrap-contract.md: it arms a timer, then fetches
`machine/bootstrap.sh` from the job's folder.
"""

import re
from dataclasses import dataclass

_BOOTSTRAP = re.compile(r"s3://([a-z0-9.-]+)/([A-Za-z0-9._/-]+)/machine/bootstrap\.sh")
_TIMER = re.compile(r"^\s*OnCalendar=@\$\(\( \$\(date \+%s\) \+ (\d+) \)\)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class UserData:
    """Where the job's folder is, and after how many seconds from first boot the machine ends.

    `bucket` and `prefix` are empty where no bootstrap is fetched, and `timer_seconds` is None where
    no timer is armed.
    """

    bucket: str
    prefix: str
    timer_seconds: int | None


def read_user_data(text: str) -> UserData:
    """Return what the text says."""
    fetched, armed = _BOOTSTRAP.search(text), _TIMER.search(text)
    bucket, prefix = fetched.groups() if fetched is not None else ("", "")
    return UserData(bucket, prefix, None if armed is None else int(armed[1]))
