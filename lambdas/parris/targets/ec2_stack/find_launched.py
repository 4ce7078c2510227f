"""What is still there of a deployment's jobs, by the tags of stacks, instances and volumes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parris.job import ON_DEMAND, SPOT, Job, Limits, Machine, UserFile
from parris.targets.target import Launched

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.settings import Settings

_UNKNOWN_FILE = UserFile(filename="", source="", sha256="")


@dataclass(slots=True)
class _Traces:
    """What of one execution was found. What the stack says is not overruled by its parts."""

    training_job_name: str = ""
    on_termination: str = ""
    purchase_option: str = ""
    launch_id: str | None = None
    ids: list[str] = field(default_factory=list)
    keep_until: str | None = None


def find_launched(aws: Gateways, settings: Settings) -> tuple[Launched, ...]:
    """Return what is there of each execution that has left something of this deployment."""
    traces: dict[str, _Traces] = {}
    for stack in aws.stacks.all_of(settings.deployment):
        one = traces.setdefault(stack.tags.get("parris:execution", ""), _Traces())
        one.training_job_name = stack.tags.get("parris:job", "")
        one.on_termination = stack.tags.get("parris:on-termination", "")
        one.purchase_option = stack.tags.get("parris:purchase-option", "")
        one.launch_id = stack.stack_id
        one.ids.append(stack.stack_id)
    for instance in aws.instances.of_deployment(settings.deployment):
        if instance.state == "terminated":
            continue
        one = traces.setdefault(instance.execution_arn, _Traces())
        one.training_job_name = one.training_job_name or instance.training_job_name
        one.on_termination = one.on_termination or instance.on_termination
        one.purchase_option = one.purchase_option or (SPOT if instance.is_spot else ON_DEMAND)
        one.ids.append(instance.instance_id)
        one.keep_until = one.keep_until or instance.keep_until
    for volume in aws.volumes.of_deployment(settings.deployment):
        one = traces.setdefault(volume.execution_arn, _Traces())
        one.training_job_name = one.training_job_name or volume.training_job_name
        one.ids.append(volume.volume_id)
        one.keep_until = one.keep_until or volume.keep_until
    # Whose a thing without an owner is nobody knows: it is not ours to end.
    return tuple(
        Launched(_job_of(owner, one, settings), one.launch_id, tuple(one.ids), one.keep_until)
        for owner, one in traces.items()
        if owner
    )


def _job_of(execution_arn: str, traces: _Traces, settings: Settings) -> Job:
    return Job(
        job_id=execution_arn.rpartition(":")[2],
        execution_arn=execution_arn,
        started_by="unknown",
        submitted_at="",
        training_job_name=traces.training_job_name,
        deployment=settings.deployment,
        bucket=settings.training_bucket,
        target="ec2-stack",
        methods=(),
        on_termination=traces.on_termination or "delete-stack",
        script=_UNKNOWN_FILE,
        limits=Limits(None, None, None, save_grace_seconds=0),
        machine=Machine("", "", "", "", "", "", volume_size_gib=0),
        rate=None,
        config={},
        purchase_option=traces.purchase_option or ON_DEMAND,
    )
