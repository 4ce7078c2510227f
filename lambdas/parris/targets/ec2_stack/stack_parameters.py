"""The parameters of ec2-stack/training-stack.yaml; docs/bootstrap-contract.md lists them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from parris.ec2.instance_types import is_burstable
from parris.ec2.parts import INSTANCE
from parris.tags import owner_tags
from parris.targets.ec2_stack.default_images import default_image_alias
from parris.targets.ec2_stack.spec import STOP_INSTANCE, spec_of
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.targets.ec2_stack.settings import Ec2StackSettings

_ROOT_DEVICE_OF_AMAZON_LINUX = "/dev/xvda"
_BACKSTOP_MARGIN_SECONDS = 15 * 60
"""The machine's own timer is the last resort: it fires after all other ends have had their time."""

PARAMETER_NAMES = frozenset(
    [
        "DeploymentName",
        "ExecutionArn",
        "TrainingJobName",
        "Deadline",
        "BucketName",
        "BootTimeoutSeconds",
        "InstanceType",
        "CpuCredits",
        "AmiAlias",
        "AmiId",
        "RootDeviceName",
        "SubnetId",
        "SecurityGroupId",
        "KeyPairName",
        "InstanceProfileName",
        "VolumeSizeGib",
        "PurchaseOption",
        "SpotMaxPriceUsd",
        "ShutdownBehavior",
        "BackstopSeconds",
        "SaveGraceSeconds",
    ]
)


def stack_parameters(job: Job, settings: Ec2StackSettings, now: datetime) -> dict[str, str]:
    """Return all parameters of the stack."""
    spec = spec_of(job)
    parameters = {
        "DeploymentName": job.deployment,
        "ExecutionArn": job.execution_arn,
        "TrainingJobName": job.training_job_name,
        "Deadline": format_timestamp(deadline_of(job, now)),
        "BucketName": job.bucket,
        "BootTimeoutSeconds": str(job.boot_timeout_seconds),
        "InstanceType": spec.instance_type,
        # Unlimited credits would be billed on top of the price.
        "CpuCredits": "standard" if is_burstable(spec.instance_type) else "",
        "RootDeviceName": _ROOT_DEVICE_OF_AMAZON_LINUX,
        "AmiId": spec.ami if spec.ami.startswith("ami-") else "",
        "SubnetId": spec.subnet_id or settings.subnet_id,
        "SecurityGroupId": spec.security_group_id or settings.security_group_id,
        "KeyPairName": spec.key_pair_name,
        "InstanceProfileName": spec.role_name or settings.instance_profile,
        "VolumeSizeGib": str(spec.volume_size_gib),
        "PurchaseOption": spec.purchase_option,
        "SpotMaxPriceUsd": _bid_of(job),
        "ShutdownBehavior": "stop" if job.on_termination == STOP_INSTANCE else "terminate",
        "BackstopSeconds": str(job.machine_limits.earliest_seconds() + _BACKSTOP_MARGIN_SECONDS),
        "SaveGraceSeconds": str(job.limits.save_grace_seconds),
    }
    is_alias = spec.ami.startswith("/")
    parameters["AmiAlias"] = spec.ami if is_alias else default_image_alias(spec.instance_type)
    return parameters


def _bid_of(job: Job) -> str:
    """Return the maximum hourly price of a spot instance; empty on demand."""
    if not spec_of(job).is_spot:
        return ""
    instance = None if job.rate is None else job.rate.component(INSTANCE)
    if instance is None:
        raise ValueError("a spot job must have a price, which ValidateConfig ensures")
    return f"{instance.usd_per_hour:f}"


def stack_tags(job: Job, now: datetime) -> dict[str, str]:
    """Return the tags that name the stack's owner and its deadline."""
    return {
        **owner_tags(job),
        "parris:deadline": format_timestamp(deadline_of(job, now)),
        "parris:purchase-option": spec_of(job).purchase_option,
    }


def deadline_of(job: Job, now: datetime) -> datetime:
    """Return when all resources of the job should be gone, counted from its launch."""
    return now + timedelta(
        seconds=job.machine_limits.earliest_seconds() + 2 * _BACKSTOP_MARGIN_SECONDS
    )
