"""A trainer's credentials, in hostile hands: what they reach of a neighbour and the deployment.

Each line of docs/security.md, "What a machine can reach", is tried here.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.permissions.trust import assume_as_service
from embedded_aws_helpers.idle_containers import IdleContainers
from parris.aws.result_access import ResultAccess
from parris.settings import Settings as ParrisSettings
from parris_cli.account.clients import Account, Deployment
from parris_cli.project_files import snapshots_folder
from parris_cli.starting.start_job import StartedJob
from parris_cli.stopping.request_stop import request_stop
from tests.end_to_end.deployment import ENDLESS, Deployed
from tests.handlers.account import make_image
from tests.parris.targets.sagemaker.builders import IMAGE
from tests.patience import PATIENCE_SECONDS
from tests.permissions.template_permissions import TEMPLATE

ATTACKER_ID = "i-0badbadbadbadbad0"
SAVES_WHEN_TOLD = f"""trap 'echo 1 > "$PARRIS_RESULTS_DIR/model"; exit 0' TERM
{ENDLESS}"""
FORGED = json.dumps({"exit_status": 0, "ended_by": "script"}).encode()
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError")


@dataclass(frozen=True, slots=True)
class Scene:
    """A neighbour that trains, and the credentials of another machine of the deployment.

    `attacker` is the folder of that machine, and `own` is where in it its results are.
    """

    aws: EmbeddedAws
    deployed: Deployed
    victim: StartedJob
    outputs: dict[str, str]
    attacker: str
    own: str
    session: boto3.Session

    @property
    def bucket(self) -> str:
        return self.outputs["TrainingBucketName"]

    @property
    def jobs_folder(self) -> str:
        return self.deployed.folder_of(self.victim).prefix

    @property
    def machine(self) -> str:
        return self.deployed.folder_of(self.victim).machine_prefix

    @property
    def steering(self) -> str:
        return self.machine.replace("machines/", "steering/")

    @property
    def instance_id(self) -> str:
        return self.machine.rpartition(":")[2]

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.aws.endpoint_url)  # type: ignore[call-overload]

    def there(self, key: str) -> bytes | None:
        """Return an object as the account's owner sees it."""
        s3 = self.aws.client("s3")
        try:
            return bytes(s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        except s3.exceptions.NoSuchKey:
            return None

    @contextmanager
    def holding(self, *keys: str) -> Iterator[None]:
        """Make sure that objects are there, so that a read that is allowed succeeds."""
        s3 = self.aws.client("s3")
        missing = [key for key in keys if self.there(key) is None]
        for key in missing:
            s3.put_object(Bucket=self.bucket, Key=key, Body=b"7")
        yield
        for key in missing:
            s3.delete_object(Bucket=self.bucket, Key=key)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Scene]]:
    """The scene of an attacker on each target, all in one deployment."""
    folder = tmp_path_factory.mktemp("neighbours")
    settings = Settings(
        stack_create_seconds=0.2,
        stack_delete_seconds=0.2,
        enforce_roles=True,
        training_containers=IdleContainers(),
    )
    with EmbeddedAws(settings, folder=folder / "aws", snapshots=snapshots_folder()) as aws:
        outputs = aws.deploy(TEMPLATE, "parris", {})
        (folder / "jobs").mkdir()
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        deployed = Deployed(account, folder / "jobs")
        victim = deployed.start("victim", SAVES_WHEN_TOLD)
        deployed.wait_for_file(victim, "started.json")
        for key in ("team/shared.csv", "data/x", "own/x"):
            aws.client("s3").put_object(Bucket=outputs["TrainingBucketName"], Key=key, Body=b"{}")
        yield {
            "ec2-stack": _with_an_instance(aws, deployed, victim, outputs),
            "sagemaker": _with_a_training_job(aws, deployed, victim, outputs),
        }


@pytest.fixture(params=["ec2-stack", "sagemaker"])
def scene(request: pytest.FixtureRequest, scenes: dict[str, Scene]) -> Scene:
    return scenes[request.param]


@pytest.fixture
def instance_scene(scenes: dict[str, Scene]) -> Scene:
    return scenes["ec2-stack"]


