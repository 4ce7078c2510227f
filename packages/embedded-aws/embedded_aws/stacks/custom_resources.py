"""The requests to custom resources' functions, and the responses that they put to the URL."""

import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.awslambda.utils import get_backend

from embedded_aws.context import Context, current
from embedded_aws.stacks.reasons import PlainReasonError

DEFAULT_TIMEOUT_SECONDS = 3600
"""Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
aws-resource-cloudformation-customresource.html (ServiceTimeout)"""

LONGEST_ANSWER_BYTES = 4096
_SERVICE = "custom-resource-requests"


@dataclass(slots=True)
class PendingRequest:
    """A request that waits for its response. `signature` makes its URL unguessable."""

    event: dict[str, Any]
    signature: str = field(default_factory=lambda: uuid.uuid4().hex)
    answer: bytes | None = None
    has_answer: threading.Event = field(default_factory=lambda: current().clock.make_event())


@dataclass(frozen=True, slots=True)
class Answer:
    """A custom resource's response: its physical id and its attributes."""

    physical_id: str
    data: dict[str, Any]


def ask(region: str, account_id: str, properties: Mapping[str, Any], **event: Any) -> Answer:
    """Send a request to a custom resource's function, and wait for the response.

    Args:
        region: the function's Region.
        account_id: the function's account.
        properties: the resource's properties, including ServiceToken.
        event: the other fields of the request, with AWS's names.

    Raises:
        PlainReasonError: when it failed, with CloudFormation's message, or did not respond.
    """
    context = current()
    token = str(properties["ServiceToken"])
    request = PendingRequest(
        {
            **event,
            "ServiceToken": token,
            "RequestId": str(uuid.uuid4()),
            "ResourceProperties": as_texts(properties),
        }
    )
    request_id = request.event["RequestId"]
    query = f"RequestId={request_id}&Signature={request.signature}"
    url = f"{context.endpoint_url}/cloudformation_{region}/cfnresponse?{query}"
    _pending(context)[request_id] = request
    context.closers.callback(request.has_answer.set)
    try:
        function = get_backend(account_id, region).get_function(token)
        payload = json.dumps({**request.event, "ResponseURL": url})
        function.invoke(payload, {"x-amz-invocation-type": "Event"}, {})
        timeout_seconds = int(properties.get("ServiceTimeout", DEFAULT_TIMEOUT_SECONDS))
        return _read(_await_answer(request, timeout_seconds), request.event)
    finally:
        _pending(context).pop(request_id, None)


def take_answer(request_id: str, signature: str, body: bytes) -> bool:
    """Store a response for the waiting request; return False if no such request is waiting."""
    request = _pending(current()).get(request_id)
    if request is None or request.signature != signature:
        return False
    request.answer = body
    request.has_answer.set()
    return True


def as_texts(value: Any) -> Any:
    """Return properties as CloudFormation sends them: numbers and booleans are strings."""
    if isinstance(value, Mapping):
        return {key: as_texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_texts(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _pending(context: Context) -> dict[str, PendingRequest]:
    found: Any = context.services.setdefault(_SERVICE, {})
    return found  # type: ignore[no-any-return]


def _await_answer(request: PendingRequest, timeout_seconds: int) -> bytes:
    request.has_answer.wait(timeout_seconds)
    if request.answer is None:
        raise PlainReasonError(
            "CloudFormation did not receive a response from your Custom Resource. Please check"
            f" your logs for requestId [{request.event['RequestId']}]. If you are using the"
            " Python cfn-response module, you may need to update your Lambda function code so"
            " that CloudFormation can attach the updated version."
        )
    return request.answer


def _read(body: bytes, event: Mapping[str, Any]) -> Answer:
    if len(body) > LONGEST_ANSWER_BYTES:
        raise PlainReasonError("Response object is too long.")
    try:
        answer = json.loads(body)
        status = answer["Status"]
    except (ValueError, KeyError, TypeError):
        raise PlainReasonError("Invalid Response object: Value of property Status") from None
    for name in ("RequestId", "LogicalResourceId", "StackId"):
        if answer.get(name) != event[name]:
            raise PlainReasonError(f"Invalid Response object: Value of property {name}")
    if status != "SUCCESS":
        reason = answer.get("Reason") or "See the details in CloudWatch Log Stream"
        raise PlainReasonError(
            f"Received response status [{status}] from custom resource. Message returned:"
            f" {reason} (RequestId: {event['RequestId']})"
        )
    physical_id = answer.get("PhysicalResourceId")
    if not physical_id:
        raise PlainReasonError("Invalid PhysicalResourceId")
    return Answer(str(physical_id), dict(answer.get("Data") or {}))
