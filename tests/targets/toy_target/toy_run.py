"""Jobs of the toy target on a deployment of the copy that has it, from their start to their end."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from parris_cli.account.clients import Account, Deployment
from parris_cli.project_files import snapshots_folder
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.starting.start_job import StartedJob
from tests.end_to_end.deployment import Deployed
from tests.targets.toy_target.insert import NAME
from tests.targets.toy_target.machines import ROOT, Machines, Training

MINUTE = timedelta(minutes=1)
EVENT_ARRIVES_WITHIN = timedelta(seconds=10)
ON_EC2 = "on-ec2"


@dataclass(frozen=True, slots=True)
class Case:
    """A job, what its machine does, why it ends, and what its parameter says then.

    `is_stop_requested` and `is_abandoned` happen to it after three minutes: a person's request, and
    an execution that is stopped while nobody hears of it.
    """

    training: Training
    reason: str
    config: dict[str, Any] = field(default_factory=dict)
    left: str | None = None
    status: str = "FAILED"
    is_stop_requested: bool = False
    is_abandoned: bool = False


class Toy:
    """The deployment, and the jobs that were started in it."""

    def __init__(
        self, aws: EmbeddedAws, clock: VirtualClock, outputs: Mapping[str, str], folder: Path
    ) -> None:
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        self.deployed = Deployed(account, folder)
        self.jobs: dict[str, StartedJob] = {}
        self._aws, self._clock = aws, clock
        self._bucket = account.deployment.bucket
        self._wake_function = outputs["WakeFunctionName"]

    def run(self, cases: Mapping[str, Case]) -> None:
        """Start all jobs, and one of the first target; half an hour later all have ended."""
        trainings = {name: case.training for name, case in cases.items()}
        machines = Machines(self._aws, self._clock, self._bucket, trainings)
        began_at = self._clock.now()
        for name, case in cases.items():
            config = {"target": NAME, "instance_type": None, "tier": "Advanced", **case.config}
            self.jobs[name] = self.deployed.start(name, "exit 0\n", **config)
        self.jobs[ON_EC2] = self.deployed.start(ON_EC2, "exit 0\n")
        machines.run_until(began_at + 3 * MINUTE)
        for name, case in cases.items():
            if case.is_stop_requested:
                self._request_stop(self.jobs[name])
            if case.is_abandoned:
                self._abandon(self.jobs[name], machines)
        machines.run_until(began_at + 15 * MINUTE)
        self.pass_time(15 * MINUTE)

    def pass_time(self, span: timedelta) -> None:
        """Let time pass."""
        self._clock.run_until(self._clock.now() + span)

    def end_of(self, name: str) -> tuple[str, str, str]:
        """Return status, reason and cause of an execution."""
        arn = self.jobs[name].execution_arn
        found = self._aws.client("stepfunctions").describe_execution(executionArn=arn)
        reason = found.get("error") or json.loads(found.get("output", "{}")).get("reason")
        return found["status"], str(reason), found.get("cause", "")

    def outcome_of(self, name: str) -> dict[str, Any]:
        """Return the outcome that is recorded of a job."""
        key = self.deployed.folder_of(self.jobs[name]).record_key
        body = self._aws.client("s3").get_object(Bucket=self._bucket, Key=key)["Body"].read()
        found: dict[str, Any] = json.loads(body)["outcome"]
        return found

    def value_of(self, name: str) -> str | None:
        """Return what a job's parameter says now, None where there is none."""
        parameters = self._aws.client("ssm")
        try:
            found = parameters.get_parameter(Name=f"{ROOT}/{self.jobs[name].job_id}")
        except parameters.exceptions.ParameterNotFound:
            return None
        return str(found["Parameter"]["Value"])

    def _request_stop(self, job: StartedJob) -> None:
        request = {
            "training_job_name": job.job_id.rsplit("-", 2)[0],
            "execution_arn": job.execution_arn,
            "request": "stop",
            "requested_at": self._clock.now().isoformat(),
        }
        functions = self._aws.client("lambda")
        functions.invoke(FunctionName=self._wake_function, Payload=json.dumps(request))

    def _abandon(self, job: StartedJob, machines: Machines) -> None:
        events = self._aws.client("events")
        (rule,) = [one["Name"] for one in events.list_rules()["Rules"] if "RunDied" in one["Name"]]
        events.disable_rule(Name=rule)
        arn = job.execution_arn
        self._aws.client("stepfunctions").stop_execution(executionArn=arn, cause="by hand")
        machines.run_until(self._clock.now() + EVENT_ARRIVES_WITHIN)
        events.enable_rule(Name=rule)


@contextmanager
def deployed_toy(clone: Path, folder: Path) -> Iterator[Toy]:
    """Deploy a copy of the clone that has the target, with a reaper that comes twice a day."""
    clock = VirtualClock(datetime(2031, 5, 1, tzinfo=UTC))
    settings = Settings(
        stack_create_seconds=30,
        stack_delete_seconds=30,
        instances=SimulatedInstances(SimulatedTraining(takes_seconds=300)),
    )
    jobs = folder / "jobs"
    jobs.mkdir()
    with EmbeddedAws(
        settings, folder=folder / "aws", clock=clock, snapshots=snapshots_folder()
    ) as aws:
        outputs = aws.deploy(clone / "template.yaml", "parris", {"ReaperRate": "rate(12 hours)"})
        yield Toy(aws, clock, outputs, jobs)
