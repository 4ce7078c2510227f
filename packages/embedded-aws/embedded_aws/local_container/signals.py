"""Who receives SIGTERM when SageMaker stops a job: the entry alone, or all if the job says so."""

from collections.abc import Callable
from pathlib import Path

from embedded_aws.local_container.swallowed_signals import warning_of
from embedded_aws.local_container.training_request import TrainingRequest

# A variable of the request, since CreateTrainingJob has no such parameter. AWS ignores it.
SIGNALS_VARIABLE = "EMBEDDED_AWS_SIGNALS"
FORWARDED = "forwarded"


def is_signal_forwarded(request: TrainingRequest) -> bool:
    """Return whether SIGTERM goes to all processes of the job, which AWS never does."""
    return request.environment.get(SIGNALS_VARIABLE) == FORWARDED


def warn_of_lost_signals(
    request: TrainingRequest, script: tuple[str, Path] | None, log: Callable[[str], None]
) -> None:
    """Log a warning if the script handles SIGTERM but would not receive it."""
    if script is None:
        return
    path, file = script
    text = file.read_text(encoding="utf-8", errors="replace")
    warning = warning_of(request.entrypoint, path, text)
    if warning:
        log(f"warning: {warning}")
