"""The actions and resources that each operation needs, in one file for each service.

An operation that is in no table is refused to roles and users, with an error that names it: a
permission that is missing here is never assumed.
"""

from collections.abc import Callable, Iterable

from embedded_aws.permissions.actions import (
    batch,
    cloudformation,
    cloudwatch,
    dynamodb,
    ec2,
    ecr,
    ecs,
    events,
    functions,
    iam,
    iot,
    logs,
    pricing,
    s3,
    sagemaker,
    scheduler,
    servicequotas,
    sns,
    ssm,
    states,
    sts,
)
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.errors import NotModelledError

_TABLES: dict[str, dict[str, Callable[[Call], Iterable[Demand]]]] = {
    "batch": batch.DEMANDS,
    "cloudformation": cloudformation.DEMANDS,
    "dynamodb": dynamodb.DEMANDS,
    "ec2": ec2.DEMANDS,
    "ecr": ecr.DEMANDS,
    "ecs": ecs.DEMANDS,
    "events": events.DEMANDS,
    "iam": iam.DEMANDS,
    "iot": iot.DEMANDS,
    "lambda": functions.DEMANDS,
    "logs": logs.DEMANDS,
    "monitoring": cloudwatch.DEMANDS,
    "pricing": pricing.DEMANDS,
    "s3": s3.DEMANDS,
    "sagemaker": sagemaker.DEMANDS,
    "scheduler": scheduler.DEMANDS,
    "servicequotas": servicequotas.DEMANDS,
    "sns": sns.DEMANDS,
    "ssm": ssm.DEMANDS,
    "states": states.DEMANDS,
    "sts": sts.DEMANDS,
}


def demands_of(call: Call) -> Iterable[Demand]:
    """Return what a request needs.

    Raises:
        NotModelledError: for an operation that is in no table.
    """
    demand = _TABLES.get(call.service, {}).get(call.operation)
    if demand is None:
        raise NotModelledError(
            f"what {call.service}:{call.operation} needs is not modelled: add it to"
            " embedded_aws/permissions/actions"
        )
    return demand(call)


def known_operations() -> list[str]:
    """Return every operation whose needs are known, as `service:Operation`."""
    return sorted(f"{service}:{name}" for service, table in _TABLES.items() for name in table)
