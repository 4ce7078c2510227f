"""This target's own part of a job: `$.job.spec`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from parris.payloads import (
    Payload,
    int_in,
    maybe_int_in,
    maybe_text_in,
    parts_in,
    payload_of,
    text_in,
    texts_by_key_in,
    texts_in,
)

if TYPE_CHECKING:
    from parris.job import Job

ON_DEMAND, SPOT = "on-demand", "spot"
STOP_JOB = "stop-job"
DEFAULT_VOLUME_SIZE_GIB = 30
LONGEST_RUNTIME_SECONDS = 28 * 24 * 3600
"""The longest time of a training job.
Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html"""


@dataclass(frozen=True, slots=True)
class InstanceGroup:
    """Some of the instances of a heterogeneous job."""

    name: str
    instance_type: str
    instance_count: int

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the group of a spec."""
        return cls(
            name=text_in(payload, "name"),
            instance_type=text_in(payload, "instance_type"),
            instance_count=int_in(payload, "instance_count"),
        )


@dataclass(frozen=True, slots=True)
class InputChannel:
    """Input data of the container. The values are those of the API; an empty text is its default.

    The channels of the code and of the script config are not among them.
    """

    name: str
    uri: str
    content_type: str = ""
    input_mode: str = ""
    compression: str = ""
    distribution: str = ""

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the channel of a spec."""
        return cls(**{one.name: text_in(payload, one.name) for one in dataclasses.fields(cls)})


@dataclass(frozen=True, slots=True)
class SageMakerSpec:
    """The training job that a config requests. An empty text or tuple means that it is not set.

    `instance_type` is that of the current offer, and empty where there are groups. A role is made
    for the job if `role_arn` is empty. `longest_runtime_seconds` is the account's quota, or else
    the longest time of any training job. `signals` matters on a developer's machine only.
    """

    image: str = ""
    instance_type: str = ""
    instance_count: int = 1
    instance_groups: tuple[InstanceGroup, ...] = ()
    volume_size_gib: int = DEFAULT_VOLUME_SIZE_GIB
    role_arn: str = ""
    channels: tuple[InputChannel, ...] = ()
    output_uri: str = ""
    checkpoint_uri: str = ""
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    has_network_isolation: bool = False
    purchase_option: str = ON_DEMAND
    max_wait_seconds: int | None = None
    keep_alive_seconds: int = 0
    retry_attempts: int = 0
    pending_timeout_seconds: int | None = None
    longest_runtime_seconds: int = LONGEST_RUNTIME_SECONDS
    tags: dict[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    signals: str = ""

    @property
    def is_spot(self) -> bool:
        """Return whether the job uses managed spot training."""
        return self.purchase_option == SPOT

    @property
    def has_own_role(self) -> bool:
        """Return whether a role is made for the job."""
        return not self.role_arn

    def to_payload(self) -> Payload:
        """Return the spec as JSON."""
        return payload_of(self)

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the spec that `to_payload` wrote."""
        return cls(
            image=text_in(payload, "image"),
            instance_type=text_in(payload, "instance_type"),
            instance_count=int_in(payload, "instance_count"),
            instance_groups=tuple(
                map(InstanceGroup.from_payload, parts_in(payload, "instance_groups"))
            ),
            volume_size_gib=int_in(payload, "volume_size_gib"),
            role_arn=text_in(payload, "role_arn"),
            channels=tuple(map(InputChannel.from_payload, parts_in(payload, "channels"))),
            output_uri=text_in(payload, "output_uri"),
            checkpoint_uri=text_in(payload, "checkpoint_uri"),
            subnet_ids=texts_in(payload, "subnet_ids"),
            security_group_ids=texts_in(payload, "security_group_ids"),
            has_network_isolation=payload.get("has_network_isolation") is True,
            purchase_option=text_in(payload, "purchase_option"),
            max_wait_seconds=maybe_int_in(payload, "max_wait_seconds"),
            keep_alive_seconds=int_in(payload, "keep_alive_seconds"),
            retry_attempts=int_in(payload, "retry_attempts"),
            pending_timeout_seconds=maybe_int_in(payload, "pending_timeout_seconds"),
            longest_runtime_seconds=int_in(payload, "longest_runtime_seconds"),
            tags=texts_by_key_in(payload, "tags"),
            entrypoint=texts_in(payload, "entrypoint"),
            arguments=texts_in(payload, "arguments"),
            signals=maybe_text_in(payload, "signals") or "",
        )


def spec_of(job: Job) -> SageMakerSpec:
    """Return this target's part of a job, with the current offer."""
    return SageMakerSpec.from_payload(job.spec)
