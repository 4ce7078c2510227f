"""Who starts a job: what the run record and the team's experiments call that person."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from parris_cli.aws_errors import AWS_ERRORS

if TYPE_CHECKING:
    from parris_cli.account.clients import Account

STARTED_BY_KEY = "_started-by"
_LONGEST = 256


def starter_of(account: Account) -> str:
    """Return the name of the caller's user or role session, or else of the user of this machine.

    AWS refuses GetCallerIdentity to nobody, but it may not respond.
    """
    if account.is_embedded:
        return _user_of_this_machine()
    try:
        arn = str(account.client("sts").get_caller_identity()["Arn"])
    except AWS_ERRORS:
        return _user_of_this_machine()
    # arn:aws:iam::1:user/team/ada, or arn:aws:sts::1:assumed-role/Role/ada@example.com
    name = arn.rpartition("/")[2] if "/" in arn else arn.rpartition(":")[2]
    return name[:_LONGEST]


def _user_of_this_machine() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without an entry
        return "unknown"
