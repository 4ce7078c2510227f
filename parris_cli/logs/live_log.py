"""The log of a run in CloudWatch Logs, wherever its target writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.bucket import Bucket
from parris.job import Job
from parris.payloads import maybe_text_in, part_of
from parris_cli.downloads.found_places import places_of
from parris_cli.errors import RefusedError
from parris_cli.following.service_log import ServiceLog, place_of_log
from parris_cli.following.trainer_log import TrainerLog
from parris_cli.runs.running import newest_state

if TYPE_CHECKING:
    from datetime import datetime

    from parris_cli.account.clients import Account
    from parris_cli.following.find_started import FoundJob


class LiveLog:
    """The log of one run. A service of a target has a log of its own for each machine.

    Args:
        account: the deployment.
        found: the run.
        since: only the lines from then on; None for all.
    """

    def __init__(self, account: Account, found: FoundJob, since: datetime | None) -> None:
        self._account, self._found, self._since = account, found, since
        self._machine_id: str | None = None
        self._log: TrainerLog | ServiceLog | None = None

    def new_lines(self) -> list[str]:
        """Return the lines since the last call; none while there is no log yet."""
        lines = [] if self._log is None else self._log.new_lines()
        if self._find_log():
            assert self._log is not None
            lines += self._log.new_lines()
        return lines

    def missed_lines(self, whole: bytes | None = None) -> list[str]:
        """Return the end of a finished run's log that has not come live.

        Args:
            whole: the whole log; None reads it from the bucket.
        """
        if self._log is None or self._since is not None:
            return []
        if whole is None:
            places = places_of(self._account, self._found)
            whole = Bucket(self._account.s3, places.bucket).read(places.log_key)
        return self._log.missed_lines(whole or b"")

    def _find_log(self) -> bool:
        """Return whether there is another log than before, such as that of a next machine."""
        started, logs = self._found.started, self._account.logs
        state = (
            {}
            if started is None
            else newest_state(self._account.stepfunctions, started.execution_arn)
        )
        if part_of(state, "job"):
            job = Job.from_payload(part_of(state, "job"))
            machine_id = maybe_text_in(part_of(state, "run"), "machine_id")
            place = None if machine_id is None else place_of_log(self._account, job, machine_id)
            stream = job.log_stream
        elif started is not None and self._found.name is None:
            return False
        elif self._found.name is not None:
            machine_id = None
            place = places_of(self._account, self._found).service_log
            stream = f"{self._found.name}/{self._found.job_id}"
        else:
            raise RefusedError(f"{self._found.job_id} has no log")
        if self._log is not None and (place is None or machine_id == self._machine_id):
            return False
        self._machine_id = machine_id
        if place is not None:
            self._log = ServiceLog(logs, place, self._since)
        else:
            group = self._account.deployment.log_group
            self._log = TrainerLog(logs, group, stream, self._since)
        return True
