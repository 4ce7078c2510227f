"""What the parameters of the toy target would do if they were machines, on the virtual clock."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.emit_event import emit_event
from parris.timestamps import format_timestamp

_EVERY = timedelta(seconds=10)
ROOT = "/parris-machines/parris"


@dataclass(frozen=True, slots=True)
class Training:
    """What one job's machine does.

    It runs for `takes` (None: for ever), and its runner reports that `ended_by` ended the script,
    with `exit_status`. One that `vanishes` is deleted by somebody at that age. The runner of one
    that never `starts` writes nothing at all.
    """

    takes: timedelta | None = None
    exit_status: int = 0
    ended_by: str = "script"
    vanishes: timedelta | None = None
    starts: bool = True


class Machines:
    """Looks at all parameters every ten seconds, and lets each do what its job's training says."""

    def __init__(
        self, aws: EmbeddedAws, clock: VirtualClock, bucket: str, trainings: Mapping[str, Training]
    ) -> None:
        self._aws, self._clock, self._bucket = aws, clock, bucket
        self._trainings = trainings
        self._created: set[str] = set()
        self._seen: dict[str, datetime] = {}

    def run_until(self, moment: datetime) -> None:
        """Let time pass until a moment, with the machines at work."""
        while self._clock.now() < moment:
            self._clock.run_until(min(moment, self._clock.now() + _EVERY))
            for name, value in self.values().items():
                if name not in self._created:
                    self._created.add(name)
                    self._tell(name, "Create")
                self._step(name, value)

    def values(self) -> dict[str, str]:
        """Return what each parameter says, by its name."""
        pages = self._aws.client("ssm").get_paginator("get_parameters_by_path")
        found = pages.paginate(Path=ROOT, Recursive=True)
        return {one["Name"]: one["Value"] for page in found for one in page["Parameters"]}

    def _step(self, name: str, value: str) -> None:
        job_id = name.rpartition("/")[2]
        training, now = self._trainings.get(job_id.rsplit("-", 2)[0]), self._clock.now()
        prefix = None if training is None else self._prefix_of(job_id)
        if training is None or prefix is None or not training.starts or value != "running":
            return
        if name not in self._seen:
            self._seen[name] = now
            self._write(f"{prefix}/started.json", {})
        age = now - self._seen[name]
        if training.vanishes is not None and age >= training.vanishes:
            self._aws.client("ssm").delete_parameter(Name=name)
            self._tell(name, "Delete")
        elif training.takes is not None and age >= training.takes:
            self._end(name, prefix, training)

    def _end(self, name: str, prefix: str, training: Training) -> None:
        report = {
            "ended_by": training.ended_by,
            "exit_status": training.exit_status,
            "signal": None,
            "ended_at": format_timestamp(self._clock.now()),
            "last_log_lines": [],
            "results": {"complete": True},
            "is_final": True,
        }
        self._write(f"{prefix}/exit.json", report)
        self._aws.client("ssm").put_parameter(Name=name, Value="off", Overwrite=True)
        self._tell(name, "Update")

    def _tell(self, name: str, operation: str) -> None:
        emit_event(
            "aws.ssm", "Parameter Store Change", name, {"name": name, "operation": operation}
        )

    def _prefix_of(self, job_id: str) -> str | None:
        """Return where the machine writes, None until WaitForRunning has said so."""
        key = f"jobs/{job_id.rsplit('-', 2)[0]}/{job_id}/machine.json"
        s3 = self._aws.client("s3")
        if not s3.list_objects_v2(Bucket=self._bucket, Prefix=key).get("Contents"):
            return None
        note = json.loads(s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())
        return str(note["prefix"])

    def _write(self, key: str, content: Mapping[str, Any]) -> None:
        body = json.dumps(content).encode()
        self._aws.client("s3").put_object(Bucket=self._bucket, Key=key, Body=body)
