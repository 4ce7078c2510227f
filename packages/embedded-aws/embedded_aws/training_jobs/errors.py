"""Why a training job fails: the texts of FailureReason."""

_LONGEST_TEXT = 1024
_OUT_OF_MEMORY = 137


class JobFailedError(Exception):
    """A training job fails; the message is its FailureReason."""


def algorithm_error(failure_text: str, exit_code: int) -> JobFailedError:
    """Return the failure of a job whose container exits with another code than 0.

    Args:
        failure_text: the text of `/opt/ml/output/failure`, empty if there is none.
        exit_code: the container's.
    """
    if exit_code == _OUT_OF_MEMORY and not failure_text:
        failure_text = (
            "Out of memory, please use a larger instance and/or reduce the values of other"
            " parameters (batch size, number of layers etc.) if applicable"
        )
    ending = f", exit code: {exit_code}"
    beginning = f"AlgorithmError: {failure_text.strip()}"
    return JobFailedError(beginning[: _LONGEST_TEXT - len(ending)] + ending)


def client_error(text: str) -> JobFailedError:
    """Return the failure of a job whose request cannot be fulfilled."""
    return JobFailedError(f"ClientError: {text}"[:_LONGEST_TEXT])


def capacity_error() -> JobFailedError:
    """Return the failure of a job that has waited for instances in vain."""
    return JobFailedError(
        "CapacityError: Unable to provision requested ML compute capacity. Please retry using a"
        " different ML instance type."
    )


def internal_error() -> JobFailedError:
    """Return the failure of a job whose instances SageMaker has lost."""
    return JobFailedError(
        "InternalServerError: We encountered an internal error.  Please try again."
    )
