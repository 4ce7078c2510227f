"""Records every authorization decision, so that tests can see which permissions are used."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from embedded_aws.context import current
from embedded_aws.permissions.documents import Demand

_MOST_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a role, a user or a service was allowed a demand in a Region.

    `user_id` is the `aws:userid` of the principal, empty for a service.
    """

    principal_name: str
    demand: Demand
    region: str
    is_allowed: bool
    user_id: str = field(default="", compare=False)

    @property
    def action(self) -> str:
        """The demanded action."""
        return self.demand.action

    @property
    def resource(self) -> str:
        """The resource of the demand."""
        return self.demand.resource


def record(decision: Decision) -> None:
    """Record a decision for as long as this embedded AWS runs."""
    _kept().append(decision)


def iterate_decisions() -> Iterator[Decision]:
    """Return the decisions so far, the oldest first."""
    return iter(tuple(_kept()))


def _kept() -> deque[Decision]:
    kept = current().services.setdefault("permission-decisions", deque(maxlen=_MOST_KEPT))
    assert isinstance(kept, deque)
    return kept
