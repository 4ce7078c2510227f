"""Checks that the roles exist with which the containers of a job run on any queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.validation.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parris.targets.batch.aws.container_roles import ContainerRoles
    from parris.targets.batch.read_queues import QueueOfJob


def find_role_violations(
    queues: Sequence[QueueOfJob], roles: ContainerRoles
) -> Iterator[Violation]:
    """Yield the roles that do not exist, if there is a queue at all.

    Without a queue the environment is not deployed, which is a violation that has the same remedy.

    Args:
        queues: those that the config names.
        roles: the gateway to the roles.
    """
    found = next((one for one in queues if one.queue is not None), None)
    missing = () if found is None else roles.missing()
    if found is not None and missing:
        expected = (
            "roles that exist, whose names are fixed. `parris deploy --with batch` makes them; jobs"
            " on your own queues need them, too"
        )
        yield Violation(found.path, f"no role {' and no role '.join(missing)}", expected)
