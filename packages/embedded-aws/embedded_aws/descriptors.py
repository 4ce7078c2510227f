"""The limit of files, pipes and connections that this process may have open at once."""

import resource

# Used where the system reports no limit; macOS accepts no more.
_MANY = 10_240


def raise_descriptor_limit() -> None:
    """Raise the limit as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard, _MANY):
        if soft != resource.RLIM_INFINITY and (wanted == resource.RLIM_INFINITY or wanted > soft):
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            except (ValueError, OSError):
                continue
        return
