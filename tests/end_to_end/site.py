"""A deployment on a clock that jumps, for tests of what becomes of runs that die."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.clock.virtual_clock import VirtualClock
from parris_cli.account.clients import Account, Deployment
from parris_cli.project_files import PROJECT
from parris_cli.starting.start_job import StartedJob
from tests.end_to_end.deployment import Deployed

NOTHING_IS_BILLED_AFTER = timedelta(minutes=10)
BOOTED_AFTER = timedelta(minutes=2)
_ASLEEP = "AwaitWakeOrNextCheck"


class Site:
    """A deployment on a clock that jumps, whose executions can be stopped behind their backs."""

    def __init__(
        self,
        aws: EmbeddedAws,
        clock: VirtualClock,
        folder: Path,
        reaper_rate: str = "never",
        name: str = "parris",
    ) -> None:
        outputs = aws.deploy(PROJECT / "template.yaml", name, {"ReaperRate": reaper_rate})
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        self.aws, self.clock, self.deployed = aws, clock, Deployed(account, folder)
        self._steps = aws.client("stepfunctions")
        machines = self._steps.list_state_machines()["stateMachines"]
        (self._cleanup_arn,) = [
            one["stateMachineArn"] for one in machines if one["name"] == f"{name}-cleanup"
        ]
        self._name, self._table = name, outputs["JobsTableName"]

    def start_until(self, state: str, name: str, **config: Any) -> StartedJob:
        """Start a job and return once its execution is in the state."""
        started = self.deployed.start(name, "exit 0\n", **config)
        self.clock.run_while(lambda: self._state_of(started) != state)
        return started

    def start_training(self, name: str, **config: Any) -> StartedJob:
        """Start a job and return while its script trains; its run sleeps earlier than that."""
        started = self.start_until(_ASLEEP, name, **config)
        self.pass_time(BOOTED_AFTER)
        return started

    def stop(self, execution_arn: str) -> None:
        self._steps.stop_execution(executionArn=execution_arn, cause="by hand")

    def pass_time(self, span: timedelta = NOTHING_IS_BILLED_AFTER) -> None:
        self.clock.run_until(self.clock.now() + span)

    def forget_events(self, *of: str) -> None:
        """Switch off the rules whose logical ids begin so: what they wait for is lost."""
        events = self.aws.client("events")
        names = [one["Name"] for one in events.list_rules()["Rules"]]
        for start in of:
            found = [name for name in names if name.startswith(f"{self._name}-{start}")]
            assert len(found) == 1, names
            events.disable_rule(Name=found[0])

    def cut_off_machines(self) -> None:
        """Let no machine reach AWS any more, not even to save."""
        resources = self.aws.client("cloudformation").describe_stack_resources(
            StackName=self._name
        )["StackResources"]
        (role,) = [one for one in resources if one["LogicalResourceId"] == "TrainersRole"]
        self.aws.client("iam").delete_role_policy(
            RoleName=role["PhysicalResourceId"], PolicyName="trainers"
        )

    def terminate(self, started: StartedJob) -> None:
        """Terminate the job's instance behind its run's back."""
        (instance,) = self._instances_of(started)
        self.aws.client("ec2").terminate_instances(InstanceIds=[instance["InstanceId"]])

    def wait_until_off(self, started: StartedJob) -> datetime:
        """Let time pass until no instance of the job is billed any more, and return when."""
        self.clock.run_while(lambda: self._is_billed(started))
        return self.clock.now()

    def launched_at(self, started: StartedJob) -> datetime:
        """Return when the job's instance was launched."""
        (instance,) = self._instances_of(started)
        timestamp: datetime = instance["LaunchTime"]
        return timestamp

    def clean_up_after(self, started: StartedJob) -> str:
        """Start a cleanup as the event of an end does, and return its execution."""
        event = json.dumps({"executionArn": started.execution_arn})
        answer = self._steps.start_execution(stateMachineArn=self._cleanup_arn, input=event)
        return str(answer["executionArn"])

    def status_of(self, execution_arn: str) -> str:
        return str(self._steps.describe_execution(executionArn=execution_arn)["status"])

    def unfinished_cleanups(self) -> list[str]:
        found = self._steps.list_executions(stateMachineArn=self._cleanup_arn)["executions"]
        return [one["status"] for one in found if one["status"] != "SUCCEEDED"]

    def record_of(self, started: StartedJob) -> dict[str, Any]:
        return self._file(started, "record.json")

    def are_results_saved(self, started: StartedJob) -> bool:
        return bool(self._file(started, "exit.json")["results"]["complete"])

    def held_names(self) -> list[str]:
        found = self.aws.client("dynamodb").scan(TableName=self._table)["Items"]
        return [one["item"]["S"] for one in found]

    def _file(self, started: StartedJob, name: str) -> dict[str, Any]:
        folder = self.deployed.folder_of(started)
        found = self.aws.client("s3").get_object(
            Bucket=folder.bucket,
            Key=folder.record_key if name == "record.json" else f"{folder.output_prefix}/{name}",
        )
        value: dict[str, Any] = json.loads(found["Body"].read())
        return value

    def _state_of(self, started: StartedJob) -> str:
        answer = self._steps.get_execution_history(
            executionArn=started.execution_arn, reverseOrder=True, maxResults=20
        )
        entered = [
            event["stateEnteredEventDetails"]["name"]
            for event in answer["events"]
            if "stateEnteredEventDetails" in event
        ]
        return str(entered[0]) if entered else ""

    def _is_billed(self, started: StartedJob) -> bool:
        states = {one["State"]["Name"] for one in self._instances_of(started)}
        return bool(states & {"pending", "running"})

    def _instances_of(self, started: StartedJob) -> list[Any]:
        owned = [{"Name": "tag:parris:execution", "Values": [started.execution_arn]}]
        found = self.aws.client("ec2").describe_instances(Filters=owned)["Reservations"]
        return [one for group in found for one in group["Instances"]]
