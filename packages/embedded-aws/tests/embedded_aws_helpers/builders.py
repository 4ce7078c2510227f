"""What the contract tests are made of: machines, functions, stacks, and waiting with a deadline."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.clock.virtual_clock import VirtualClock

ROLE_ARN = "arn:aws:iam::123456789012:role/role-of-a-test"
IMAGE_ID = "ami-12c6146b"
DEADLINE_SECONDS = 60.0


def until(condition: Callable[[], Any]) -> Any:
    """Return the first truthy value of `condition`; fail when none comes within the deadline."""
    give_up_at = time.monotonic() + DEADLINE_SECONDS
    # Ever more rarely: a condition is often a request, which takes what it is waiting for its time.
    pause_seconds = 0.01
    while time.monotonic() < give_up_at:
        value = condition()
        if value:
            return value
        time.sleep(pause_seconds)
        pause_seconds = min(1.25 * pause_seconds, 0.25)
    raise AssertionError(f"nothing came within {DEADLINE_SECONDS} s")


def create_machine(aws: EmbeddedAws, states: dict[str, Any], **fields: Any) -> str:
    """Create a state machine that starts at its first state, and return its ARN."""
    definition = {"StartAt": next(iter(states)), "States": states, **fields}
    created = aws.client("stepfunctions").create_state_machine(
        name=f"machine-{time.monotonic_ns()}", definition=json.dumps(definition), roleArn=ROLE_ARN
    )
    return str(created["stateMachineArn"])


def start(aws: EmbeddedAws, states: dict[str, Any], data: Any = None, **fields: Any) -> str:
    """Start an execution of a new machine and return its ARN."""
    started = aws.client("stepfunctions").start_execution(
        stateMachineArn=create_machine(aws, states, **fields), input=json.dumps(data or {})
    )
    return str(started["executionArn"])


def end_of(aws: EmbeddedAws, execution_arn: str) -> dict[str, Any]:
    """Return the description of an execution once it is over."""

    def check() -> dict[str, Any] | None:
        found: dict[str, Any] = aws.client("stepfunctions").describe_execution(
            executionArn=execution_arn
        )
        return None if found["status"] == "RUNNING" else found

    ended: dict[str, Any] = until(check)
    return ended


def end_on_clock(aws: EmbeddedAws, clock: VirtualClock, execution_arn: str) -> dict[str, Any]:
    """Run a virtual clock until an execution is over, and return its description."""

    def describe() -> dict[str, Any]:
        found: dict[str, Any] = aws.client("stepfunctions").describe_execution(
            executionArn=execution_arn
        )
        return found

    clock.run_while(lambda: describe()["status"] == "RUNNING")
    return describe()


def run(aws: EmbeddedAws, states: dict[str, Any], data: Any = None, **fields: Any) -> Any:
    """Run a new machine to its end and return the description of the execution."""
    return end_of(aws, start(aws, states, data, **fields))


def history(aws: EmbeddedAws, execution_arn: str) -> list[dict[str, Any]]:
    """Return all events of an execution."""
    pages = aws.client("stepfunctions").get_paginator("get_execution_history")
    return [e for page in pages.paginate(executionArn=execution_arn) for e in page["events"]]


def await_last_event(aws: EmbeddedAws, execution_arn: str, event_type: str) -> None:
    """Wait until an execution's last event is of that type; a new execution has none yet."""
    until(lambda: [e["type"] for e in history(aws, execution_arn)][-1:] == [event_type])


def token_wait(table_name: str, **fields: Any) -> dict[str, Any]:
    """Return a state that puts its task token into a table's item `job` and waits for it."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
        "Parameters": {
            "TableName": table_name,
            "Key": {"item": {"S": "job"}},
            "UpdateExpression": "SET task_token = :token",
            "ExpressionAttributeValues": {":token": {"S.$": "$$.Task.Token"}},
        },
        "End": True,
        **fields,
    }


def create_table(aws: EmbeddedAws) -> str:
    """Create a table whose key is `item`, and return its name."""
    aws.client("dynamodb").create_table(
        TableName="jobs",
        KeySchema=[{"AttributeName": "item", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "item", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return "jobs"


def token_in(aws: EmbeddedAws, table_name: str) -> str:
    """Return the task token that a `token_wait` has put into the table, once it is there."""

    def check() -> str | None:
        item = aws.client("dynamodb").get_item(TableName=table_name, Key={"item": {"S": "job"}})
        return str(item["Item"]["task_token"]["S"]) if "Item" in item else None

    return str(until(check))


def zipped(**files: str) -> bytes:
    """Return a zip; `__` in a name stands for a dot and `_in_` for a slash: `python_in_a__py`.

    Equal files make equal zips: their entries have no time of day.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name.replace("_in_", "/").replace("__", "."))
            archive.writestr(entry, content)
    return buffer.getvalue()


