"""This target's own part of a job: `$.job.spec`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from parris.job import UserFile
from parris.payloads import Payload, int_in, maybe_text_in, part_of, text_in

if TYPE_CHECKING:
    from parris.job import Job

ON_DEMAND, SPOT = "on-demand", "spot"
STOP_INSTANCE, DELETE_STACK = "stop-instance", "delete-stack"
_DEFAULT_VOLUME_SIZE_GIB = 30


@dataclass(frozen=True, slots=True)
class Ec2StackSpec:
    """The instance that a job requests. An empty string means the deployment's default.

    `root_device_name` is that of the image, or empty if the validation did not look at the image.
    """

    instance_type: str = ""
    subnet_id: str = ""
    security_group_id: str = ""
    key_pair_name: str = ""
    role_name: str = ""
    ami: str = ""
    volume_size_gib: int = 0
    purchase_option: str = ON_DEMAND
    template: UserFile | None = None
    root_device_name: str = ""

    @property
    def is_spot(self) -> bool:
        """Return whether the job requests a spot instance."""
        return self.purchase_option == SPOT

    def to_payload(self) -> Payload:
        """Return the spec as JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the spec that `to_payload` wrote."""
        template = part_of(payload, "template")
        return cls(
            instance_type=text_in(payload, "instance_type"),
            subnet_id=text_in(payload, "subnet_id"),
            security_group_id=text_in(payload, "security_group_id"),
            key_pair_name=text_in(payload, "key_pair_name"),
            role_name=text_in(payload, "role_name"),
            ami=text_in(payload, "ami"),
            volume_size_gib=int_in(payload, "volume_size_gib"),
            purchase_option=text_in(payload, "purchase_option"),
            template=UserFile.from_payload(template) if template else None,
            root_device_name=maybe_text_in(payload, "root_device_name") or "",
        )


def spec_of(job: Job) -> Ec2StackSpec:
    """Return this target's part of a job, with the current offer."""
    return Ec2StackSpec.from_payload(job.spec)


def spec_in(config: Payload, least_volume_gib: int, template: UserFile | None) -> Ec2StackSpec:
    """Return the spec of a config, without an instance type.

    Args:
        config: the merged config, without invalid keys.
        least_volume_gib: the minimum size of the root volume, which the image determines.
        template: the user's own template, or None for the packaged one.
    """
    return Ec2StackSpec(
        security_group_id=maybe_text_in(config, "security-group-id") or "",
        key_pair_name=maybe_text_in(config, "ec2-keypair-name") or "",
        role_name=maybe_text_in(config, "instance-iam-role-name") or "",
        ami=maybe_text_in(config, "ami") or "",
        volume_size_gib=volume_size_gib_of(config, least_volume_gib),
        purchase_option=maybe_text_in(config, "purchase-option") or ON_DEMAND,
        template=template,
    )


def volume_size_gib_of(config: Payload, least_gib: int) -> int:
    """Return the size of the job's volume in GiB. The default grows to the size of the image."""
    requested = config.get("volume-size-gib")
    if isinstance(requested, (int, float)):
        return int(requested)
    return max(_DEFAULT_VOLUME_SIZE_GIB, least_gib)


def is_spot(config: Payload) -> bool:
    """Return whether the config requests a spot instance."""
    return config.get("purchase-option") == SPOT
