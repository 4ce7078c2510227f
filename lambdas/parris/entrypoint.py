"""The door between Lambda and a step: logging, settings and gateways, and nothing else."""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

from parris.cold_start import gc_disabled
from parris.payloads import Payload, part_of
from parris.settings import Settings
from parris.targets.registry import all_targets, choose_target

with gc_disabled():
    from aws_lambda_powertools import Logger

    from parris.aws.gateways import Gateways  # botocore

    gc.freeze()  # it all stays: no later collection need look at it

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from parris.targets.target import Target

logger = Logger(service="parris")


@dataclass(frozen=True, slots=True)
class Deps:
    """What a step works with."""

    settings: Settings
    aws: Gateways

    def target(self, name: str) -> Target:
        """Return the target of that name, as a config has it."""
        return choose_target(name, self.aws, self.settings)

    def targets(self) -> tuple[Target, ...]:
        """Return every target."""
        return all_targets(self.aws, self.settings)


class Step(Protocol):
    """One state's work: event in, this state's part of the payload out."""

    def __call__(self, event: Payload, deps: Deps) -> Payload:
        """Do the work."""


def lambda_handler(step: Step) -> Callable[[Payload, LambdaContext], Payload]:
    """Return the Lambda handler of a step, every line of its log keyed by execution."""

    @logger.inject_lambda_context(clear_state=True)
    def handler(event: Payload, context: LambdaContext) -> Payload:
        job = part_of(part_of(event, "state"), "job")
        logger.append_keys(
            execution=event.get("execution_arn") or job.get("execution_arn"),
            job=job.get("training_job_name"),
        )
        answer = step(event, deps_of_deployment())
        logger.info("done", extra={"answer": {k: v for k, v in answer.items() if k != "job"}})
        return answer

    return handler


@cache
def deps_of_deployment() -> Deps:
    """Return what the steps of this deployment work with, made once for each process."""
    settings = Settings.from_environment(os.environ)
    return Deps(settings=settings, aws=Gateways(settings))
