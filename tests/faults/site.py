"""Where cells are tried: one embedded AWS on a clock that jumps, many jobs and a neighbour."""

import dataclasses
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from moto.ec2.models import ec2_backends

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.batch_delays import BatchDelays
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.fault_injection.call_faults import strike_calls
from embedded_aws.fault_injection.entered_state import watch_states
from embedded_aws.instances.lifecycle import hang_instance
from embedded_aws.training_delays import TrainingDelays
from parris.folder import JobFolder
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.project_files import PROJECT, snapshots_folder
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_container import SimulatedContainers
from parris_cli.rehearsal.simulation.simulated_task import SimulatedTasks
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from tests.faults import batch_jobs, server_jobs
from tests.faults.batch_scenarios import NO_SUCH_MACHINE_TYPE
from tests.faults.calls import CallWatcher
from tests.faults.scenario import CLOCK_TIME_AFTER, Scenario, Visit
from tests.faults.scenarios import NO_SUCH_TYPE
from tests.faults.states import StateWatcher
from tests.faults.training_job_scenarios import NO_SUCH_TRAINING_TYPE, QUOTA_OF_TRAINING_JOBS
from tests.faults.training_jobs import (
    BILLED_STATES,
    have_trained,
    left_of_training_jobs,
    put_image,
    stop_training_jobs,
    training_jobs_of,
)
from tests.jobs_table import jobs_table_name

NEIGHBOUR = "neighbour"
_STARTED_AT = datetime(2031, 5, 1, tzinfo=UTC)
_TRAINING = SimulatedTraining(takes_seconds=300 * 24 * 3600.0)
_OWNER = "parris:execution"
_DECISIONS = {
    Visit.REACH_METRIC: {"reason": "METRIC_REACHED", "value": 0.05, "reports": 9},
    Visit.STOP_IMPROVING: {"reason": "NO_IMPROVEMENT", "value": 0.2, "reports": 9},
    Visit.STOP_PRINTING: {"reason": "NO_PROGRESS", "silent_seconds": 90},
}
"""What a runner decides by what its script prints, or no longer prints."""
_GONE = {"terminated", "DELETE_COMPLETE"}


@dataclasses.dataclass(frozen=True, slots=True)
class Left:
    """What of a job is there, as (kind, id, state)."""

    things: tuple[tuple[str, str, str], ...]

    @property
    def billed_machines(self) -> tuple[str, ...]:
        """Return the instances, training jobs and warm pools that are billed."""
        billed = ("pending", "running", *BILLED_STATES, *batch_jobs.BILLED_STATES)
        return tuple(one[1] for one in self.things if one[2] in billed)