def _with_a_training_job(
    aws: EmbeddedAws, deployed: Deployed, victim: StartedJob, outputs: dict[str, str]
) -> Scene:
    make_image(aws.client("ecr"))
    image = {"image": IMAGE, "instance_type": "ml.m5.large"}
    deployed.start("attacker", "exit 0\n", target="sagemaker", **image)
    sagemaker = aws.client("sagemaker")

    ends_at = time.monotonic() + PATIENCE_SECONDS
    while not (found := sagemaker.list_training_jobs()["TrainingJobSummaries"]):
        assert time.monotonic() < ends_at, "no training job was launched"
        time.sleep(0.2)
    name = found[0]["TrainingJobName"]
    role_arn = sagemaker.describe_training_job(TrainingJobName=name)["RoleArn"]
    with aws.context.at_work("test"):
        key = assume_as_service(role_arn, "sagemaker.amazonaws.com", "SageMaker")
    session = boto3.Session(
        key.access_key_id, key.secret_access_key, key.session_token, region_name="us-east-1"
    )
    steering = f"steering/{name}/job.json"
    aws.client("s3").put_object(Bucket=outputs["TrainingBucketName"], Key=steering, Body=b"{}")
    own = f"machines/{name}/results/{name}"
    return Scene(aws, deployed, victim, outputs, name, own, session)


def _with_an_instance(
    aws: EmbeddedAws, deployed: Deployed, victim: StartedJob, outputs: dict[str, str]
) -> Scene:
    resources = aws.client("cloudformation").describe_stack_resources(StackName="parris")
    (name,) = [
        one["PhysicalResourceId"]
        for one in resources["StackResources"]
        if one["LogicalResourceId"] == "TrainersRole"
    ]
    role = aws.client("iam").get_role(RoleName=name)["Role"]
    with aws.context.at_work("test"):
        # As an instance's metadata service gets them.
        found = assume_as_service(role["Arn"], "ec2.amazonaws.com", ATTACKER_ID)
    session = boto3.Session(
        found.access_key_id, found.secret_access_key, found.session_token, region_name="us-east-1"
    )
    attacker = f"{role['RoleId']}:{ATTACKER_ID}"
    key = f"steering/{attacker}/job.json"
    aws.client("s3").put_object(Bucket=outputs["TrainingBucketName"], Key=key, Body=b"{}")
    own = f"machines/{attacker}/results"
    return Scene(aws, deployed, victim, outputs, attacker, own, session)


Attack = Callable[[Scene], Any]


def resuming(scene: Scene, prefix: str) -> Any:
    """Return an S3 client with what a second attempt gets to read a machine's results."""
    resources = scene.aws.client("cloudformation").describe_stack_resources(StackName="parris")
    (name,) = [
        one["PhysicalResourceId"]
        for one in resources["StackResources"]
        if one["LogicalResourceId"] == "ResumeRole"
    ]
    role_arn = scene.aws.client("iam").get_role(RoleName=name)["Role"]["Arn"]
    settings = ParrisSettings(
        deployment="parris",
        region="us-east-1",
        training_bucket=scene.bucket,
        jobs_table="",
        trainer_log_group="",
        layers_root=Path(),
        resume_role_arn=role_arn,
    )
    found: Any = ResultAccess(scene.aws.client("sts"), settings).credentials_for(prefix)
    session = boto3.Session(
        found["access_key_id"],
        found["secret_access_key"],
        found["session_token"],
        region_name="us-east-1",
    )
    return session.client("s3", endpoint_url=scene.aws.endpoint_url)


def test_a_second_attempt_reads_the_results_of_the_first_and_nothing_else(
    instance_scene: Scene,
) -> None:
    scene = instance_scene
    results = f"machines/{scene.attacker}/results/"
    others = f"{scene.machine}/results/resumed", f"machines/{scene.attacker}/exit.json"
    scene.aws.client("s3").put_object(Bucket=scene.bucket, Key=f"{results}model", Body=b"7")
    s3 = resuming(scene, results)
    listed = s3.list_objects_v2(Bucket=scene.bucket, Prefix=results)
    assert [one["Key"] for one in listed["Contents"]] == [f"{results}model"]
    assert s3.get_object(Bucket=scene.bucket, Key=f"{results}model")["Body"].read() == b"7"
    attempts: tuple[Callable[[], Any], ...] = (
        *(partial(s3.get_object, Bucket=scene.bucket, Key=key) for key in others),
        lambda: s3.list_objects_v2(Bucket=scene.bucket, Prefix=f"{scene.machine}/results/"),
        lambda: s3.list_objects_v2(Bucket=scene.bucket),
        lambda: s3.put_object(Bucket=scene.bucket, Key=f"{results}model", Body=b"8"),
    )
    with scene.holding(*others):
        for attempt in attempts:
            with pytest.raises(ClientError) as caught:
                attempt()
            assert caught.value.response["Error"]["Code"] in DENIED


