"""One job of `parris run --embedded`, and its file in the history."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from parris.payloads import (
    Payload,
    int_in,
    maybe_int_in,
    maybe_text_in,
    part_of,
    text_in,
    texts_in,
)
from parris.timestamps import parse_timestamp
from parris_cli.downloads.job_places import LOG, RECORD
from parris_cli.local_runs.history_file import is_process_running, write_history_file
from parris_cli.reports.next_steps import NextSteps
from parris_cli.runs.run import Run

if TYPE_CHECKING:
    from parris.payloads import Json

HISTORY = Path("results") / ".history"
"""The folder of the history, in the folder where the command was run."""
INTERRUPTED = "INTERRUPTED"
_VERSION = 1
_CUT_OFF = (
    "the command that ran it ended before the job did, and its AWS with it; what the job had"
    " synced until then is kept"
)


@dataclass(frozen=True, slots=True)
class LocalRun:
    """A job that an embedded AWS runs or ran.

    `entry` is its entry of the run index, without a reason as long as it has not ended. `source` is
    the config or script that the command was given, empty for the default job; `settings` are those
    of --set, and `job` is what else the command line said of it. `process_id` is the
    command's, and `port` that of its AWS, 0 if only the command itself reaches it. `timeline` is
    its path and its states, and `begun` the parts of a record that are known before the end, both
    as of `known_at`.
    """

    job_id: str
    entry: Payload
    results: Path
    source: str
    settings: tuple[str, ...]
    job: Payload
    process_id: int
    cause: str = ""
    port: int = 0
    timeline: Payload = field(default_factory=dict)
    begun: Payload = field(default_factory=dict)
    known_at: str = ""

    @property
    def run(self) -> Run:
        """Return it as a list shows it. One whose command has died is interrupted."""
        run = Run.from_entry(self.entry)
        if self.is_running:
            return replace(run, state="running", is_running=True)
        if self.entry.get("reason", INTERRUPTED) != INTERRUPTED:
            return run
        known_at = parse_timestamp(self.known_at) if self.known_at else None
        return replace(run, state=INTERRUPTED, ended_at=known_at)

    @property
    def why(self) -> str:
        """Return why it ended, empty where that is not known."""
        recorded = maybe_text_in(part_of(self.record, "outcome"), "cause")
        return self.cause or recorded or (_CUT_OFF if self.run.state == INTERRUPTED else "")

    @property
    def kept_results(self) -> Path:
        """Return the folder of what it had synced, for when its command is killed."""
        return HISTORY.absolute() / self.job_id

    @property
    def kept_log(self) -> Path:
        """Return the file of its log so far, for when its command is killed."""
        return HISTORY.absolute() / f"{self.job_id}.log"

    @property
    def folder(self) -> Path:
        """Return the folder of its files: that of its results, or of what it had synced."""
        is_kept = not self.results.is_dir() and self.kept_results.is_dir()
        return self.kept_results if is_kept else self.results

    @property
    def record(self) -> Payload:
        """Return its run record; without one, what was known of it before its end."""
        try:
            record = json.loads((self.folder / RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return self.begun
        return record if isinstance(record, dict) else {}

    @property
    def log(self) -> list[str] | None:
        """Return the lines of its log, None where it has left none."""
        for file in (self.results / LOG, self.kept_log):
            try:
                text = file.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            return text.removesuffix("\n").split("\n")
        return None

    @property
    def steps(self) -> NextSteps:
        """Return what can be done about it; once it has ended, only its files are left."""
        job = shlex.quote(self.job_id)
        if not self.is_running:
            return NextSteps(
                report=f"parris report {job} --embedded", again=f"parris rerun {job} --embedded"
            )
        return NextSteps(watch=f"parris watch {job}", stop=f"parris stop {job}")

    @property
    def is_running(self) -> bool:
        """Return whether its command is running."""
        return "reason" not in self.entry and is_process_running(self.process_id)

    def to_json(self) -> Payload:
        """Return the content of its file."""
        settings: list[Json] = list(self.settings)
        return {
            "version": _VERSION,
            "job_id": self.job_id,
            "entry": self.entry,
            "results": str(self.results),
            "source": self.source,
            "settings": settings,
            "job": self.job,
            "process_id": self.process_id,
            "cause": self.cause,
            "port": self.port,
            "timeline": self.timeline,
            "begun": self.begun,
            "known_at": self.known_at,
        }

    @classmethod
    def from_json(cls, value: Payload) -> LocalRun:
        """Return what `to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: if it is none.
        """
        return cls(
            job_id=text_in(value, "job_id"),
            entry=part_of(value, "entry"),
            results=Path(text_in(value, "results")),
            source=text_in(value, "source"),
            settings=texts_in(value, "settings"),
            job=part_of(value, "job"),
            process_id=int_in(value, "process_id"),
            cause=maybe_text_in(value, "cause") or "",
            port=maybe_int_in(value, "port") or 0,
            timeline=part_of(value, "timeline"),
            begun=part_of(value, "begun"),
            known_at=maybe_text_in(value, "known_at") or "",
        )


def write_local_run(run: LocalRun) -> None:
    """Write a job into the history, over what is there.

    Raises:
        OSError: when it cannot be written.
    """
    write_history_file(HISTORY / f"{run.job_id}.json", run.to_json())


def read_local_runs() -> list[LocalRun]:
    """Return all jobs of the history; a file that is none is passed over."""
    found = []
    for place in sorted(HISTORY.glob("*.json")):
        try:
            run = LocalRun.from_json(json.loads(place.read_text(encoding="utf-8")))
            Run.from_entry(run.entry)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        found.append(run)
    return found