class Site:
    """A deployment whose jobs go wrong, and a job of it that nothing may touch."""

    def __init__(self, aws: EmbeddedAws, clock: VirtualClock) -> None:
        self.aws, self.clock, self.calls = aws, clock, CallWatcher()
        self.states = StateWatcher(aws, clock, self.calls)
        outputs = aws.deploy(PROJECT / "template.yaml", "parris", {})
        self.outputs, self._has_queues, self._has_server_role = outputs, False, False
        self._servers: dict[str, str] = {}
        self._bucket = outputs["TrainingBucketName"]
        self._machine_arn = outputs["StateMachineArn"]
        self._wake_function = outputs["WakeFunctionName"]
        self._steps = aws.client("stepfunctions")
        found = self._steps.list_state_machines()["stateMachines"]
        (self._cleanup_arn,) = [
            one["stateMachineArn"] for one in found if "cleanup" in one["name"].lower()
        ]
        self.arns: dict[str, str] = {}
        self._ended_cleanups: dict[str, dict[str, Any]] = {}
        put_image(aws)
        strike_calls(self.calls)
        watch_states(self.states)
        self.start(NEIGHBOUR, {"termination-method": "on-complete", "instance-type": "t3.micro"})
        clock.run_until(clock.now() + timedelta(minutes=3))
        self._neighbour_before = self.left_of(NEIGHBOUR)

    def start(self, job: str, config: dict[str, Any]) -> None:
        """Start a job, on the server that is there for it, until the time that it asks for."""
        if job in self._servers:
            config = {**config, "server-id": self._servers[job]}
        if "at-clock-time" in config["termination-method"]:
            at = f"{self.clock.now() + CLOCK_TIME_AFTER:%Y-%m-%dT%H:%M}+00:00"
            options = {**config["termination-options"], "clock-time": at}
            config = {**config, "termination-options": options}
        answer = self._steps.start_execution(
            stateMachineArn=self._machine_arn,
            name=job,
            input=json.dumps({**config, "training-job-name": job}),
        )
        self.arns[job] = answer["executionArn"]

    def imagine(self, jobs: dict[str, Scenario]) -> None:
        """Let the machines of these jobs train as their scenarios say."""
        if not self._has_queues and any(one.target == "batch" for one in jobs.values()):
            batch_jobs.make_queues(self.aws, self.outputs)
            self._has_queues = True
        self.train({job: scenario.training for job, scenario in jobs.items()})
        self._make_servers([job for job, one in jobs.items() if one.target == "ec2-server"])

    def _make_servers(self, jobs: Sequence[str]) -> None:
        if not jobs:
            return
        if not self._has_server_role:
            server_jobs.make_environment(self.aws, self.outputs)
            self._has_server_role = True
        self._servers |= server_jobs.make_servers(self.aws, jobs)
        # They set themselves up, and then sleep.
        self.pass_time(self.clock.now() + timedelta(minutes=2))

    def train(self, of_jobs: Mapping[str, SimulatedTraining]) -> None:
        """Let the machines of these jobs train so."""
        context = self.aws.context
        training = dataclasses.replace(_TRAINING, of_jobs=of_jobs)
        context.settings = dataclasses.replace(
            context.settings,
            instances=SimulatedInstances(training),
            training_containers=SimulatedContainers(training),
            batch_containers=SimulatedTasks(training),
        )

    def pass_time(self, until: datetime) -> None:
        """Let everything happen until a given time."""
        self.clock.run_until(until)

    def visit(self, job: str, visit: Visit) -> None:
        """Do what a user does about a job."""
        request = {"training_job_name": job, "execution_arn": self.arns[job]}
        match visit:
            case Visit.STOP_EXECUTION:
                self._steps.stop_execution(executionArn=self.arns[job], cause="by hand")
            case Visit.REQUEST_STOP:
                self._tell(
                    request | {"request": "stop", "requested_at": self.clock.now().isoformat()}
                )
            case Visit.SUPERSEDE:
                self._tell(
                    request | {"request": "supersede", "superseded_by": self.arns[NEIGHBOUR]}
                )
            case Visit.CLEAN_UP:
                event = json.dumps({"executionArn": self.arns[job]})
                self._steps.start_execution(stateMachineArn=self._cleanup_arn, input=event)
            case Visit.HANG:
                self._hang(job)
            case Visit.STOP_MACHINE:
                stop_training_jobs(self.aws, job)
                batch_jobs.terminate_batch_jobs(self.aws, job)
                if job in self._servers:
                    server_jobs.stop_server(self.aws, self._servers[job])
            case Visit.REACH_METRIC | Visit.STOP_IMPROVING | Visit.STOP_PRINTING:
                self._decide(job, _DECISIONS[visit])

    def _decide(self, job: str, decision: Mapping[str, object]) -> None:
        """Write what the runner on the job's instance decides."""
        s3, body = self.aws.client("s3"), json.dumps(decision).encode()
        instances = [name for kind, name, _ in self.left_of(job).things if kind == "instance"]
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix="machines/"
        )
        keys = (one["Key"] for page in pages for one in page.get("Contents", []))
        folders = {key.rpartition("/")[0] for key in keys if key.endswith("/started.json")}
        for folder in folders:
            if any(f":{name}/" in f"{folder}/" for name in instances):
                s3.put_object(Bucket=self._bucket, Key=f"{folder}/decision.json", Body=body)

    def _hang(self, job: str) -> None:
        backend = ec2_backends[self.aws.settings.account_id][self.aws.settings.region]
        for kind, name, _ in self.left_of(job).things:
            if kind == "instance":
                hang_instance(backend.get_instance(name))

    def _tell(self, request: dict[str, str]) -> None:
        functions = self.aws.client("lambda")
        functions.invoke(FunctionName=self._wake_function, Payload=json.dumps(request))

    def execution_of(self, job: str) -> dict[str, Any]:
        """Return the job's execution as Step Functions describes it."""
        found: dict[str, Any] = self._steps.describe_execution(executionArn=self.arns[job])
        return found

    def cleanups_of(self, job: str) -> tuple[dict[str, Any], ...]:
        """Return the executions of the cleanup machine that were for the job."""
        pages = self._steps.get_paginator("list_executions")
        found = [
            self._cleanup(one["executionArn"])
            for page in pages.paginate(stateMachineArn=self._cleanup_arn)
            for one in page["executions"]
        ]
        return tuple(one for one in found if self.arns[job] in one.get("input", ""))

    def _cleanup(self, execution_arn: str) -> dict[str, Any]:
        # All jobs' executions would be searched for each job: ended ones are queried once.
        if execution_arn in self._ended_cleanups:
            return self._ended_cleanups[execution_arn]
        found: dict[str, Any] = self._steps.describe_execution(executionArn=execution_arn)
        if found["status"] != "RUNNING":
            self._ended_cleanups[execution_arn] = found
        return found

    def left_of(self, job: str) -> Left:
        """Return what carries the tag of the job's execution and is not gone."""
        return self.left_of_each([job])[job]

    def left_of_each(self, jobs: Sequence[str]) -> dict[str, Left]:
        """Return the same for several jobs, with one query."""
        tag = {"Name": f"tag:{_OWNER}", "Values": [self.arns[job] for job in jobs]}
        ec2, stacks = self.aws.client("ec2"), self.aws.client("cloudformation")
        things = [
            ("instance", one["InstanceId"], one["State"]["Name"], one)
            for group in ec2.describe_instances(Filters=[tag])["Reservations"]
            for one in group["Instances"]
        ]
        things += [
            ("volume", one["VolumeId"], one["State"], one)
            for one in ec2.describe_volumes(Filters=[tag])["Volumes"]
        ]
        things += [
            ("stack", one["StackName"], one["StackStatus"], one)
            for one in stacks.describe_stacks()["Stacks"]
        ]
        things += left_of_training_jobs(self.aws)
        things += batch_jobs.left_of_batch_jobs(self.aws)
        owners = {
            server_id: self.arns[job] for job, server_id in self._servers.items() if job in jobs
        }
        things += server_jobs.left_of_servers(self.aws, owners, _OWNER)
        of_owner = defaultdict(list)
        for kind, name, state, described in things:
            if state not in _GONE:
                of_owner[_owner_of(described)].append((kind, name, state))
        return {job: Left(tuple(of_owner[self.arns[job]])) for job in jobs}

    def did_start(self, job: str) -> bool:
        """Return whether the job's script has started, so that there may be results."""
        return self.file_of(job, "started.json") is not None or have_trained(self.aws, job)

    def are_results_saved(self, job: str) -> bool:
        """Return whether the results are in the bucket."""
        models = [
            f"machines/{one.name}/results/{one.name}/output/model.tar.gz"
            for one in training_jobs_of(self.aws, job)
        ]
        if models:
            return any(self._is_there(key) for key in models)
        last_word = self.file_of(job, "exit.json")
        return last_word is not None and bool(last_word["results"]["complete"])

    def file_of(self, job: str, name: str) -> dict[str, Any] | None:
        """Return a JSON file of the job or of its machine, None where there is none."""
        folder = JobFolder(self._bucket, job, job)
        if name == "record.json":
            return self.json_at(folder.record_key)
        note = self.json_at(folder.machine_note_key)
        return None if note is None else self.json_at(f"{note['prefix']}/{name}")

    def json_at(self, key: str) -> dict[str, Any] | None:
        """Return a JSON file of the bucket, None where there is none."""
        if not self._is_there(key):
            return None
        s3 = self.aws.client("s3")
        found: dict[str, Any] = json.loads(
            s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        )
        return found

    def _is_there(self, key: str) -> bool:
        s3 = self.aws.client("s3")
        return "Contents" in s3.list_objects_v2(Bucket=self._bucket, Prefix=key)

    def is_name_held(self, job: str) -> bool:
        """Return whether the job's name is still held."""
        dynamodb = self.aws.client("dynamodb")
        table = jobs_table_name(self.aws)
        return "Item" in dynamodb.get_item(TableName=table, Key={"item": {"S": f"job#{job}"}})

    def is_neighbour_well(self) -> bool:
        """Return whether the job that nothing may touch is as it was."""
        is_running = self.execution_of(NEIGHBOUR)["status"] == "RUNNING"
        return is_running and self.left_of(NEIGHBOUR) == self._neighbour_before


def _owner_of(described: Mapping[str, Any]) -> str | None:
    return next((tag["Value"] for tag in described.get("Tags", []) if tag["Key"] == _OWNER), None)


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Deploy Parris into an embedded AWS, which ends with the block."""
    clock = VirtualClock(_STARTED_AT)
    settings = Settings(
        shared_imports=SHARED_IMPORTS,
        stack_create_seconds=5,
        stack_delete_seconds=5,
        instances=SimulatedInstances(_TRAINING),
        training_containers=SimulatedContainers(_TRAINING),
        training_delays=TrainingDelays(start=60, capacity=120, download=20, upload=10),
        batch_delays=BatchDelays(5, 60, 20, 120, 30, 5),
        training_quotas={QUOTA_OF_TRAINING_JOBS: 1000.0},
        unavailable_instance_types=frozenset(
            {NO_SUCH_TYPE, NO_SUCH_TRAINING_TYPE, NO_SUCH_MACHINE_TYPE}
        ),
    )
    with EmbeddedAws(settings, folder=folder, clock=clock, snapshots=snapshots_folder()) as aws:
        yield Site(aws, clock)
