from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk as sdk_task,
)

from embedded_aws import EmbeddedAws
from tests.embedded_aws.builders import create_table, run


def test_the_engine_keeps_its_clients(aws: EmbeddedAws) -> None:
    make: Any = sdk_task.boto_client_for  # type: ignore[attr-defined]
    first = make(region="us-east-1", service="dynamodb")
    assert make(region="us-east-1", service="dynamodb") is first
    assert first.meta.endpoint_url == aws.endpoint_url


def test_the_engine_calls_the_running_server(aws: EmbeddedAws) -> None:
    create_table(aws)
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:listTables",
        "End": True,
    }
    assert run(aws, {"List": task})["output"] == '{"TableNames":["jobs"]}'
