"""A pipe takes the messages of its queue to an API destination or a topic. moto's only store it.

A message stays in the queue until its target has accepted it: it is tried again when it is visible
again, and the queue's RedrivePolicy puts it into a dead-letter queue in the end. A connection that
fails does not count as such a try. Other sources, other targets, batches, filters, enrichments and
reserved variables are refused. Source:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html
"""

from typing import Any

from moto.pipes.exceptions import ConflictException, ValidationException
from moto.pipes.models import EventBridgePipesBackend, pipes_backends
from moto.sqs.models import Queue
from moto.utilities.arns import parse_arn

from embedded_aws.context import current
from embedded_aws.patching import wrap
from embedded_aws.permissions.trust import RoleNotAssumableError, require_trust
from embedded_aws.pipes.record import RESERVED_VARIABLE
from embedded_aws.pipes.run_pipe import API_DESTINATION, SERVICE, TOPIC, wake_pipe, wake_pipes


def install() -> None:
    """Patch the creation, the change and the start of a pipe, and the arrival of a message."""
    wrap(EventBridgePipesBackend, "create_pipe", _make_create)
    wrap(EventBridgePipesBackend, "update_pipe", _make_update)
    wrap(EventBridgePipesBackend, "start_pipe", _make_start)
    wrap(Queue, "add_message", _make_add_message)


def resume_pipes() -> None:
    """Start the pipes of a restored account: their queues may have messages."""
    backend: Any
    for _, _, backend in pipes_backends.iter_backends():
        for pipe in list(backend.pipes.values()):
            wake_pipe(pipe)


def _make_create(original: Any) -> Any:
    def create_pipe(self: Any, **request: Any) -> Any:
        if request["name"] in self.pipes:
            raise ConflictException(f"Pipe {request['name']} already exists.")
        _check(request)
        pipe = original(self, **request)
        wake_pipe(pipe)
        return pipe

    return create_pipe


def _make_update(original: Any) -> Any:
    def update_pipe(self: Any, name: str, **request: Any) -> Any:
        pipe = self.pipes.get(name)
        if pipe is not None:
            _check({**request, "source": pipe.source, "target": request["target"] or pipe.target})
        changed = original(self, name, **request)
        wake_pipe(changed)
        return changed

    return update_pipe


def _make_start(original: Any) -> Any:
    def start_pipe(self: Any, name: str) -> Any:
        pipe = original(self, name)
        wake_pipe(pipe)
        return pipe

    return start_pipe


def _make_add_message(original: Any) -> Any:
    def add_message(self: Any, message: Any) -> None:
        original(self, message)
        wake_pipes(self.queue_arn)

    return add_message


def _check(request: dict[str, Any]) -> None:
    source = request.get("source_parameters") or {}
    target = request.get("target_parameters") or {}
    template = target.get("InputTemplate", "")
    service = parse_arn(request["target"]).service
    _require(parse_arn(request["source"]).service == "sqs", "sources other than a queue")
    _require(service in (API_DESTINATION, TOPIC), f"{service} as a target")
    _require(not request.get("enrichment"), "an enrichment")
    _require(source.get("SqsQueueParameters", {}).get("BatchSize") == 1, "batches")
    _require(source.keys() <= {"SqsQueueParameters"}, "filters")
    _require(target.keys() <= {"InputTemplate"}, "target parameters other than InputTemplate")
    _require(RESERVED_VARIABLE.search(template) is None, "reserved variables")
    if current().settings.enforce_roles:
        try:
            require_trust(request["role_arn"], SERVICE)
        except RoleNotAssumableError as error:
            raise ValidationException(f"Pipes cannot assume the role: {error}") from error


def _require(is_modelled: bool, what: str) -> None:
    if not is_modelled:
        raise ValidationException(f"the embedded AWS does not model pipes with {what}")
