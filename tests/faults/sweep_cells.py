"""Sweeps that are struck once: what goes wrong where, and what the sweep may come to."""

from dataclasses import dataclass
from datetime import timedelta

from parris.sweeps.record import SweepEnd
from tests.faults.calls import CallKey
from tests.faults.columns import COLUMNS
from tests.faults.states import Blow, StateKey

_WITHIN_A_FEW_HOURS = timedelta(hours=4)
"""A trial takes a quarter of an hour, and one of them waits for another; then the hourly reaper."""
_WITHIN_DAYS = timedelta(hours=56)
"""For what stays wrong: a day until a run gives up, another one of its cleanup."""
_UNCHANGED = frozenset({SweepEnd.COMPLETED})
_LESS = frozenset({SweepEnd.COMPLETED, SweepEnd.BUDGET_USED, SweepEnd.NO_TRIAL_SUCCEEDED})
_ABORTED = frozenset({SweepEnd.ABORTED, SweepEnd.COMPLETED})
_UNCONFIRMED = frozenset({SweepEnd.CLEANUP_FAILED})


@dataclass(frozen=True, slots=True)
class SweepCell:
    """A sweep, one of its calls or states, and what goes wrong there.

    `text` is `caller/service:Operation/number/column` or `machine/state/blow`. `ends` are the
    statuses that its record may have, None if there may be none.
    """

    text: str
    ends: frozenset[SweepEnd | None]
    bound: timedelta = _WITHIN_A_FEW_HOURS

    @property
    def stays_reserved(self) -> bool:
        """Return whether the end of its trials is never confirmed."""
        return self.ends == _UNCONFIRMED

    @property
    def what(self) -> CallKey | StateKey:
        """Return the call or the state."""
        row = self.text.rpartition("/")[0]
        return StateKey(*row.split("/")) if self.blow else CallKey.parse(row)

    @property
    def blow(self) -> Blow | None:
        """Return what strikes at the state, None for a call."""
        last = self.text.rpartition("/")[2]
        return None if last in COLUMNS else Blow(last)


def _passing(*texts: str) -> tuple[SweepCell, ...]:
    return tuple(SweepCell(one, _UNCHANGED) for one in texts)


def _lasting(*texts: str) -> tuple[SweepCell, ...]:
    return tuple(SweepCell(one, _LESS, _WITHIN_DAYS) for one in texts)


def _cut_short(*texts: str) -> tuple[SweepCell, ...]:
    return tuple(SweepCell(one, _ABORTED, _WITHIN_A_FEW_HOURS) for one in texts)


SWEEP_CELLS = (
    *_passing(
        # The reservation or the settlement was written, and its response was lost.
        "ReserveTrial/dynamodb:TransactWriteItems/1/timeouts-after",
        "ReserveTrial/dynamodb:TransactWriteItems/2/function-killed-after",
        "SettleTrial/dynamodb:TransactWriteItems/1/timeouts-after",
        "SettleTrial/dynamodb:TransactWriteItems/1/function-killed-after",
        "SettleTrial/dynamodb:TransactWriteItems/2/throttled-once",
        # The token of a trial that waits is stored, and the engine does not know.
        "SweepStateMachine/dynamodb:TransactWriteItems/1/timeouts-after",
        "SweepStateMachine/lambda:Invoke:SettleTrial/1/unavailable-once",
        "RecordSweep/s3:PutObject/1/unavailable-once",
        "SweepStateMachine/ValidateSweep/function-killed",
        "SweepStateMachine/SettleTrial/function-killed",
        "SweepStateMachine/RecordSweep/function-killed",
    ),
    *_lasting(
        "ReserveTrial/dynamodb:TransactWriteItems/2/access-denied",
        "SweepStateMachine/dynamodb:TransactWriteItems/1/access-denied",
    ),
    SweepCell(
        "ValidateSweep/dynamodb:TransactWriteItems/1/access-denied", frozenset({None}), _WITHIN_DAYS
    ),
    # The reaper writes the record, with a role of its own.
    SweepCell("RecordSweep/s3:PutObject/1/access-denied", _UNCHANGED, _WITHIN_DAYS),
    *_cut_short(
        "SweepStateMachine/AwaitSettlement/timed-out",
        "SweepStateMachine/RecordSweep/timed-out",
    ),
    # The end of no trial is ever confirmed, and the third one would need a reservation.
    SweepCell(
        "ConfirmEnded/cloudformation:DescribeStacks/1/access-denied", _UNCONFIRMED, _WITHIN_DAYS
    ),
)
