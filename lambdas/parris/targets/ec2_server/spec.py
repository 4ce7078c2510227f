"""This target's own part of a job: `$.job.spec`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from parris.payloads import Payload, payload_of, text_in

if TYPE_CHECKING:
    from parris.job import Job

RELEASE_SERVER = "release-server"
REJECT, QUEUE = "reject", "queue"


@dataclass(frozen=True, slots=True)
class Ec2ServerSpec:
    """The server that a job needs. The offer says which; `is_dev_mode` leaves its power alone."""

    server_id: str = ""
    instance_type: str = ""
    task_type: str = ""
    may_wait: bool = False
    is_dev_mode: bool = False

    def to_payload(self) -> Payload:
        """Return the spec as JSON."""
        return payload_of(self)

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the spec that `to_payload` wrote."""
        return cls(
            server_id=text_in(payload, "server_id"),
            instance_type=text_in(payload, "instance_type"),
            task_type=text_in(payload, "task_type"),
            may_wait=payload.get("may_wait") is True,
            is_dev_mode=payload.get("is_dev_mode") is True,
        )


def spec_of(job: Job) -> Ec2ServerSpec:
    """Return this target's part of a job, with the current offer."""
    return Ec2ServerSpec.from_payload(job.spec)


def is_dev_mode(job: Job) -> bool:
    """Return whether Parris neither starts nor stops the server; also of a job without a spec."""
    return job.spec.get("is_dev_mode") is True
