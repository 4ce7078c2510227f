"""Turns a step into a Lambda handler: sets up logging, settings and gateways."""

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

    gc.freeze()  # these objects live as long as the process

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from parris.targets.target import Target

# What the runtime tells every function, and nobody else.
_RUNTIME = "AWS_LAMBDA_RUNTIME_API"
# Nearly every step calls them.
_ALWAYS_USED = ("dynamodb", "s3")

logger = Logger(service="parris")


@dataclass(frozen=True, slots=True)
class Deps:
    """The settings and gateways that a step needs."""

    settings: Settings
    aws: Gateways

    def target(self, name: str) -> Target:
        """Return the target with that name, spelled as in a config."""
        return choose_target(name, self.aws, self.settings)

    def targets(self) -> tuple[Target, ...]:
        """Return every target."""
        return all_targets(self.aws, self.settings)


class Step(Protocol):
    """The work of one state: takes the event, returns this state's part of the payload."""

    def __call__(self, event: Payload, deps: Deps) -> Payload:
        """Do the work."""


def lambda_handler(step: Step) -> Callable[[Payload, LambdaContext], Payload]:
    """Return the Lambda handler of a step; each log line carries the execution and the job.

    In Lambda, this is a part of the init phase, in which a function has the most processor time. So
    the clients that every step needs are created here, not while an event waits.
    """
    if _RUNTIME in os.environ:
        for service_name in _ALWAYS_USED:
            deps_of_deployment().aws.clients.client(service_name)

    @logger.inject_lambda_context(clear_state=True)
    def handler(event: Payload, context: LambdaContext) -> Payload:
        job = part_of(part_of(event, "state"), "job")
        logger.append_keys(
            execution=event.get("execution_arn") or job.get("execution_arn"),
            job=job.get("training_job_name"),
        )
        result = step(event, deps_of_deployment())
        logger.info("done", extra={"result": {k: v for k, v in result.items() if k != "job"}})
        return result

    return handler


@cache
def deps_of_deployment() -> Deps:
    """Return the dependencies of this deployment's steps, created once per process."""
    settings = Settings.from_environment(os.environ)
    return Deps(settings=settings, aws=Gateways(settings))
