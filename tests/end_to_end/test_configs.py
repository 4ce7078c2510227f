"""Configs in a deployment as the old documents make it: a role and a bucket of the person's own."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from parris_cli.account.clients import Account, Deployment
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.deployment.config import read_parameters
from parris_cli.project_files import PROJECT
from parris_cli.starting.start_job import StartedJob
from tests.end_to_end.deployment import Deployed, Ended

FIXTURES = PROJECT / "tests" / "fixtures"
BUCKET = "com.jgreenemi.mlbucket"
ROLE = "Lambda_CFN_CreateAndValidate"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
# A role of one's own has what its owner gives it; this owner does not care.
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    settings = Settings(
        shared_imports=SHARED_IMPORTS, stack_create_seconds=0.5, stack_delete_seconds=0.5
    )
    with EmbeddedAws(settings, folder=tmp_path_factory.mktemp("embedded-aws")) as running:
        yield running


@pytest.fixture(scope="module")
def deployed(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    iam = aws.client("iam")
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(
        RoleName=ROLE, PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING)
    )
    aws.client("s3").create_bucket(Bucket=BUCKET)
    # The documents' account is not this one.
    text = (FIXTURES / "seed-lambda-config.json").read_text()
    config = tmp_path_factory.mktemp("config") / "lambda-config.json"
    config.write_text(text.replace("277012880214", aws.settings.account_id))
    outputs = aws.deploy(PROJECT / "template.yaml", "parris", read_parameters(config))
    account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
    return Deployed(account, tmp_path_factory.mktemp("jobs"))


@pytest.fixture
def in_bucket(aws: EmbeddedAws) -> Iterator["Bucket"]:
    bucket = Bucket(aws)
    yield bucket
    bucket.clear()


class Bucket:
    """What a person has put into the training bucket."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._s3 = aws.client("s3")
        self._keys: list[str] = []

    def put(self, key: str, content: bytes) -> None:
        self._keys.append(key)
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    def put_json(self, key: str, content: Any) -> None:
        self.put(key, json.dumps(content).encode())

    def clear(self) -> None:
        for key in self._keys:
            self._s3.delete_object(Bucket=BUCKET, Key=key)


def end_of(deployed: Deployed, name: str, execution_input: Any) -> Ended:
    """How the execution ends that a person starts in the console with this input."""
    answer = deployed.account.stepfunctions.start_execution(
        stateMachineArn=deployed.account.deployment.state_machine_arn,
        name=name,
        input=json.dumps(execution_input),
    )
    started = StartedJob(name, answer["executionArn"], answer["startDate"])
    return deployed.end_of(started)


def test_role_and_bucket_of_lambda_config_are_those_of_the_deployment(
    deployed: Deployed, aws: EmbeddedAws
) -> None:
    assert deployed.account.deployment.bucket == BUCKET
    functions = aws.client("lambda").list_functions()["Functions"]
    assert {one["Role"].rpartition("/")[2] for one in functions} == {ROLE}


def test_a_config_with_every_key_of_the_old_documents_runs(
    deployed: Deployed, aws: EmbeddedAws, in_bucket: Bucket
) -> None:
    ec2 = aws.client("ec2")
    # Ids are each account's own; everything else is as the documents write it.
    config = json.loads((FIXTURES / "seed-training-config.json").read_text())
    config["subnet-id"] = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    config["security-group-id"] = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    ec2.create_key_pair(KeyName=config["ec2-keypair-name"])
    in_bucket.put_json("training-config.json", config)
    in_bucket.put("lambda-config.json", (FIXTURES / "seed-lambda-config.json").read_bytes())
    in_bucket.put("trainer-script.sh", b'#!/bin/bash\necho 1 > "$PARRIS_RESULTS_DIR/model"\n')

    ended = end_of(deployed, "Test-Training-Job-by-console", {})

    assert (ended.status, ended.reason) == ("SUCCEEDED", "COMPLETED"), ended.cause
    assert ended.left == []
    (instance,) = [
        one for group in ec2.describe_instances()["Reservations"] for one in group["Instances"]
    ]
    assert instance["InstanceType"] == "t2.micro"
    assert instance["KeyName"] == "my-keypair"
    assert instance["State"]["Name"] == "terminated"


def test_a_flat_time_limit_is_refused_with_its_place_and_unit_and_nothing_is_created(
    deployed: Deployed,
) -> None:
    config = json.loads((FIXTURES / "flat-time-limit-config.json").read_text())
    ended = end_of(deployed, "flat", config)
    assert (ended.status, ended.reason) == ("FAILED", "CONFIG_REJECTED")
    assert (
        "/time-limit: found 90, expected it under /termination-options/time-limit, in hours;"
        " an older form of this key was in minutes, so 90 minutes become 1.5"
    ) in ended.cause
    assert ended.left == []


def test_each_level_of_configs_goes_over_the_one_before_it(
    deployed: Deployed, in_bucket: Bucket
) -> None:
    """A value out of bounds names its level; three keys are wrong at three, two, one of them."""
    wrong = ("volume-size-gib", "hourly-price-usd", "instance-type")
    in_bucket.put_json("training-config.json", dict.fromkeys(wrong, -1))
    in_bucket.put_json("team/exp-7.json", dict.fromkeys(wrong[:2], -2))
    given = {"config-key": "team/exp-7.json", "volume-size-gib": -3, "colour": "red"}

    lines = end_of(deployed, "levels", given).cause.splitlines()

    found = dict(
        line.partition(". ")[2].split(", expected")[0].split(": found ") for line in lines[1:]
    )
    assert found == {
        "/colour": "a string",
        "/volume-size-gib": "-3",
        "/hourly-price-usd": "-2",
        "/instance-type": "-1",
    }


def test_objects_are_merged_over_all_levels_and_the_packaged_config_lies_under_them(
    deployed: Deployed, in_bucket: Bucket
) -> None:
    in_bucket.put_json("training-config.json", {"termination-options": {"cost-limit": -1}})
    in_bucket.put_json("team/exp-7.json", {"termination-options": {"save-grace-seconds": -2}})
    given = {"config-key": "team/exp-7.json", "termination-options": {"time-limit": -3}}

    cause = end_of(deployed, "objects", given).cause

    # Nothing else is missing, since the packaged config has it.
    assert cause.startswith("3 violations")
    for option, value in (("cost-limit", -1), ("save-grace-seconds", -2), ("time-limit", -3)):
        assert f"/termination-options/{option}: found {value}" in cause


# Every kind of character that Step Functions takes in an execution's name, in Airflow's own form.
NAME = "manual__2026-01-01T00-00_Größe.日本_(1)+='!@" + "x" * 36


def test_an_execution_may_have_any_name_that_step_functions_takes(
    deployed: Deployed, in_bucket: Bucket
) -> None:
    in_bucket.put("own.sh", b'#!/bin/bash\necho 1 > "$PARRIS_RESULTS_DIR/model"\n')
    config = {
        "training-script-filename": "own.sh",
        "termination-method": "on-complete",
        "instance-type": "t3.micro",
    }
    ended = end_of(deployed, NAME, {**config, "training-job-name": "odd"})
    assert (ended.status, ended.reason) == ("SUCCEEDED", "COMPLETED"), ended.cause
    assert ended.left == []