def create_role(aws: EmbeddedAws, name: str = "role-of-a-test") -> str:
    """Create a role for Lambda without permissions, and return its ARN."""
    trust = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    }
    created = aws.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(trust)
    )
    return str(created["Role"]["Arn"])


def create_function(aws: EmbeddedAws, code: str, **settings: Any) -> str:
    """Create a function of one file with the handler `handle`, and return its ARN."""
    created = aws.client("lambda").create_function(
        **{
            "FunctionName": "function-of-a-test",
            "Runtime": "python3.13",
            "Role": settings.get("Role") or create_role(aws),
            "Handler": "main.handle",
            "Code": {"ZipFile": zipped(main__py=code)},
            **settings,
        }
    )
    return str(created["FunctionArn"])


def invoke(aws: EmbeddedAws, event: Any = None, name: str = "function-of-a-test") -> Any:
    """Invoke a function and return (FunctionError or None, its parsed response)."""
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return answer.get("FunctionError"), json.loads(answer["Payload"].read())


def create_stack(aws: EmbeddedAws, resources: dict[str, Any], **request: Any) -> str:
    """Create a stack of these resources and return its id; sections are lower-case keywords."""
    sections = ("parameters_section", "outputs", "conditions", "transform")
    names = {"parameters_section": "Parameters"}
    template: dict[str, Any] = {"Resources": resources}
    for section in sections:
        if section in request:
            template[names.get(section, section.capitalize())] = request.pop(section)
    request.setdefault("StackName", "stack-of-a-test")
    request.setdefault(
        "Capabilities", ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
    )
    created = aws.client("cloudformation").create_stack(
        TemplateBody=json.dumps(template), **request
    )
    return str(created["StackId"])


def describe(aws: EmbeddedAws, stack: str) -> dict[str, Any]:
    """Return the description of a stack."""
    found = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    described: dict[str, Any] = found[0]
    return described


def settled(aws: EmbeddedAws, stack: str) -> dict[str, Any]:
    """Return the description of a stack once nothing is in progress."""

    def check() -> dict[str, Any] | None:
        found = describe(aws, stack)
        return None if found["StackStatus"].endswith("_IN_PROGRESS") else found

    described: dict[str, Any] = until(check)
    return described


def refusal_of(aws: EmbeddedAws, resources: dict[str, Any]) -> str:
    """Create a stack that is rolled back, and return the reasons of the failed resources."""
    stack = create_stack(aws, resources)
    assert settled(aws, stack)["StackStatus"] == "ROLLBACK_COMPLETE"
    found = aws.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    failed = [e for e in found if e["ResourceStatus"] == "CREATE_FAILED"]
    return " ".join(e["ResourceStatusReason"] for e in failed)


def deleted(aws: EmbeddedAws, stack: str) -> None:
    """Delete a stack and wait until it is gone."""
    aws.client("cloudformation").delete_stack(StackName=stack)
    assert settled(aws, stack)["StackStatus"] == "DELETE_COMPLETE"


def outputs(aws: EmbeddedAws, stack: str) -> dict[str, str]:
    """Return a stack's outputs by name, once it is settled."""
    return {o["OutputKey"]: o["OutputValue"] for o in settled(aws, stack)["Outputs"]}


def instance_state(aws: EmbeddedAws, instance_id: str) -> str:
    """Return the name of the state that an instance is in."""
    found = aws.client("ec2").describe_instances(InstanceIds=[instance_id])
    return str(found["Reservations"][0]["Instances"][0]["State"]["Name"])


def events_of(aws: EmbeddedAws, stack: str, logical_id: str) -> list[str]:
    """Return the statuses that a resource of a stack went through, oldest first."""
    found = aws.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    return [e["ResourceStatus"] for e in reversed(found) if e["LogicalResourceId"] == logical_id]
