"""One sweep of `parris sweep run --embedded`, and its file in the history."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parris.payloads import Payload, int_in, maybe_int_in, maybe_text_in, part_of, text_in
from parris.sweeps.record import RUNNING
from parris_cli.account.session import has_credentials
from parris_cli.errors import RefusedError
from parris_cli.local_runs.history_file import is_process_running, write_history_file
from parris_cli.local_runs.local_run import HISTORY, INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Iterator

_SWEEPS = "sweeps"


@dataclass(frozen=True, slots=True)
class LocalSweep:
    """A sweep that an embedded AWS runs or ran.

    `record` is its record as it was seen last, and `best_config` the config of its best trial,
    empty without one. `process_id` is the command's, and `port` that of its AWS.
    """

    sweep_id: str
    execution_arn: str
    process_id: int
    port: int = 0
    record: Payload = field(default_factory=dict)
    best_config: Payload = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return its name, empty before its config was accepted."""
        return maybe_text_in(self.record, "sweep_name") or ""

    @property
    def is_running(self) -> bool:
        """Return whether its command is running and has not seen its end."""
        has_ended = self.record.get("status", RUNNING) != RUNNING
        return not has_ended and is_process_running(self.process_id)

    @property
    def shown_record(self) -> Payload:
        """Return its record; a sweep whose command ended before it is interrupted.

        Raises:
            RefusedError: if it has none, since its config was never accepted.
        """
        if not self.record:
            raise RefusedError(f"the sweep {self.sweep_id} never began")
        if self.is_running or self.record.get("status") != RUNNING:
            return self.record
        return {**self.record, "status": INTERRUPTED}

    def to_json(self) -> Payload:
        """Return the content of its file."""
        return {
            "sweep_id": self.sweep_id,
            "execution_arn": self.execution_arn,
            "process_id": self.process_id,
            "port": self.port,
            "record": self.record,
            "best_config": self.best_config,
        }


def write_local_sweep(sweep: LocalSweep) -> None:
    """Write a sweep into the history, over what is there.

    Raises:
        OSError: when it cannot be written.
    """
    write_history_file(HISTORY / _SWEEPS / f"{sweep.sweep_id}.json", sweep.to_json())


def find_local_sweep(sweep: str, deployment: str | None, *, is_embedded: bool) -> LocalSweep | None:
    """Return the sweep of this machine that is meant, None if it is one of an account.

    An id that the history has is meant anyway. Of several with a name the running one is meant,
    else the newest.

    Raises:
        RefusedError: when a sweep of this machine is meant and there is none of that name.
    """
    known = [] if deployment is not None and not is_embedded else list(_read_local_sweeps())
    sweep_id = sweep.rpartition(":")[2]
    for one in known:
        if one.sweep_id == sweep_id:
            return one
    if not is_embedded and (not known or has_credentials()):
        return None
    named = [one for one in known if one.name == sweep]
    if named:
        return max(named, key=lambda one: (one.is_running, str(one.record.get("started_at"))))
    names = ", ".join(dict.fromkeys(one.name for one in known if one.name))
    there = f"the names there are: {names}" if names else "it has none"
    raise RefusedError(f"there is no sweep {sweep} in {HISTORY}; {there}")


def _read_local_sweeps() -> Iterator[LocalSweep]:
    """Yield all sweeps of the history; a file that is none is passed over."""
    for place in sorted((HISTORY / _SWEEPS).glob("*.json")):
        try:
            value = json.loads(place.read_text(encoding="utf-8"))
            yield LocalSweep(
                sweep_id=text_in(value, "sweep_id"),
                execution_arn=text_in(value, "execution_arn"),
                process_id=int_in(value, "process_id"),
                port=maybe_int_in(value, "port") or 0,
                record=part_of(value, "record"),
                best_config=part_of(value, "best_config"),
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
