"""What EventBridge Scheduler does when a schedule is due: one call, with the schedule's role.

A target is a resource, for which the scheduler knows the call (a templated target), or the call
itself: `arn:aws:scheduler:::aws-sdk:sfn:startExecution` with its parameters as the input.
"""

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore import xform_name
from botocore.config import Config
from moto.utilities.arns import parse_arn

from embedded_aws.context import current
from embedded_aws.own_clients import make_client
from embedded_aws.permissions.trust import assume_as_service

SERVICE = "scheduler.amazonaws.com"
_SESSION_NAME = "EventBridgeScheduler"
_UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"
# Service names of the SDK for Java, used in universal targets, that differ from boto3's.
_BOTO3_NAMES = {"sfn": "stepfunctions"}


def invoke_target(schedule: Any, due: datetime) -> None:
    """Call a schedule's target.

    Args:
        schedule: moto's model of the schedule.
        due: the due time of this call.

    Raises:
        RoleNotAssumableError: when its role does not trust the scheduler.
        ClientError: when the role lacks the permission, or the target refuses.
        NotImplementedError: when the embedded AWS does not support the target.
    """
    target = schedule.target
    given = fill_attributes(_input_of(schedule, due), schedule.arn, due)
    if target["Arn"].startswith(_UNIVERSAL):
        _call(target, given)
        return
    service = str(parse_arn(target["Arn"]).service)
    if service not in _TEMPLATED:
        raise NotImplementedError(f"schedules with {service} as their target are not modelled")
    _TEMPLATED[service](target, given)


def fill_attributes(text: str, schedule_arn: str, due: datetime) -> str:
    """Replace the context attributes of an input, such as `<aws.scheduler.scheduled-time>`."""
    attributes = {
        "schedule-arn": schedule_arn,
        "scheduled-time": f"{due:%Y-%m-%dT%H:%M:%SZ}",
        "execution-id": uuid.uuid4().hex[:16],
        "attempt-number": "1",
    }
    for name, value in attributes.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def _input_of(schedule: Any, due: datetime) -> str:
    given = schedule.target.get("Input")
    if given is not None:
        return str(given)
    settings = current().settings
    notification = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": settings.account_id,
        "time": f"{due:%Y-%m-%dT%H:%M:%SZ}",
        "region": settings.region,
        "resources": [schedule.arn],
        "detail": "{}",
    }
    return json.dumps(notification)


def _client(target: dict[str, Any], service: str) -> Any:
    session = assume_as_service(target["RoleArn"], SERVICE, _SESSION_NAME)
    return make_client(
        service,
        endpoint_url=current().endpoint_url,
        region_name=current().settings.region,
        aws_access_key_id=session.access_key_id,
        aws_secret_access_key=session.secret_access_key,
        aws_session_token=session.session_token,
        config=Config(retries={"total_max_attempts": 1}),
    )


def _start_execution(target: dict[str, Any], given: str) -> None:
    # Without a name: Step Functions then generates one.
    _client(target, "stepfunctions").start_execution(stateMachineArn=target["Arn"], input=given)


def _invoke(target: dict[str, Any], given: str) -> None:
    client = _client(target, "lambda")
    client.invoke(FunctionName=target["Arn"], InvocationType="Event", Payload=given)


def _send(target: dict[str, Any], given: str) -> None:
    place = parse_arn(target["Arn"])
    parameters = target.get("SqsParameters") or {}
    _client(target, "sqs").send_message(
        QueueUrl=f"{current().endpoint_url}/{place.account}/{place.resource_id}",
        MessageBody=given,
        **parameters,
    )


def _publish(target: dict[str, Any], given: str) -> None:
    _client(target, "sns").publish(TopicArn=target["Arn"], Message=given)


def _put_event(target: dict[str, Any], given: str) -> None:
    entry = {**target["EventBridgeParameters"], "Detail": given, "EventBusName": target["Arn"]}
    _client(target, "events").put_events(Entries=[entry])


def _call(target: dict[str, Any], given: str) -> None:
    service, _, action = target["Arn"].removeprefix(_UNIVERSAL).partition(":")
    client = _client(target, _BOTO3_NAMES.get(service, service))
    name = action[:1].upper() + action[1:]
    operation = client.meta.service_model.operation_model(name)
    known = {member.lower(): member for member in operation.input_shape.members}
    parameters = {known.get(key.lower(), key): value for key, value in json.loads(given).items()}
    getattr(client, xform_name(name))(**parameters)


_TEMPLATED: dict[str, Callable[[dict[str, Any], str], None]] = {
    "states": _start_execution,
    "lambda": _invoke,
    "sqs": _send,
    "sns": _publish,
    "events": _put_event,
}
