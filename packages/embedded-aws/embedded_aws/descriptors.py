"""How many files, pipes and connections this process may have open at once."""

import resource

# Of what a system without a limit says; macOS takes no more.
_MANY = 10_240


def raise_descriptor_limit() -> None:
    """Allow as many as the system lets a process allow itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard, _MANY):
        if soft != resource.RLIM_INFINITY and (wanted == resource.RLIM_INFINITY or wanted > soft):
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            except (ValueError, OSError):
                continue
        return
