"""Checks that the queues of a config exist and give jobs to machines that Parris knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.targets.batch.compute import ComputeKind
from parris.targets.batch.read_queues import is_fargate, is_usable
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.targets.batch.compute import ComputeEnvironment
    from parris.targets.batch.read_queues import QueueOfJob
    from parris.targets.batch.settings import BatchSettings


def find_queue_violations(queue: QueueOfJob, settings: BatchSettings) -> Iterator[Violation]:
    """Yield what keeps a queue from running any job of Parris."""
    found = queue.queue
    if found is None:
        expected = (
            f"a job queue that exists in {settings.region}. `parris deploy --with batch` makes"
            f" {settings.job_queue}"
        )
        yield Violation(queue.path, shown(queue.name), expected)
        return
    if found.state != "ENABLED":
        expected = (
            "a job queue that is enabled: aws batch update-job-queue"
            f" --region {settings.region} --job-queue {queue.name} --state ENABLED"
        )
        yield Violation(queue.path, f"{queue.name}, which is {found.state}", expected)
    if found.status != "VALID":
        actual = f"{queue.name}, which is {found.status}{_because(found.status_reason)}"
        yield Violation(queue.path, actual, "a job queue that is VALID")
    yield from _find_environment_violations(queue)


def unused_environment_warnings(queue: QueueOfJob) -> tuple[str, ...]:
    """Return a warning for each environment that gets no jobs, if another one does."""
    if not queue.usable:
        return ()
    return tuple(
        f"{queue.name}: the compute environment {one.name} gets no jobs: it is {_problem(one)}"
        for one in queue.environments
        if not is_usable(one)
    )


def _find_environment_violations(queue: QueueOfJob) -> Iterator[Violation]:
    usable = queue.usable
    if not usable:
        problems = "; ".join(f"{one.name} is {_problem(one)}" for one in queue.environments)
        actual = f"{queue.name}: {problems or 'it has no compute environment'}"
        expected = "a queue with a compute environment that is ENABLED and VALID"
        yield Violation(queue.path, actual, expected)
    for one in usable:
        foreign = _foreign_to_parris(one)
        if foreign:
            expected = "a queue of managed compute environments on EC2, spot or Fargate"
            yield Violation(queue.path, f"{queue.name}: {one.name} is {foreign}", expected)
    if len({is_fargate(one) for one in usable}) > 1:
        expected = "a queue with either instances or Fargate, so that its price is known"
        yield Violation(queue.path, f"{queue.name}, which has both", expected)


def _foreign_to_parris(environment: ComputeEnvironment) -> str:
    if not environment.is_managed:
        return "unmanaged"
    if environment.orchestrator != "ECS":
        return f"on {environment.orchestrator}"
    if environment.kind not in list(ComputeKind):
        return f"of the type {environment.kind or 'none'}"
    return ""


def _problem(environment: ComputeEnvironment) -> str:
    if environment.status != "VALID":
        return f"{environment.status}{_because(environment.status_reason)}"
    return environment.state


def _because(reason: str) -> str:
    return f" ({reason})" if reason else ""
