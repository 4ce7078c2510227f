"""The policies of docs/policies are enough for what they are for, and for no more."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from embedded_aws_helpers.roles import acting_as, make_role
from embedded_aws_helpers.waiting import wait_until
from parris_cli.project_files import PROJECT
from tests.end_to_end.clone_copy import CloneCopy

pytestmark = pytest.mark.long

POLICIES = PROJECT / "docs" / "policies"
WITH_ALL_THAT_STARTS_JOBS = (
    "--set 'ScheduleExpression=cron(0 4 1 1 ? 2199)' --set IotTopicFilter=buttons/+"
)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    settings = Settings(stack_create_seconds=0.5, stack_delete_seconds=0.5)
    with EmbeddedAws(settings, folder=tmp_path_factory.mktemp("embedded-aws")) as running:
        yield running


class Person:
    """Somebody with these policies, and nothing else."""

    def __init__(self, aws: EmbeddedAws, name: str, *more: str) -> None:
        self._aws = aws
        statements = [
            statement
            for policy in (name, *more)
            for statement in json.loads((POLICIES / f"{policy}.json").read_text())["Statement"]
        ]
        self._role = make_role(aws, name, *statements)

    def client(self, service: str) -> Any:
        return acting_as(self._aws, self._role, service)

    def environment(self) -> dict[str, str]:
        sts = self._aws.client("sts")
        held = sts.assume_role(RoleArn=self._role, RoleSessionName="me")["Credentials"]
        return {
            **self._aws.environment(),
            "AWS_ACCESS_KEY_ID": held["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": held["SecretAccessKey"],
            "AWS_SESSION_TOKEN": held["SessionToken"],
        }


@pytest.fixture(scope="module")
def deployer(aws: EmbeddedAws) -> Person:
    return Person(aws, "deployer", "deployer-data")


def environment_deployer(aws: EmbeddedAws, target: str) -> Person:
    return Person(aws, f"deployer-{target}", "deployer", "deployer-data")


@pytest.fixture(scope="module")
def starter(aws: EmbeddedAws) -> Person:
    return Person(aws, "job-starter")


@pytest.fixture(scope="module")
def reader(aws: EmbeddedAws) -> Person:
    return Person(aws, "reader")


@pytest.fixture(scope="module")
def outputs(aws: EmbeddedAws, deployer: Person, copy: CloneCopy) -> dict[str, str]:
    """What the deployer has deployed says of itself."""
    done = copy.run(f"parris deploy {WITH_ALL_THAT_STARTS_JOBS}", deployer.environment())
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    (stack,) = aws.client("cloudformation").describe_stacks(StackName="parris")["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


@pytest.fixture(scope="module")
def job(outputs: dict[str, str], starter: Person, copy: CloneCopy) -> dict[str, Any]:
    """What `parris run` says of a job that the job-starter has started."""
    done = copy.run("parris run --json --results out", starter.environment())
    assert done.returncode == 0, done.stderr[-4000:]
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def refused(call: Any, **request: Any) -> None:
    with pytest.raises(ClientError) as caught:
        call(**request)
    code = caught.value.response["Error"]["Code"]
    assert code.startswith("AccessDenied") or code == "UnauthorizedOperation"


def test_a_deployer_can_deploy(outputs: dict[str, str]) -> None:
    assert outputs["StateMachineArn"].endswith(":stateMachine:parris-training")


def test_a_deployer_can_start_no_job_and_read_no_results(
    job: dict[str, Any], outputs: dict[str, str], deployer: Person
) -> None:
    machine, bucket = outputs["StateMachineArn"], outputs["TrainingBucketName"]
    refused(deployer.client("stepfunctions").start_execution, stateMachineArn=machine, input="{}")
    key = f"jobs/stack/{job['job_id']}/record.json"
    refused(deployer.client("s3").get_object, Bucket=bucket, Key=key)


def test_a_job_starter_starts_and_follows_a_job_and_fetches_its_results(
    job: dict[str, Any], copy: CloneCopy
) -> None:
    assert job["reason"] == "COMPLETED"
    assert job["left_running"] == []
    assert (copy.folder / "out" / "model.json").is_file()
    assert (copy.folder / "out" / "record.json").is_file()


def test_a_job_starter_runs_and_stops_sweeps(
    outputs: dict[str, str], starter: Person, copy: CloneCopy
) -> None:
    (copy.folder / "small.sh").write_text("exit 0\n")
    sweep = {
        "sweep-name": "small",
        "training": {
            "training-script-filename": "small.sh",
            "instance-type": "t3.micro",
            "termination-method": "on-complete",
        },
        "search": {"method": "list", "trials": [{"depth": 1}]},
        "budget": {"cost-limit": 1000},
    }
    (copy.folder / "sweep.json").write_text(json.dumps(sweep))
    done = copy.run("parris sweep sweep.json --json", starter.environment())
    assert done.returncode == 0, done.stderr[-4000:]
    assert json.loads(done.stdout)["counts"]["succeeded"] == 1
    assert copy.run("parris sweep status small", starter.environment()).returncode == 0
    again = copy.run("parris sweep sweep.json --detach --json", starter.environment())
    stop = f"parris sweep stop {json.loads(again.stdout)['sweep_id']} --json"
    assert copy.run(stop, starter.environment()).returncode == 0


def test_a_job_starter_starts_from_the_console_with_a_config_in_the_bucket(
    job: dict[str, Any], outputs: dict[str, str], starter: Person
) -> None:
    bucket = outputs["TrainingBucketName"]
    starter.client("s3").put_object(Bucket=bucket, Key="team/wrong.json", Body=b'{"colour": 1}')
    machines = starter.client("stepfunctions")
    assert machines.list_state_machines()["stateMachines"]
    started = machines.start_execution(
        stateMachineArn=outputs["StateMachineArn"], input='{"config-key": "team/wrong.json"}'
    )
    assert machines.describe_execution(executionArn=started["executionArn"])["status"]
    # A history may lag behind its execution; this test only needs the permission to read it.
    assert "events" in machines.get_execution_history(executionArn=started["executionArn"])


def test_a_job_starter_can_ask_for_an_end_and_read_the_log(
    job: dict[str, Any], outputs: dict[str, str], starter: Person
) -> None:
    request = {
        "training_job_name": "none",
        "request": "stop",
        "requested_at": "2026-11-21T00:00:00Z",
    }
    answer = starter.client("lambda").invoke(
        FunctionName=outputs["WakeFunctionName"], Payload=json.dumps(request)
    )
    assert json.loads(answer["Payload"].read())["was_notified"] is False
    logs = starter.client("logs")
    assert logs.filter_log_events(logGroupName=outputs["TrainerLogGroupName"])["events"]


def test_a_job_starter_can_ask_what_a_job_would_cost(
    outputs: dict[str, str], starter: Person, copy: CloneCopy
) -> None:
    done = copy.run("parris estimate --json", starter.environment())
    assert done.returncode == 0, done.stderr[-4000:]
    assert json.loads(done.stdout)["machines"][0]["instance_type"]


def test_a_job_starter_can_delete_and_change_nothing(
    job: dict[str, Any], outputs: dict[str, str], starter: Person
) -> None:
    bucket, execution = outputs["TrainingBucketName"], job["execution_arn"]
    formation, s3 = starter.client("cloudformation"), starter.client("s3")
    refused(formation.delete_stack, StackName="parris")
    refused(formation.delete_stack, StackName="parris-stack")
    refused(s3.delete_object, Bucket=bucket, Key=f"jobs/stack/{job['job_id']}/record.json")
    refused(s3.put_object, Bucket=bucket, Key=f"jobs/stack/{job['job_id']}/record.json", Body=b"")
    refused(s3.put_object, Bucket=bucket, Key="training-config.json", Body=b"{}")
    refused(starter.client("stepfunctions").stop_execution, executionArn=execution)
    refused(starter.client("ec2").terminate_instances, InstanceIds=["i-0123456789abcdef0"])


def test_a_reader_reads_records_results_and_logs(
    job: dict[str, Any], outputs: dict[str, str], reader: Person
) -> None:
    s3, bucket = reader.client("s3"), outputs["TrainingBucketName"]
    folder = f"jobs/stack/{job['job_id']}"
    assert s3.list_objects_v2(Bucket=bucket, Prefix=folder)["Contents"]
    record = json.loads(s3.get_object(Bucket=bucket, Key=f"{folder}/record.json")["Body"].read())
    assert record["outcome"]["reason"] == "COMPLETED"
    results = record["outcome"]["results_uri"].removeprefix(f"s3://{bucket}/")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=results)["Contents"]
    assert f"{results}model.json" in [one["Key"] for one in listed]
    assert s3.get_object(Bucket=bucket, Key=f"{results}model.json")["Body"].read()
    machines = reader.client("stepfunctions")
    assert machines.list_executions(stateMachineArn=outputs["StateMachineArn"])["executions"]
    assert machines.get_execution_history(executionArn=job["execution_arn"])["events"]
    logs = reader.client("logs")
    for group in (outputs["TrainerLogGroupName"], outputs["FunctionsLogGroupName"]):
        assert logs.filter_log_events(logGroupName=group)["events"]


def test_a_reader_can_start_stop_and_write_nothing(
    job: dict[str, Any], outputs: dict[str, str], reader: Person
) -> None:
    machines, bucket = reader.client("stepfunctions"), outputs["TrainingBucketName"]
    arn = outputs["StateMachineArn"]
    refused(machines.start_execution, stateMachineArn=arn, input="{}")
    refused(machines.stop_execution, executionArn=job["execution_arn"])
    refused(reader.client("s3").put_object, Bucket=bucket, Key="jobs/x", Body=b"")
    refused(reader.client("s3").list_objects_v2, Bucket=bucket, Prefix="team/")
    refused(reader.client("s3").list_objects_v2, Bucket=bucket, Prefix="steering/")
    refused(reader.client("lambda").invoke, FunctionName=outputs["WakeFunctionName"])


@pytest.mark.parametrize(
    ("target", "only_with_cloudformation", "request_"),
    [
        (
            "batch",
            "create_launch_template",
            {"LaunchTemplateName": "mine", "LaunchTemplateData": {"InstanceType": "t3.micro"}},
        ),
        (
            "ec2-server",
            "run_instances",
            {"ImageId": "ami-12345678", "MinCount": 1, "MaxCount": 1, "InstanceType": "t3.micro"},
        ),
    ],
    ids=["batch", "ec2-server"],
)
def test_a_deployer_of_an_environment_can_deploy_and_delete_it(
    outputs: dict[str, str],
    aws: EmbeddedAws,
    deployer: Person,
    copy: CloneCopy,
    target: str,
    only_with_cloudformation: str,
    request_: dict[str, Any],
) -> None:
    command, formation = f"parris deploy --with {target}", aws.client("cloudformation")
    person = environment_deployer(aws, target)
    assert copy.run(command, deployer.environment()).returncode != 0
    done = copy.run(command, person.environment())
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    (stack,) = formation.describe_stacks(StackName=f"parris-{target}")["Stacks"]
    person.client("cloudformation").delete_stack(StackName=stack["StackName"])
    wait_until(lambda: _status(formation, stack["StackId"]) == "DELETE_COMPLETE")
    # What has no name of its own to be limited by is made through CloudFormation only.
    refused(getattr(person.client("ec2"), only_with_cloudformation), **request_)


def _status(formation: Any, stack_id: str) -> str:
    return str(formation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"])


def test_a_deployer_can_delete_the_deployment(
    job: dict[str, Any], aws: EmbeddedAws, deployer: Person, copy: CloneCopy
) -> None:
    done = copy.run("sam delete --no-prompts --region us-east-1", deployer.environment())
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    left = [
        stack["StackName"] for stack in aws.client("cloudformation").describe_stacks()["Stacks"]
    ]
    assert "parris" not in left
