"""What the name of an instance type says about it."""

import re

_ACCELERATED = re.compile(r"^ml\.(g|p|trn|inf)\d")
_PENDING_TIMEOUT_SECONDS = 7_200


def has_accelerator(instance_type: str) -> bool:
    """Return whether instances of the type have GPUs or other accelerators."""
    return _ACCELERATED.match(instance_type) is not None


def default_pending_timeout_seconds(instance_type: str) -> int | None:
    """Return how long a training job may wait for its instances by default, None without a limit.

    Accelerators are scarce, and another type may be free.
    """
    return _PENDING_TIMEOUT_SECONDS if has_accelerator(instance_type) else None
