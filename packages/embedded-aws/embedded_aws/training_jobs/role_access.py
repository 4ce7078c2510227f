"""What SageMaker does as a training job's role: S3 clients, and checks of its permissions."""

from collections.abc import Iterable
from typing import Any

from embedded_aws.context import current
from embedded_aws.own_clients import make_client
from embedded_aws.permissions import role_permissions
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.trust import RoleNotAssumableError, assume_as_service
from embedded_aws.training_jobs.errors import client_error

SERVICE = "sagemaker.amazonaws.com"
SESSION_NAME = "SageMaker"


def make_s3_client(role_arn: str) -> Any:
    """Return a client of S3 with a role's permissions.

    Raises:
        JobFailedError: when SageMaker may not assume the role any more.
    """
    context = current()
    try:
        session = assume_as_service(role_arn, SERVICE, SESSION_NAME)
    except RoleNotAssumableError as error:
        raise client_error(f"Could not assume role {role_arn}") from error
    return make_client(
        "s3",
        endpoint_url=context.endpoint_url,
        region_name=context.settings.region,
        aws_access_key_id=session.access_key_id,
        aws_secret_access_key=session.secret_access_key,
        aws_session_token=session.session_token,
    )


def find_missing_permission(role_arn: str, demands: Iterable[Demand]) -> str | None:
    """Return the first action that a role's policies do not allow, None if all are allowed."""
    return role_permissions.find_missing_permission(role_arn, SESSION_NAME, demands)
