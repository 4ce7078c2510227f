"""What could not be ended, and how a person ends it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.notifications.links import end_command, find_commands, region_of, resource_url

if TYPE_CHECKING:
    from parris.job import Job

_MOST_NAMED = 40
"""A job has an instance, a volume and a stack; a template of one's own may make more."""


def left_paragraphs(job: Job, left: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paragraphs that name what is left, with the commands that end it.

    Args:
        job: the job.
        left: ids of instances, volumes and stacks, or words where nothing could be seen.
    """
    region = region_of(job.execution_arn)
    named = [one for one in left if end_command(one, region) is not None]
    if not named:
        return (
            "What is left could not be seen. It may be billed until somebody ends it.",
            _find(job),
        )
    more = f"\n  and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    shown = named[:_MOST_NAMED]
    lines = (f"  {one}\n    {resource_url(one, region)}" for one in shown)
    commands = (f"  {end_command(one, region)}" for one in shown)
    return (
        "Left, and billed until somebody ends it:\n" + "\n".join(lines) + more,
        "To end it by hand (what is on its disks is lost then):\n" + "\n".join(commands),
        _find(job),
    )


def _find(job: Job) -> str:
    commands = [f"  {command}" for command in find_commands(job.execution_arn)]
    region = region_of(job.execution_arn)
    stack = f"aws cloudformation describe-stacks --region {region} --stack-name {job.launch_name}"
    return "To see what there is of the job:\n" + "\n".join((*commands, f"  {stack}"))
