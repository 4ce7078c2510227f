"""Runs what is due repeatedly, by the embedded AWS's clock, until it is removed."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from embedded_aws.context import Context, current

_SERVICE = "agenda"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Appointment:
    """Something that is due from time to time.

    `next_after` returns the first due time after a given one, or None when there is none; `keep`
    does what is due; `end` is called after the last time.
    """

    next_after: Callable[[datetime], datetime | None]
    keep: Callable[[datetime], None]
    end: Callable[[], None] = lambda: None


class Agenda:
    """The appointments of one embedded AWS, each with its own name."""

    def __init__(self, context: Context) -> None:
        """Create an empty agenda."""
        self._context = context
        self._cancels: dict[str, Callable[[], None]] = {}
        self._entered: dict[str, Appointment] = {}
        self._changing = threading.Lock()

    def enter(self, name: str, appointment: Appointment, after: datetime | None = None) -> None:
        """Add an appointment, or replace the one with that name.

        Args:
            name: for instance a schedule's ARN.
            appointment: what is due, and when.
            after: what was due until then is skipped; now if not given.
        """
        with self._changing:
            self._strike(name)
            self._entered[name] = appointment
        self._await_next(name, appointment, after or self._context.clock.now())

    def strike(self, name: str) -> None:
        """Remove the appointment with that name, if there is one."""
        with self._changing:
            self._strike(name)

    def _strike(self, name: str) -> None:
        self._entered.pop(name, None)
        self._cancels.pop(name, lambda: None)()

    def _await_next(self, name: str, appointment: Appointment, after: datetime) -> bool:
        due = appointment.next_after(after)
        with self._changing:
            if due is None or self._entered.get(name) is not appointment:
                return False
            self._cancels[name] = self._context.clock.call_at(
                due, lambda: self._keep(name, appointment, due)
            )
            return True

    def _keep(self, name: str, appointment: Appointment, due: datetime) -> None:
        if self._entered.get(name) is not appointment:
            return
        # What was due while this machine was suspended is skipped.
        is_going_on = self._await_next(name, appointment, max(due, self._context.clock.now()))
        try:
            appointment.keep(due)
            if not is_going_on and self._entered.get(name) is appointment:
                self.strike(name)
                appointment.end()
        except Exception:
            if not self._context.is_closing.is_set():
                _logger.exception("a scheduled action failed", extra={"appointment": name})


def current_agenda() -> Agenda:
    """Return the agenda of the running embedded AWS."""
    context = current()
    found = context.services.setdefault(_SERVICE, Agenda(context))
    if not isinstance(found, Agenda):
        raise TypeError("something else keeps the agenda's place")
    return found
