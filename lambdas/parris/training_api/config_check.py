"""Checks the config of a request as its execution will, and returns the violations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parris.payloads import Payload, part_of, text_in
from parris.timestamps import format_timestamp
from parris.training_api.problem import violation
from parris.validation.data_set import DATA_SET_KEY

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.gateways import Gateways
    from parris.errors import ConfigInvalidError

_QUEUE_KEY, _QUEUE = "when-busy", "queue"
_NAME_KEY, _LONGEST_NAME, _DIGITS = "training-job-name", 100, 8
# The lines that `parris.validation.violations.refuse` writes below the first one.
_LISTED = re.compile(r"\d+\. (?P<path>/.*?): (?P<message>found .*)")
_LEFT = re.compile(r"\.\.\. and (?P<count>\d+) more")


def check_config(
    job_id: str, execution_arn: str, execution_input: Payload, aws: Gateways, now: datetime
) -> Payload:
    """Return the whole config of a job, after defaults; its data set is not read again.

    Raises:
        ConfigInvalidError: with all violations.
        AwsUnavailableError: if the config cannot be checked now.
    """
    config = {key: one for key, one in execution_input.items() if key != DATA_SET_KEY}
    event: Payload = {
        "config": config,
        "job_id": job_id,
        "execution_arn": execution_arn,
        "submitted_at": format_timestamp(now),
    }
    return part_of(part_of(aws.training_checks.check(event), "job"), "config")


def may_queue(config: Payload) -> bool:
    """Return whether jobs with this config wait for their turn instead of being refused."""
    return config.get(_QUEUE_KEY) == _QUEUE


def with_own_name(execution_input: Payload, config: Payload, job_id: str) -> Payload:
    """Return the input of a job that waits, with a name that no job before it has.

    Args:
        execution_input: its input, whose name is kept if it has one.
        config: its whole config, whose name is that of all jobs of its kind.
        job_id: ends with digits that are the job's own.
    """
    if _NAME_KEY in execution_input:
        return execution_input
    suffix = f"-{job_id[-_DIGITS:]}"
    name = text_in(config, _NAME_KEY)[: _LONGEST_NAME - len(suffix)]
    return {**execution_input, _NAME_KEY: f"{name}{suffix}"}


def violations_in(error: ConfigInvalidError) -> tuple[list[Payload], int]:
    """Return the violations that the message of an error lists, and how many there are.

    A message without a list is one violation.
    """
    head, *lines = str(error).split("\n")
    found = [
        violation(f"/config{listed['path']}", listed["message"])
        for line in lines
        if (listed := _LISTED.fullmatch(line))
    ]
    if not found:
        return [violation("/config", head)], 1
    left = _LEFT.fullmatch(lines[-1])
    return found, len(found) + (0 if left is None else int(left["count"]))