LISTS: dict[str, Callable[[Scene], str | None]] = {
    "all": lambda scene: None,
    "nothing": lambda scene: "",
    "jobs": lambda scene: "jobs/",
    "steering": lambda scene: "steering/",
    "machines": lambda scene: "machines/",
    "machines-of-the-role": lambda scene: f"machines/{scene.attacker.partition(':')[0]}",
    "its-own-without-a-slash": lambda scene: f"machines/{scene.attacker}",
    "uploads": lambda scene: "uploads/",
    "what-is-not-shared": lambda scene: "own/",
    "the-neighbours-machine": lambda scene: f"{scene.machine}/",
    "the-neighbours-steering": lambda scene: f"{scene.steering}/",
    "the-neighbours-job": lambda scene: f"{scene.jobs_folder}/",
}
READS: dict[str, Callable[[Scene], str]] = {
    "neighbours-start": lambda scene: f"{scene.machine}/started.json",
    "neighbours-results": lambda scene: f"{scene.machine}/results/model",
    "neighbours-config": lambda scene: f"{scene.steering}/job.json",
    "neighbours-script": lambda scene: f"{scene.steering}/train.sh",
    "neighbours-note": lambda scene: f"{scene.jobs_folder}/machine.json",
    "neighbours-record": lambda scene: f"{scene.jobs_folder}/record.json",
    "neighbours-upload": lambda scene: f"uploads/{scene.victim.job_id}/train.sh",
    "the-teams-config": lambda scene: "training-config.json",
    "what-is-not-shared": lambda scene: "own/x",
}
WRITES: dict[str, Callable[[Scene], str]] = {
    "neighbours-exit": lambda scene: f"{scene.machine}/exit.json",
    "neighbours-manifest": lambda scene: f"{scene.machine}/results-manifest.json",
    "neighbours-heartbeat": lambda scene: f"{scene.machine}/heartbeat.json",
    "neighbours-start": lambda scene: f"{scene.machine}/started.json",
    "neighbours-results": lambda scene: f"{scene.machine}/results/model",
    "neighbours-log": lambda scene: f"{scene.machine}/log.txt",
    "neighbours-bootstrap": lambda scene: f"{scene.steering}/bootstrap.sh",
    "neighbours-runner": lambda scene: f"{scene.steering}/runner.py",
    "neighbours-config": lambda scene: f"{scene.steering}/job.json",
    "neighbours-note": lambda scene: f"{scene.jobs_folder}/machine.json",
    "neighbours-record": lambda scene: f"{scene.jobs_folder}/record.json",
    "exit-of-before": lambda scene: f"{scene.jobs_folder}/exit.json",
    "neighbours-upload": lambda scene: f"uploads/{scene.victim.job_id}/train.sh",
    "its-own-bootstrap": lambda scene: f"steering/{scene.attacker}/bootstrap.sh",
    "its-own-config": lambda scene: f"steering/{scene.attacker}/job.json",
    "the-teams-config": lambda scene: "training-config.json",
    "what-is-shared": lambda scene: "team/shared.csv",
    "a-machine-to-come": lambda scene: f"machines/{scene.attacker}0/exit.json",
}
OTHERS: dict[str, tuple[str, Attack]] = {
    "read-items": ("dynamodb", lambda s: {"op": "scan", "TableName": s.outputs["JobsTableName"]}),
    "take-a-name": (
        "dynamodb",
        lambda s: {
            "op": "delete_item",
            "TableName": s.outputs["JobsTableName"],
            "Key": {"item": {"S": "job#victim"}},
        },
    ),
    "start-a-job": (
        "stepfunctions",
        lambda s: {
            "op": "start_execution",
            "stateMachineArn": s.outputs["StateMachineArn"],
            "input": "{}",
        },
    ),
    "stop-a-run": (
        "stepfunctions",
        lambda s: {"op": "stop_execution", "executionArn": s.victim.execution_arn},
    ),
    "look-at-a-run": (
        "stepfunctions",
        lambda s: {"op": "describe_execution", "executionArn": s.victim.execution_arn},
    ),
    "read-a-history": (
        "stepfunctions",
        lambda s: {"op": "get_execution_history", "executionArn": s.victim.execution_arn},
    ),
    "end-a-sleep": (
        "stepfunctions",
        lambda s: {"op": "send_task_success", "taskToken": "guessed", "output": "{}"},
    ),
    "wake-a-run": (
        "lambda",
        lambda s: {"op": "invoke", "FunctionName": s.outputs["WakeFunctionName"]},
    ),
    "look-at-machines": ("ec2", lambda s: {"op": "describe_instances"}),
    "terminate-a-neighbour": (
        "ec2",
        lambda s: {"op": "terminate_instances", "InstanceIds": [s.instance_id]},
    ),
    "stop-a-neighbour": ("ec2", lambda s: {"op": "stop_instances", "InstanceIds": [s.instance_id]}),
    "tag-a-neighbour": (
        "ec2",
        lambda s: {
            "op": "create_tags",
            "Resources": [s.instance_id],
            "Tags": [{"Key": "parris:keep-until", "Value": "always"}],
        },
    ),
    "look-at-the-stack": (
        "cloudformation",
        lambda s: {"op": "describe_stacks", "StackName": "parris-victim"},
    ),
    "delete-a-stack": (
        "cloudformation",
        lambda s: {"op": "delete_stack", "StackName": "parris-victim"},
    ),
    "tell-people": (
        "sns",
        lambda s: {"op": "publish", "TopicArn": s.outputs["NotifyTopicArn"], "Message": "won"},
    ),
    "read-a-log": (
        "logs",
        lambda s: {
            "op": "get_log_events",
            "logGroupName": s.outputs["TrainerLogGroupName"],
            "logStreamName": f"victim/{s.victim.job_id}",
        },
    ),
    "find-in-logs": (
        "logs",
        lambda s: {"op": "filter_log_events", "logGroupName": s.outputs["TrainerLogGroupName"]},
    ),
    "write-the-functions-log": (
        "logs",
        lambda s: {
            "op": "create_log_stream",
            "logGroupName": s.outputs["FunctionsLogGroupName"],
            "logStreamName": "mine",
        },
    ),
    "change-its-role": (
        "iam",
        lambda s: {
            "op": "put_role_policy",
            "RoleName": "x",
            "PolicyName": "x",
            "PolicyDocument": "{}",
        },
    ),
    "be-the-stack-role": (
        "sts",
        lambda s: {
            "op": "assume_role",
            "RoleArn": "arn:aws:iam::123456789012:role/StackRole",
            "RoleSessionName": "test",
        },
    ),
}


