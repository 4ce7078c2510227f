"""What goes wrong with a call: the columns of the matrix."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from embedded_aws.fault_injection.call_faults import CallFault
from embedded_aws.fault_injection.unknown_status import has_status
from tests.faults.calls import (
    CLOUDFORMATION,
    MACHINES,
    NO_FUNCTIONS,
    SAGEMAKER,
    CallKey,
    Strike,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One way to go wrong.

    `lasts`: it strikes every call of its kind from the row's on, else that one call alone.
    `first_try_only`: the SDK asks again and is answered, else all of its tries are struck.
    """

    fault: CallFault
    lasts: bool = False
    first_try_only: bool = False

    def strike(self, row: CallKey) -> Strike:
        """Return what strikes the row's call in this way."""

        def is_struck(key: CallKey, attempt: int) -> bool:
            if (key.caller, key.asks) != (row.caller, row.asks):
                return False
            if self.first_try_only and attempt > 1:
                return False
            return key.number >= row.number if self.lasts else key.number == row.number

        return lambda key, attempt: self.fault if is_struck(key, attempt) else None


COLUMNS: Mapping[str, Column] = {
    "throttled-once": Column(CallFault.THROTTLED),
    "throttled-for-ever": Column(CallFault.THROTTLED, lasts=True),
    "unavailable-once": Column(CallFault.UNAVAILABLE),
    "unavailable-for-ever": Column(CallFault.UNAVAILABLE, lasts=True),
    "access-denied": Column(CallFault.DENIED, lasts=True),
    "timeout-before": Column(CallFault.LOST),
    "timeout-after": Column(CallFault.ANSWER_LOST, first_try_only=True),
    "timeouts-after": Column(CallFault.ANSWER_LOST),
    "unknown-status-once": Column(CallFault.UNKNOWN_STATUS),
    "unknown-status-for-ever": Column(CallFault.UNKNOWN_STATUS, lasts=True),
    "function-killed-after": Column(CallFault.KILLED),
}


def why_not(row: CallKey, column: Column) -> str | None:
    """Return why a fault cannot strike a call, None where it can."""
    for does_not_apply, why in _NOT_APPLICABLE:
        if does_not_apply(row, column):
            return why
    return None


_ASK_AGAIN = (CLOUDFORMATION, SAGEMAKER)
_REFUSALS = (CallFault.THROTTLED, CallFault.UNAVAILABLE, CallFault.DENIED)
_NOT_APPLICABLE: tuple[tuple[Callable[[CallKey, Column], bool], str], ...] = (
    (
        lambda row, column: (
            column.fault is CallFault.UNKNOWN_STATUS and not has_status(row.asks.partition(":")[2])
        ),
        "its answer has no status",
    ),
    (
        lambda row, column: column.fault is CallFault.ANSWER_LOST and row.is_read,
        "a read has no effect: as timeout-before",
    ),
    (
        lambda row, column: column.fault is CallFault.KILLED and row.caller in NO_FUNCTIONS,
        "no function makes this call",
    ),
    (
        lambda row, column: (
            row.caller in _ASK_AGAIN and not (column.lasts and column.fault in _REFUSALS)
        ),
        "CloudFormation and SageMaker ask again by themselves",
    ),
    (
        lambda row, column: column.first_try_only and row.caller in MACHINES,
        "the engine asks once: as timeouts-after",
    ),
)
