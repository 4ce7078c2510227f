"""The embedded AWS with a virtual clock and Parris, in which everything is measured."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.metering.meter import Meter, meter_of
from parris_cli.account.clients import Account, Deployment
from parris_cli.account.reaper_switch import switch_reaper
from parris_cli.project_files import PROJECT
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining

STACK_CREATE_SECONDS = 90.0
STACK_DELETE_SECONDS = 600.0
INSTANCE_END_SECONDS = 20.0
EVENT_SECONDS = 1.0
_BEGINS_AT = datetime(2031, 5, 1, tzinfo=UTC)

History = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class BenchAws:
    """Parris on the embedded AWS, shared by the measurements."""

    aws: EmbeddedAws
    clock: VirtualClock
    account: Account
    meter: Meter
    functions: Mapping[str, str]

    def start(self, config: Mapping[str, Any]) -> str:
        """Start an execution of the workflow and return its ARN."""
        answer = self.account.stepfunctions.start_execution(
            stateMachineArn=self.account.deployment.state_machine_arn,
            name=f"{config['training-job-name']}-{self.clock.now():%Y%m%dt%H%M%S}",
            input=json.dumps(config),
        )
        return str(answer["executionArn"])

    def describe(self, execution_arn: str) -> dict[str, Any]:
        """Return an execution's description."""
        return dict(self.account.stepfunctions.describe_execution(executionArn=execution_arn))

    def is_running(self, execution_arn: str) -> bool:
        """Return whether an execution is running."""
        return bool(self.describe(execution_arn)["status"] == "RUNNING")

    def history(self, execution_arn: str) -> History:
        """Return all events of an execution."""
        pages = self.account.stepfunctions.get_paginator("get_execution_history").paginate(
            executionArn=execution_arn, PaginationConfig={"PageSize": 1000}
        )
        return [dict(event) for page in pages for event in page["events"]]

    def function(self, logical_id: str) -> str:
        """Return the name of a function of template.yaml, e.g. of `WakeFunction`."""
        return self.functions[logical_id]


@contextmanager
def bench_aws(trainings: Mapping[str, SimulatedTraining]) -> Iterator[BenchAws]:
    """Deploy Parris on an AWS of its own.

    Args:
        trainings: the simulated training of each job, by name.
    """
    clock = VirtualClock(_BEGINS_AT)
    settings = Settings(
        stack_create_seconds=STACK_CREATE_SECONDS,
        stack_delete_seconds=STACK_DELETE_SECONDS,
        instance_end_seconds=INSTANCE_END_SECONDS,
        event_seconds=EVENT_SECONDS,
        vcpu_quotas={"L-DB2E81BA": 1_000_000},  # of G instances, for as many jobs at once as asked
        fork_functions=False,  # so that starts take their real time
        instances=SimulatedInstances(SimulatedTraining(takes_seconds=60, of_jobs=trainings)),
    )
    with (
        tempfile.TemporaryDirectory(prefix="parris-bench-", ignore_cleanup_errors=True) as folder,
        EmbeddedAws(settings, folder=Path(folder) / "aws", clock=clock) as aws,
    ):
        outputs = aws.deploy(PROJECT / "template.yaml", "parris")
        # Its schedule would have it run for each hour of virtual time; it is measured by itself.
        switch_reaper(aws, is_on=False)
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        script = b"#!/bin/bash\nexit 0\n"
        bucket = account.deployment.bucket
        account.s3.put_object(Bucket=bucket, Key="train.sh", Body=script)
        yield BenchAws(aws, clock, account, meter_of(aws.context), _functions(account))


def _functions(account: Account) -> dict[str, str]:
    answer = account.cloudformation.describe_stack_resources(StackName="parris")
    return {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for one in answer["StackResources"]
        if one["ResourceType"] == "AWS::Lambda::Function"
    }
