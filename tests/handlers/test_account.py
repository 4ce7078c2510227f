"""The account of these tests: whatever a test leaves in it, the next test does not find it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.context import current
from tests.builders import BUCKET
from tests.handlers.account import (
    CLEANUP_MACHINE_ARN,
    QUICK,
    TABLE,
    InProcessAws,
    put_account_back,
)
from tests.handlers.conftest import put_json
from tests.handlers.virtual_time import let_pass
from tests.runs_table import RUNS_TABLE

ITEM = {"item": {"S": "left"}}
TEMPLATE = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'

LEAVE: dict[str, Callable[[EmbeddedAws], Any]] = {
    "objects": lambda aws: put_json(aws, "left", {}),
    "buckets": lambda aws: aws.client("s3").create_bucket(Bucket="left"),
    "jobs": lambda aws: aws.client("dynamodb").put_item(TableName=TABLE, Item=ITEM),
    "runs": lambda aws: aws.client("dynamodb").put_item(
        TableName=RUNS_TABLE, Item={"job_id": {"S": "left"}}
    ),
    "roles": lambda aws: aws.client("iam").delete_role(RoleName="stack-role"),
    "instances": lambda aws: aws.client("ec2").run_instances(MinCount=1, MaxCount=1),
    "stacks": lambda aws: aws.client("cloudformation").create_stack(
        StackName="left", TemplateBody=TEMPLATE
    ),
    "executions": lambda aws: aws.client("stepfunctions").start_execution(
        stateMachineArn=CLEANUP_MACHINE_ARN, name="left"
    ),
    "time": lambda aws: let_pass(60),
}


@contextmanager
def account(folder: Path) -> Iterator[EmbeddedAws]:
    with InProcessAws(folder, QUICK) as aws:
        put_account_back(aws)
        yield aws


def content_of(aws: EmbeddedAws) -> dict[str, Any]:
    s3, dynamodb = aws.client("s3"), aws.client("dynamodb")
    executions = aws.client("stepfunctions").list_executions(stateMachineArn=CLEANUP_MACHINE_ARN)
    return {
        "objects": s3.list_objects_v2(Bucket=BUCKET)["KeyCount"],
        "buckets": [one["Name"] for one in s3.list_buckets()["Buckets"]],
        "jobs": dynamodb.scan(TableName=TABLE)["Count"],
        "runs": dynamodb.scan(TableName=RUNS_TABLE)["Count"],
        "roles": [one["RoleName"] for one in aws.client("iam").list_roles()["Roles"]],
        "instances": len(aws.client("ec2").describe_instances()["Reservations"]),
        "stacks": len(aws.client("cloudformation").describe_stacks()["Stacks"]),
        "executions": [one["status"] for one in executions["executions"]],
        "time": current().clock.now(),
    }


def test_what_one_test_leaves_is_not_in_the_account_of_the_next(tmp_path: Path) -> None:
    with account(tmp_path / "one") as aws:
        prepared = content_of(aws)
        for leave in LEAVE.values():
            leave(aws)
        left = content_of(aws)
    assert {name for name in prepared if left[name] != prepared[name]} == set(LEAVE)
    with account(tmp_path / "two") as aws:
        assert content_of(aws) == prepared