def refused(call: Callable[[], Any]) -> None:
    with pytest.raises(ClientError) as caught:
        call()
    code = str(caught.value.response["Error"]["Code"])
    # A HEAD request has no body that could say more.
    assert code in DENIED or code == "403", caught.value


@pytest.mark.parametrize("prefix", LISTS.values(), ids=LISTS)
def test_it_lists_nothing_of_others(scene: Scene, prefix: Callable[[Scene], str | None]) -> None:
    wanted = prefix(scene)
    given = {} if wanted is None else {"Prefix": wanted}
    s3 = scene.client("s3")
    refused(lambda: s3.list_objects_v2(Bucket=scene.bucket, **given))
    refused(lambda: s3.list_objects(Bucket=scene.bucket, **given))
    refused(lambda: s3.list_object_versions(Bucket=scene.bucket, **given))


@pytest.mark.parametrize("key", READS.values(), ids=READS)
def test_it_reads_nothing_of_others(scene: Scene, key: Callable[[Scene], str]) -> None:
    s3, wanted = scene.client("s3"), key(scene)
    source = {"Bucket": scene.bucket, "Key": wanted}
    own = f"machines/{scene.attacker}/stolen"
    with scene.holding(wanted):
        refused(lambda: s3.get_object(Bucket=scene.bucket, Key=wanted))
        refused(lambda: s3.head_object(Bucket=scene.bucket, Key=wanted))
        refused(lambda: s3.copy_object(Bucket=scene.bucket, Key=own, CopySource=source))


