"""Checks the config of a request as its execution will, and returns the violations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.errors import ConfigInvalidError
from parris.payloads import Payload, part_of
from parris.timestamps import format_timestamp
from parris.validation.data_set import DATA_SET_KEY

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.gateways import Gateways

_QUEUE_KEY, _QUEUE = "when-busy", "queue"


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


def violations_in(error: ConfigInvalidError) -> list[Payload]:
    """Return the violations that the message of an error lists, without its first line."""
    found: list[Payload] = []
    for line in str(error).split("\n")[1:]:
        text = line.partition(". ")[2] or line
        path, _, message = text.partition(": ")
        found.append({"path": f"/config{path}", "row": None, "column": None, "message": message})
    return found
