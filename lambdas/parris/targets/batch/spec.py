"""This target's own part of a job: `$.job.spec`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from parris.payloads import Payload, int_in, payload_of, text_in, texts_by_key_in, texts_in

if TYPE_CHECKING:
    from parris.job import Job

ON_DEMAND, SPOT = "on-demand", "spot"
TERMINATE_JOB = "terminate-job"
DEFAULT_VCPUS, DEFAULT_MEMORY_MIB = "1", 2048
DEFAULT_RUNNABLE_TIMEOUT_SECONDS = 3600
DEFAULT_STORAGE_GIB = 20
"""The storage of a Fargate task that costs nothing.
Source: https://aws.amazon.com/fargate/pricing/"""
LONGEST_START_SECONDS = 3600
"""How long a container may be starting after its wait for a machine: its image is pulled."""
X86_64, ARM64 = "X86_64", "ARM64"


@dataclass(frozen=True, slots=True)
class BatchSpec:
    """The Batch job that a config requests. An empty text or tuple means that it is not set.

    The queue, and what is known of its compute environments, are those of the current offer:
    `is_fargate`, `purchase_option` (spot if any of its environments is), and `architecture`, which
    a task definition of Fargate names. `vcpus` is a decimal text, since Fargate has quarters.
    `instance_types` are the types of EC2 that may run the job, the dearest first, and
    `bid_percentage` is the most that a spot instance may cost, in percent of the on-demand price.
    With `runs_image_command` the container runs `command`, or else the image's own, and no runner
    of ours.
    """

    image: str = ""
    job_queue: str = ""
    is_fargate: bool = False
    purchase_option: str = ON_DEMAND
    architecture: str = X86_64
    instance_types: tuple[str, ...] = ()
    bid_percentage: int = 100
    vcpus: str = DEFAULT_VCPUS
    memory_mib: int = DEFAULT_MEMORY_MIB
    gpus: int = 0
    shared_memory_mib: int = 0
    storage_gib: int = DEFAULT_STORAGE_GIB
    assigns_public_ip: bool = True
    runs_image_command: bool = False
    command: tuple[str, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)
    runnable_timeout_seconds: int = DEFAULT_RUNNABLE_TIMEOUT_SECONDS
    tags: dict[str, str] = field(default_factory=dict)
    usd_per_hour: str = ""

    @property
    def is_spot(self) -> bool:
        """Return whether the queue may run the job on spare capacity, which AWS can reclaim."""
        return self.purchase_option == SPOT

    def to_payload(self) -> Payload:
        """Return the spec as JSON."""
        return payload_of(self)

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the spec that `to_payload` wrote."""
        return cls(
            image=text_in(payload, "image"),
            job_queue=text_in(payload, "job_queue"),
            is_fargate=payload.get("is_fargate") is True,
            purchase_option=text_in(payload, "purchase_option"),
            architecture=text_in(payload, "architecture"),
            instance_types=texts_in(payload, "instance_types"),
            bid_percentage=int_in(payload, "bid_percentage"),
            vcpus=text_in(payload, "vcpus"),
            memory_mib=int_in(payload, "memory_mib"),
            gpus=int_in(payload, "gpus"),
            shared_memory_mib=int_in(payload, "shared_memory_mib"),
            storage_gib=int_in(payload, "storage_gib"),
            assigns_public_ip=payload.get("assigns_public_ip") is True,
            runs_image_command=payload.get("runs_image_command") is True,
            command=texts_in(payload, "command"),
            parameters=texts_by_key_in(payload, "parameters"),
            runnable_timeout_seconds=int_in(payload, "runnable_timeout_seconds"),
            tags=texts_by_key_in(payload, "tags"),
            usd_per_hour=text_in(payload, "usd_per_hour"),
        )


def spec_of(job: Job) -> BatchSpec:
    """Return this target's part of a job, with the current offer."""
    return BatchSpec.from_payload(job.spec)
