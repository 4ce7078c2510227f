"""What is kept of a job: why, until when, at what cost, how to get at it and how to delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.notifications.links import end_command, region_of, resource_url
from parris.retention.keep_until import expiry_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris.job import Job
    from parris.retention.retained import Kept

_RESULTS_ON_DISK = "/var/lib/parris/results"


def kept_paragraphs(job: Job, kept: Kept, usd_per_month: str | None) -> tuple[str, ...]:
    """Return the paragraphs on what is kept.

    Args:
        job: the job.
        kept: what is kept.
        usd_per_month: what it costs, None where its price is not known.
    """
    region = region_of(job.execution_arn)
    why = (
        'because its config says "on-termination": "stop-instance"'
        if kept.is_wished
        else "because its results could not be verified, and may be nowhere else"
    )
    ids = [f"  {one}\n    {resource_url(one, region)}" for one in kept.ids]
    return (
        f"This is kept, {why}:\n" + "\n".join(ids),
        f"{_until(kept)} {_cost(job, usd_per_month)}",
        _get(kept, region),
        _delete(kept, region),
    )


def _until(kept: Kept) -> str:
    expiry = None if kept.is_wished else expiry_words(kept.until)
    if expiry is None:
        return "It is kept until you delete it."
    return f"It is kept until {expiry}, and deleted then: save what you need before."


def _cost(job: Job, usd_per_month: str | None) -> str:
    if usd_per_month is None:
        return f"Its disk ({job.spec.get('volume_size_gib', 0)} GiB at least) is billed meanwhile."
    return f"Its disk costs {usd_per_month} USD per month meanwhile."


def _get(kept: Kept, region: str) -> str:
    """Return how to get at the data. The machine's own deadline would end it if it were started."""
    volumes = [one for one in kept.ids if one.startswith("vol-")] or ["VOLUME"]
    instances = [one for one in kept.ids if one.startswith("i-")]
    detach = [f"aws ec2 detach-volume --region {region} --volume-id {one}" for one in volumes]
    attach = [
        f"aws ec2 attach-volume --region {region} --volume-id {one} --instance-id YOURS"
        " --device /dev/sdf"
        for one in volumes
    ]
    return "\n".join(
        (
            "To get at the data, attach the disk to an instance of yours in the same Availability"
            f" Zone, mount it there, and look into {_RESULTS_ON_DISK}:",
            *_indented([*(detach if instances else []), *attach]),
        )
    )


def _delete(kept: Kept, region: str) -> str:
    """Return how to delete it: a stack, where there is one, takes along what is in it."""
    to_end = kept.ids if kept.stack_id is None else (kept.stack_id,)
    commands = (command for one in to_end if (command := end_command(one, region)) is not None)
    return "\n".join(("To delete it for good:", *_indented(commands)))


def _indented(lines: Iterable[str]) -> Iterable[str]:
    return (f"  {line}" for line in lines)
