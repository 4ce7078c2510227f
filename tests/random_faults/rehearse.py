"""Runs drawn rehearsals one after the other in one deployment, and reads what became of each."""

import dataclasses
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from embedded_aws.arm_faults import arm
from embedded_aws.fault_injection.plan import faults
from parris_cli.rehearsal.options import FaultOption
from parris_cli.rehearsal.read_run import read_history
from parris_cli.rehearsal.reaper_hours import run_reaper_when_needed
from parris_cli.rehearsal.run_rehearsal import VirtualDeployment
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.start_job import start_job
from tests.random_faults.draw import Drawn
from tests.random_faults.observed_facts import Truth


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What became of a drawn rehearsal. `record` is None where none was written."""

    drawn: Drawn
    truth: Truth
    submitted_at: datetime
    ended_at: datetime
    status: str
    error: str | None
    cause: str
    outcome: Mapping[str, Any]
    record: Mapping[str, Any] | None
    history_events: int
    left_stacks: tuple[str, ...]

    @property
    def reason(self) -> str | None:
        """Return why the job ended, as its outcome or its execution says."""
        found = self.outcome.get("reason") or self.error
        return None if found is None else str(found)

    @property
    def kept(self) -> set[str]:
        """Return the ids of what is reported as kept."""
        return set(self.outcome.get("kept") or ())

    def in_figures(self) -> str:
        """Return what there was and what is reported, on one line."""
        machines = [
            f"{one.state} after {(one.ended_at or self.ended_at) - one.launched_at}"
            f" ({one.ended_by or 'not by itself'})"
            for one in self.truth.instances.values()
        ]
        volumes = [
            f"{one.gib} GiB for {(one.gone_at or self.ended_at) - one.made_at}"
            f"{'' if one.gone_at else ', still there'}"
            for one in self.truth.volumes.values()
        ]
        reported = f"{self.outcome.get('runtime_seconds')} s"
        return (
            f"really: machines {machines}, volumes {volumes}; reported: {reported},"
            f" {self.outcome.get('estimated_cost_usd')} USD, kept {sorted(self.kept)}"
        )


def rehearse_drawn(deployment: VirtualDeployment, drawn: Drawn) -> Rehearsed:
    """Let one drawn job go from its submission to its end, and all its faults pass."""
    aws, account, clock = deployment.aws, deployment.account, deployment.clock
    driver = SimulatedInstances(drawn.training)
    aws.context.settings = dataclasses.replace(aws.context.settings, instances=driver)
    submitted_at = clock.now()
    faults().forget()
    arm(drawn.faults, submitted_at)
    options = [FaultOption(one.kind, one.at) for one in drawn.faults]
    stop_reaper = run_reaper_when_needed(aws, clock, (driver,), options, submitted_at)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.json"
        config.write_text(json.dumps(drawn.config))
        started = start_job(account, find_job_files(config, {}), submitted_at)
    arn = started.execution_arn
    truth = Truth(aws.context, clock, arn)
    steps = account.stepfunctions

    def is_running() -> bool:
        return bool(steps.describe_execution(executionArn=arn)["status"] == "RUNNING")

    clock.run_while(truth.watching(is_running))
    truth.record()
    found, ended_at = steps.describe_execution(executionArn=arn), clock.now()
    # Else the reaper would delete what is kept, once that has expired, and correct the record.
    stop_reaper()
    # Of no fault anything is left that could strike the next job.
    faults().forget()
    clock.run_until(max([ended_at, *(submitted_at + one.at for one in drawn.faults)]))
    name = drawn.config["training-job-name"]
    record = _read(account, f"jobs/{name}/{started.job_id}/record.json")
    output = json.loads(found["output"]) if found.get("output") else {}
    return Rehearsed(
        drawn=drawn,
        truth=truth,
        submitted_at=submitted_at,
        ended_at=ended_at,
        status=found["status"],
        error=found.get("error"),
        cause=str(found.get("cause") or output.get("cause") or ""),
        outcome=output or (record or {}).get("outcome") or {},
        record=record,
        history_events=len(read_history(account, started)),
        left_stacks=tuple(_stacks_of(account, arn)),
    )


def _read(account: Any, key: str) -> dict[str, Any] | None:
    bucket = account.deployment.bucket
    if not account.s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents"):
        return None
    found: dict[str, Any] = json.loads(account.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    return found


def _stacks_of(account: Any, execution_arn: str) -> list[str]:
    pages = account.cloudformation.get_paginator("describe_stacks").paginate()
    tag = {"Key": "parris:execution", "Value": execution_arn}
    return [
        one["StackId"]
        for page in pages
        for one in page["Stacks"]
        if tag in one.get("Tags", []) and one["StackStatus"] != "DELETE_COMPLETE"
    ]
