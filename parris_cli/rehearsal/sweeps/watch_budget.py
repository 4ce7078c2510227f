"""Notes what a sweep has spent and reserved whenever it has changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from embedded_aws.clock.virtual_clock import VirtualClock
    from embedded_aws.metering.meter import Meter
    from parris.aws.sweeps_table import SweepsTable

_TRANSACTION = "TransactWriteItems"


@dataclass(frozen=True, slots=True)
class BudgetPoint:
    """What was spent, and what was spent or reserved, at some time."""

    at: datetime
    spent_usd: Decimal
    committed_usd: Decimal


class BudgetWatch:
    """Notes the budget of one sweep, by the transactions that change it."""

    def __init__(
        self, table: SweepsTable, sweep_id: str, meter: Meter, clock: VirtualClock
    ) -> None:
        self.points: list[BudgetPoint] = []
        self._table, self._sweep_id = table, sweep_id
        self._meter, self._clock = meter, clock
        self._seen = len(meter.calls)

    def check(self) -> None:
        """Note the budget if there were transactions since the last check."""
        calls = self._meter.calls[self._seen :]
        self._seen += len(calls)
        if any(call.action == _TRANSACTION for call in calls):
            self.note()

    def note(self) -> None:
        """Note the budget."""
        sweep = self._table.find(self._sweep_id)
        if sweep is not None:
            point = BudgetPoint(self._clock.now(), sweep.spent_usd, sweep.committed_usd)
            self.points.append(point)
