"""A job of which nothing is known any more but its stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.job import ON_DEMAND, Job, Limits, Machine, UserFile

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.aws.stacks import Stack
    from parris.settings import Settings

_UNKNOWN_FILE = UserFile(filename="", source="", sha256="")


def job_of_stack(stack: Stack, execution_arn: str, settings: Settings) -> Job:
    """Return what is known of a job by its stack alone: enough to end it."""
    return Job(
        job_id=execution_arn.rpartition(":")[2],
        execution_arn=execution_arn,
        started_by="unknown",
        submitted_at="",
        training_job_name=stack.tags.get("parris:job", ""),
        deployment=settings.deployment,
        bucket=settings.training_bucket,
        target="ec2-stack",
        methods=(),
        on_termination=stack.tags.get("parris:on-termination", "delete-stack"),
        script=_UNKNOWN_FILE,
        limits=Limits(None, None, None, save_grace_seconds=0),
        machine=Machine("", "", "", "", "", "", volume_size_gib=0),
        rate=None,
        config={},
        purchase_option=stack.tags.get("parris:purchase-option", ON_DEMAND),
    )


def find_orphan(execution_arn: str, settings: Settings, aws: Gateways) -> Job | None:
    """Return the job whose stack carries the execution's tag, None where there is no such stack."""
    for stack in aws.stacks.all_of(settings.deployment):
        if stack.tags.get("parris:execution") == execution_arn:
            return job_of_stack(stack, execution_arn, settings)
    return None
