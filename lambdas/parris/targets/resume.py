"""Gives the machine of an attempt the latest results of the attempts before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.job import Job
    from parris.payloads import Payload


def resume_of(aws: Gateways, job: Job) -> Payload | None:
    """Return what job.json says of the results to resume from, or None if there are none.

    An attempt may have been lost before it saved anything: the latest one with results counts.
    """
    for past in reversed(job.past_attempts):
        if not past.machine_prefix:
            continue
        folder = job.on_machine(past.machine_prefix).folder
        if aws.bucket.has_any(folder.results_prefix):
            return {
                "attempt": past.number,
                "uri": folder.results_uri,
                "credentials": aws.result_access.credentials_for(folder.results_prefix),
            }
    return None
