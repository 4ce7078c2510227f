"""The names by which people know a job: its own, and that of the stack that it has launched."""

from __future__ import annotations

import re

from parris.job import LAUNCH_PREFIX

_STACK_ARN = re.compile(r"arn:[^:]+:cloudformation:[^:]*:\d*:stack/([^/]+)(?:/.*)?")


def possible_names(job: str) -> list[str]:
    """Return the names that a job may have, the most likely first.

    Args:
        job: a job's name, the name of its stack or the ARN of that.
    """
    arn = _STACK_ARN.fullmatch(job)
    name = job if arn is None else arn[1]
    of_stack = name.removeprefix(LAUNCH_PREFIX)
    return [name] if of_stack in (name, "") else [name, of_stack]
