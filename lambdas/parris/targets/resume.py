"""Gives the machine of an attempt the latest results of the attempts before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.saved_results import latest_attempt_with_results

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.job import Job
    from parris.payloads import Payload


def resume_of(aws: Gateways, job: Job) -> Payload | None:
    """Return what job.json says of the results to resume from, or None if there are none."""
    past = latest_attempt_with_results(aws.bucket, job)
    if past is None:
        return None
    folder = job.on_machine(past.machine_prefix).folder
    return {
        "attempt": past.number,
        "uri": folder.results_uri,
        "credentials": aws.result_access.credentials_for(folder.results_prefix),
    }
