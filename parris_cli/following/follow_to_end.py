"""Follows a job to its end and reports on it, whatever happens in between."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from parris_cli.aws_errors import describe_error
from parris_cli.errors import InterruptedByUserError, NotFollowedError
from parris_cli.reports.job_end import end_without_record

if TYPE_CHECKING:
    from parris_cli.following.follower import Follower
    from parris_cli.reports.report import Report
    from parris_cli.reports.reporter import Reporter
    from parris_cli.terminal.interrupts import Interrupts
    from parris_cli.terminal.screen import Screen

INTERRUPTED, NOT_FOLLOWED = "INTERRUPTED", "NOT_FOLLOWED"
_NO_LONGER_FOLLOWED = "interrupted; no longer followed"


def follow_to_end(
    follower: Follower,
    reporter: Reporter,
    interrupts: Interrupts,
    screen: Screen,
    *,
    is_embedded: bool,
) -> Report:
    """Follow a job to its end and return the report on it.

    Args:
        follower: follows it.
        reporter: makes the report.
        interrupts: the user's signals.
        screen: shows it.
        is_embedded: whether its AWS ends with the command, with whatever was not downloaded.
    """
    try:
        end = follower.follow()
    except InterruptedByUserError:
        screen.end_status()
        return _report_so_far(follower, reporter, _NO_LONGER_FOLLOWED, INTERRUPTED)
    except NotFollowedError as err:
        screen.end_status()
        return _report_so_far(follower, reporter, f"no longer followed: {err}", NOT_FOLLOWED)
    except Exception as err:  # a running job must be reported, whatever fails here
        screen.end_status()
        cause = f"no longer followed: {describe_error(err)}"
        return _report_so_far(follower, reporter, cause, NOT_FOLLOWED)
    # What was not downloaded from an account can be downloaded later.
    leaving = nullcontext() if is_embedded else interrupts.at_once()
    try:
        with leaving:
            return reporter.over(end)
    except InterruptedByUserError:
        return reporter.over(end, is_downloading=False)


def _report_so_far(follower: Follower, reporter: Reporter, cause: str, status: str) -> Report:
    if follower.known_end is not None:
        end = end_without_record(follower.known_end, follower.job_prefix, follower.history_events)
        return reporter.over(end, is_downloading=False)
    return reporter.unfinished(cause, datetime.now(UTC), status)
