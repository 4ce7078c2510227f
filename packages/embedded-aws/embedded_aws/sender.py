"""The name that the meter gives to the sender of a request."""

from embedded_aws.metering.meter import ADMINISTRATOR
from embedded_aws.permissions.callers import current_caller


def current_sender() -> str:
    """Return the sender of the request that this thread handles, as `ApiCall.caller` has it."""
    principal = current_caller()
    return ADMINISTRATOR if principal is None else principal.arn.rpartition("/")[2]
