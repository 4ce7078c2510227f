"""Ends whatever was running when the embedded AWS stopped, when its account is opened again."""

import sys
from datetime import UTC, datetime
from typing import Any

from moto.batch.models import batch_backends
from moto.cloudformation.models import cloudformation_backends
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import StateReason
from moto.stepfunctions.parser.api import (
    ExecutionAbortedEventDetails,
    ExecutionStatus,
    HistoryEventType,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from embedded_aws.batch_jobs import events as batch_events
from embedded_aws.batch_jobs import job as batch_states
from embedded_aws.batch_jobs.job import BatchJob
from embedded_aws.execution_status import emit_execution_status
from embedded_aws.executions import STOPPED_CAUSE
from embedded_aws.instances.state_changes import emit_instance_state_change
from embedded_aws.stacks.life import life_of, set_stack_status
from embedded_aws.training_jobs.events import report_change
from embedded_aws.training_jobs.job import FAILED, TrainingJob
from embedded_aws.training_jobs.warm_pools import AVAILABLE, IN_USE, TERMINATED

_ENDS_OF_STACKS = {
    "CREATE_IN_PROGRESS": "CREATE_FAILED",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
    "UPDATE_IN_PROGRESS": "UPDATE_ROLLBACK_FAILED",
}


def end_interrupted() -> None:
    """Record executions as aborted, instances as terminated, jobs and changes of stacks as failed.

    EventBridge receives events for executions, instances and jobs, as if they had ended now.
    """
    terminated = [one for backend in _all(ec2_backends) for one in _end_instances(backend)]
    for backend in _all(cloudformation_backends):
        _end_operations(backend)
    aborted = [one for backend in _all(stepfunctions_parser_backends) for one in _abort(backend)]
    for job in _fail_training_jobs():
        report_change(job)
    _end_batch_jobs()
    for instance in terminated:
        emit_instance_state_change(instance.id, "terminated")
    for execution in aborted:
        emit_execution_status(execution)


def _all(backends: Any) -> list[Any]:
    return [backend for _, _, backend in backends.iter_backends()]


def _end_instances(backend: Any) -> list[Any]:
    ended = []
    for instance in backend.all_instances():
        if instance.state == "terminated":
            continue
        instance.finish_terminate()
        code = "Server.InternalError"
        instance.state_reason = StateReason(f"{code}: {STOPPED_CAUSE}", code)
        ended.append(instance)
    return ended


def _fail_training_jobs() -> list[TrainingJob]:
    models = sys.modules.get("moto.sagemaker.models")  # imported only with an account that has any
    if models is None:
        return []
    jobs = [one for each in _all(models.sagemaker_backends) for one in each.training_jobs.values()]
    now = datetime.now(UTC)
    ended = [job for job in jobs if not job.has_ended]
    for job in ended:
        job.end_attempt(now)
        job.failure_reason = f"InternalServerError: {STOPPED_CAUSE}"
        job.change(FAILED, "Failed", now)
    for job in jobs:
        if job.warm_pool_status in (AVAILABLE, IN_USE):
            job.warm_pool_status = TERMINATED
            job.retained_until = job.retained_from and now
    return ended


def _end_batch_jobs() -> None:
    now = datetime.now(UTC)
    for backend in _all(batch_backends):
        for environment in backend._compute_environments.values():
            backend.ecs_backend.container_instances.pop(environment.ecs_name, None)
        for job in backend._jobs.values():
            if isinstance(job, BatchJob) and not job.has_ended:
                job.stopped_at = now
                job.change(batch_states.FAILED, STOPPED_CAUSE, now)
                batch_events.report_change(job)


def _end_operations(backend: Any) -> None:
    for stack in backend.stacks.values():
        if life_of(stack) is not None and stack.status in _ENDS_OF_STACKS:
            set_stack_status(stack, _ENDS_OF_STACKS[stack.status], STOPPED_CAUSE)


def _abort(backend: Any) -> list[Any]:
    running = [one for one in backend._get_executions() if one.status == "RUNNING"]
    # Those that were stopped in time are already aborted, but their events were not sent.
    stopped = [one for one in backend._get_executions() if _is_untold(one)]
    for execution in running:
        execution.exec_status = ExecutionStatus.ABORTED
        execution.stop_date = datetime.now(UTC)
        execution.cause = STOPPED_CAUSE
        _write_end(execution)
    for execution in stopped:
        execution.is_told = True
    return running + stopped


def _is_untold(execution: Any) -> bool:
    is_ours = execution.status == "ABORTED" and execution.cause == STOPPED_CAUSE
    return is_ours and not getattr(execution, "is_told", False)


def _write_end(execution: Any) -> None:
    if execution.exec_worker.env is None:
        return
    manager = execution.exec_worker.env.event_manager
    manager.add_event(
        context=EventHistoryContext(len(manager.get_event_history())),
        event_type=HistoryEventType.ExecutionAborted,
        event_details=EventDetails(  # type: ignore[typeddict-item]
            executionAbortedEventDetails=ExecutionAbortedEventDetails(cause=STOPPED_CAUSE)
        ),
    )
