"""The error of a stack that could not be created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.ec2.refusals import refusal_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.errors import CapacityUnavailableError, LaunchFailedError, QuotaError


def launch_error(
    stack_name: str, status: str, reasons: Sequence[str]
) -> CapacityUnavailableError | QuotaError | LaunchFailedError:
    """Return the error of a failed launch, with AWS's reasons in their order."""
    cause = "; ".join(reasons) if reasons else "CloudFormation gave no reason"
    return refusal_error(f"{stack_name} is {status}: {cause}", reasons)
