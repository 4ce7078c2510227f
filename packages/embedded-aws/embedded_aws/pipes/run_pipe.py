"""Takes messages from the queue of a pipe to its target, one by one.

Nothing polls: a new message, and the time at which a failed one is visible again, start the work.
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.pipes.models import Pipe, pipes_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.utilities.arns import parse_arn

from embedded_aws.api_destinations.invoke_destination import (
    InvocationFailedError,
    UnreachableError,
    find_destination,
    invoke_destination,
)
from embedded_aws.context import Context, current
from embedded_aws.permissions.deliveries import require_role_allows
from embedded_aws.permissions.documents import Demand
from embedded_aws.pipes.record import record_of, target_input

SERVICE = "pipes.amazonaws.com"
API_DESTINATION, TOPIC = "events", "sns"
_READING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_TARGET_ACTIONS = {API_DESTINATION: "events:InvokeApiDestination", TOPIC: "sns:Publish"}
_RUNNING = "RUNNING"
_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Worker:
    """Whether a pipe is at work, and when it looks again."""

    is_at_work: bool = False
    is_asked: bool = False
    cancel: Callable[[], None] = lambda: None
    changing: threading.Lock = field(default_factory=threading.Lock)


def wake_pipes(queue_arn: str) -> None:
    """Start the pipes that read a queue."""
    place = parse_arn(queue_arn)
    for pipe in list(pipes_backends[place.account][place.region].pipes.values()):
        if pipe.source == queue_arn:
            wake_pipe(pipe)


def wake_pipe(pipe: Pipe) -> None:
    """Start a pipe, unless it is at work, which then looks again."""
    worker = _worker_of(current(), pipe.arn)
    with worker.changing:
        worker.cancel()
        worker.is_asked = True
        if worker.is_at_work:
            return
        worker.is_at_work = True
    current().run_in_background(lambda: _work(pipe, worker))


def _worker_of(context: Context, pipe_arn: str) -> _Worker:
    workers = context.services.setdefault("pipes", {})
    assert isinstance(workers, dict)
    found = workers.setdefault(pipe_arn, _Worker())
    assert isinstance(found, _Worker)
    return found


def _work(pipe: Pipe, worker: _Worker) -> None:
    while True:
        with worker.changing:
            worker.is_asked = False
        while _is_running(pipe) and _take_one(pipe):
            _keep_to_rate(pipe)
        with worker.changing:
            if not worker.is_asked:
                worker.is_at_work = False
                break
    _look_again(pipe, worker)


def _is_running(pipe: Pipe) -> bool:
    pipes = pipes_backends[pipe.account_id][pipe.region_name].pipes
    return pipes.get(pipe.name) is pipe and pipe.desired_state == _RUNNING


def _take_one(pipe: Pipe) -> bool:
    """Take a visible message to the target; return whether there was one."""
    queue = _queue_of(pipe)
    if queue is None:
        return False
    backend = sqs_backends[pipe.account_id][pipe.region_name]
    try:
        require_role_allows(
            pipe.role_arn, SERVICE, pipe.name, [Demand(one, pipe.source) for one in _READING]
        )
        found = backend.receive_message(queue.name, 1, 0, int(queue.visibility_timeout))
    except Exception:
        _logger.exception("a pipe cannot read its queue", extra={"pipe": pipe.arn})
        return False
    for message in found:
        if _deliver(pipe, queue, message):
            queue.delete_message(message.receipt_handle)
    return bool(found)


def _deliver(pipe: Pipe, queue: Any, message: Any) -> bool:
    template = (pipe.target_parameters or {}).get("InputTemplate")
    given = target_input(template, record_of(message, pipe.source, pipe.region_name))
    place = parse_arn(pipe.target)
    try:
        demand = Demand(_TARGET_ACTIONS[place.service], pipe.target)
        require_role_allows(pipe.role_arn, SERVICE, pipe.name, [demand])
        if place.service == API_DESTINATION:
            invoke_destination(pipe.target, given)
        else:
            sns_backends[place.account][place.region].publish(message=given, arn=pipe.target)
    except UnreachableError as error:
        # Such an error does not count against the queue's maxReceiveCount.
        _logger.warning("an endpoint is not reachable: %s", error, extra={"pipe": pipe.arn})
        for one in queue._messages:
            if one.id == message.id:
                one.approximate_receive_count -= 1
        return False
    except Exception as error:
        _logger.warning("a pipe could not deliver: %s", error, extra={"pipe": pipe.arn})
        return False
    return True


def _keep_to_rate(pipe: Pipe) -> None:
    if parse_arn(pipe.target).service == API_DESTINATION:
        with suppress(InvocationFailedError):  # it was deleted
            rate = find_destination(pipe.target).invocation_rate_limit_per_second
            current().sleep(1 / float(rate))


def _look_again(pipe: Pipe, worker: _Worker) -> None:
    """Wake up when the next message of the queue is visible, if there is one."""
    queue = _queue_of(pipe)
    times = [max(one.visible_at, one.delayed_until) for one in queue._messages] if queue else []
    if times and _is_running(pipe):
        # A message is visible after that millisecond.
        due = datetime.fromtimestamp((min(times) + 1) / 1000, UTC)
        with worker.changing:
            worker.cancel = current().clock.call_at(due, lambda: wake_pipe(pipe))


def _queue_of(pipe: Pipe) -> Any:
    place = parse_arn(pipe.source)
    return sqs_backends[place.account][place.region].queues.get(place.resource_id)