@pytest.mark.parametrize("key", WRITES.values(), ids=WRITES)
def test_it_writes_nothing_of_others_and_nothing_that_steers(
    scene: Scene, key: Callable[[Scene], str]
) -> None:
    s3, wanted = scene.client("s3"), key(scene)
    before = scene.there(wanted)
    refused(lambda: s3.put_object(Bucket=scene.bucket, Key=wanted, Body=FORGED))
    refused(lambda: s3.create_multipart_upload(Bucket=scene.bucket, Key=wanted))
    refused(lambda: s3.delete_object(Bucket=scene.bucket, Key=wanted))
    shared = {"Bucket": scene.bucket, "Key": "team/shared.csv"}
    refused(lambda: s3.copy_object(Bucket=scene.bucket, Key=wanted, CopySource=shared))
    assert scene.there(wanted) == before


@pytest.mark.parametrize("attack", OTHERS.values(), ids=OTHERS)
def test_it_may_do_nothing_else_in_the_account(scene: Scene, attack: tuple[str, Attack]) -> None:
    service, request = attack
    given = request(scene)
    operation = given.pop("op")
    refused(lambda: getattr(scene.client(service), operation)(**given))


def test_it_changes_nothing_of_the_bucket(scene: Scene) -> None:
    s3, bucket = scene.client("s3"), scene.bucket
    refused(lambda: s3.put_bucket_policy(Bucket=bucket, Policy="{}"))
    refused(lambda: s3.delete_bucket(Bucket=bucket))
    suspended = {"Status": "Suspended"}
    refused(lambda: s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=suspended))
    refused(s3.list_buckets)


def test_it_cannot_delete_what_it_has_written_itself(scene: Scene) -> None:
    s3, key = scene.client("s3"), f"{scene.own}/exit.json"
    s3.put_object(Bucket=scene.bucket, Key=key, Body=FORGED)
    refused(lambda: s3.delete_object(Bucket=scene.bucket, Key=key))


def test_a_name_with_dots_leads_to_no_neighbour(scene: Scene) -> None:
    sly = f"{scene.own}/../../{scene.machine.rpartition('/')[2]}/exit.json"
    scene.client("s3").put_object(Bucket=scene.bucket, Key=sly, Body=FORGED)
    assert scene.there(f"{scene.machine}/exit.json") is None


def test_it_reads_and_writes_its_own_and_reads_what_is_shared(scene: Scene) -> None:
    s3, bucket, own = scene.client("s3"), scene.bucket, scene.own
    s3.put_object(Bucket=bucket, Key=f"{own}/model", Body=b"1")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{own}/")["Contents"]
    assert f"{own}/model" in [one["Key"] for one in listed]
    assert s3.get_object(Bucket=bucket, Key=f"{own}/model")["Body"].read() == b"1"
    for key in (f"steering/{scene.attacker}/job.json", "team/shared.csv", "data/x"):
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"{}"
    assert s3.list_objects_v2(Bucket=bucket, Prefix="team/")["Contents"]


def test_an_instance_can_add_lines_to_any_stream_of_the_trainers_log(
    instance_scene: Scene,
) -> None:
    scene = instance_scene
    # IAM has no variable that a stream's name could hold: docs/security.md says so.
    group, stream = scene.outputs["TrainerLogGroupName"], f"victim/{scene.victim.job_id}"
    event = {"timestamp": int(datetime.now(UTC).timestamp() * 1000), "message": "forged"}
    scene.client("logs").put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])


def test_a_training_job_adds_lines_to_its_own_streams_only(scenes: dict[str, Scene]) -> None:
    scene, group = scenes["sagemaker"], "/aws/sagemaker/TrainingJobs"
    logs = scene.client("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName=f"{scene.attacker}/mine")
    for other in (f"{scene.attacker}0/mine", "victim-0123456789abcdef/mine"):
        stream = {"logGroupName": group, "logStreamName": other}
        refused(lambda stream=stream: logs.create_log_stream(**stream))  # type: ignore[misc]
    trainers = {"logGroupName": scene.outputs["TrainerLogGroupName"], "logStreamName": "mine"}
    refused(lambda: logs.create_log_stream(**trainers))


def test_the_neighbour_ends_as_it_would_have(instance_scene: Scene) -> None:
    """Comes last: after all that was tried."""
    scene = instance_scene
    victim = scene.victim
    assert scene.deployed.is_running(victim)
    account = scene.deployed.account
    assert request_stop(account, "victim", victim.execution_arn, datetime.now(UTC))
    ended = scene.deployed.end_of(victim)
    assert (ended.reason, ended.left) == ("ABORTED", [])
    assert scene.deployed.results_of(victim) == {"model": "1\n"}
    assert scene.there(f"{scene.machine}/log.txt") is not None
