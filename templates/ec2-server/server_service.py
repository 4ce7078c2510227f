"""What the service does at each poll: take a job, follow it, and end it when it is released."""

from __future__ import annotations

import secrets
import sys
import time

from runner_http import AwsClient, AwsError
from server_credentials import JobCredentials
from server_endpoint import CredentialsEndpoint
from server_folders import JobFolders
from server_job import ServerJob, UnknownFormatError
from server_place import DEADLINE, EXITED, KILLED, NOT_STARTED, SERVER_RESTARTED, ServerPlace
from server_program import Program
from server_runner import RunnerMissingError, fetch_runner
from server_state import CurrentJob, ServerState
from server_units import JobUnits

_LATE_TIMER_SECONDS = 900
_RELEASED_EARLY = "the job was released before it could start"


class Service:
    """Runs one job at a time.

    Each step first writes down what it is about to do, so that a service that starts again, after
    its own end or after a restart of the server, continues.

    Args:
        client: sends requests as the server.
        bucket_name: the training bucket.
        region: its Region.
        place: this server's folder in the bucket.
        program: which program this is.
        state: what the service remembers.
        units: the units of jobs.
        folders: the folders of jobs.
    """

    def __init__(
        self,
        client: AwsClient,
        bucket_name: str,
        region: str,
        place: ServerPlace,
        program: Program,
        state: ServerState,
        units: JobUnits,
        folders: JobFolders,
    ) -> None:
        """Do nothing yet."""
        self._client = client
        self._bucket_name = bucket_name
        self._region = region
        self._place = place
        self._program = program
        self._state = state
        self._units = units
        self._folders = folders
        self._credentials: JobCredentials | None = None
        self._endpoint: CredentialsEndpoint | None = None
        self._has_server_restarted = False

    def recover(self) -> None:
        """Continue with the job of an earlier service. This needs no network.

        The timer comes first. If the deadline has passed while the server was off, a person may
        have started it for something else: there is time to find the release of the job.

        Raises:
            OSError, UnitError: if that fails.
        """
        current = self._state.current
        if current is None:
            return
        if not self._units.is_timer_armed():
            now, gone_at = time.time(), current.job.gone_at
            self._units.arm_timer(
                current.job, gone_at if gone_at > now else now + _LATE_TIMER_SECONDS
            )
            self._has_server_restarted = True
        if current.is_started:
            self._serve_credentials(current)

    def step(self) -> bool:
        """Poll once, and return whether to end because another program is needed.

        Raises:
            AwsError, OSError, UnitError: if something cannot be done now. The next step repeats it.
        """
        current = self._state.current
        try:
            handed_over, is_known = self._place.read_job(), True
        except UnknownFormatError as error:
            if current is None:
                return self._program.is_to_be_replaced_by(error.service_sha256)
            handed_over, is_known = None, False
        except (AwsError, OSError, ValueError) as error:
            # A job that runs must be followed nevertheless.
            say(f"the job that is handed over cannot be read: {error}")
            handed_over, is_known = None, False
        if current is None:
            self._folders.remove_old()
            if handed_over is None or self._state.has_ended(handed_over.machine_id):
                return False
            if self._program.is_to_be_replaced_by(handed_over.service_sha256):
                return True
            say(f"takes the job {handed_over.machine_id}")
            current = self._state.take(handed_over, secrets.token_urlsafe(32))
        if self._has_server_restarted and is_known:
            if not _is_of(handed_over, current):
                # The next job or a person has started the server: it must not stop for this job.
                self._units.disarm_timer()
            self._has_server_restarted = False
        if current.how:
            self._report_end(current)
        elif is_known and not _is_of(handed_over, current):
            self._release(current)
        elif not current.is_started:
            self._start(current)
        elif not self._units.is_job_active():
            self._follow_end(current)
        return False

    def _start(self, current: CurrentJob) -> None:
        job = current.job
        if job.gone_at <= time.time():
            self._end(NOT_STARTED, "the time of the job was over before it could start")
            return
        self._units.arm_timer(job, job.gone_at)
        self._place.acknowledge(job)
        # The controller may have released the job before it could see that.
        if not _is_of(self._place.read_job(), current):
            self._end(NOT_STARTED, _RELEASED_EARLY)
            return
        try:
            fetch_runner(
                job,
                self._credentials_of(job),
                self._bucket_name,
                self._region,
                self._state.runner,
            )
        except RunnerMissingError as error:
            self._end(NOT_STARTED, str(error))
            return
        self._serve_credentials(current)
        self._start_unit(self._state.note(is_started=True))

    def _start_unit(self, current: CurrentJob) -> None:
        variables = {
            "AWS_DEFAULT_REGION": self._region,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{current.port}/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": current.token,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self._units.start_job(current.job, variables)

    def _follow_end(self, current: CurrentJob) -> None:
        is_late, has_reported = self._has_timer_fired(), self._folders.has_reported(current.job)
        if is_late:
            self._end(DEADLINE)
        elif current.is_saving:
            self._end(SERVER_RESTARTED)
        elif has_reported:
            self._end(EXITED)
        else:
            # The server has restarted, or the runner was killed. It never starts its script twice,
            # but saves what is on the disk.
            say("the runner has not reported its end; it starts again to save the results")
            self._start_unit(self._state.note(is_saving=True))

    def _release(self, current: CurrentJob) -> None:
        if self._units.is_job_active():
            self._units.kill_job()
            self._end(KILLED)
        elif not current.is_started:
            self._end(NOT_STARTED, _RELEASED_EARLY)
        elif self._has_timer_fired():
            self._end(DEADLINE)
        else:
            has_reported = self._folders.has_reported(current.job)
            self._end(EXITED if has_reported and not current.is_saving else SERVER_RESTARTED)

    def _end(self, how: str, reason: str = "") -> None:
        self._report_end(self._state.note(how=how, reason=reason))

    def _report_end(self, current: CurrentJob) -> None:
        """Forget the job once the controller knows that nothing of it is left."""
        job = current.job
        self._units.remove(job)
        kept = self._folders.with_unsaved_results(job)
        self._place.report_end(job, current.how, current.reason, str(kept or ""))
        if kept is None:
            self._folders.remove(job)
        if self._endpoint is not None:
            self._endpoint.close()
        self._endpoint = self._credentials = None
        self._state.end(job.machine_id)
        say(f"{job.machine_id} has ended: {current.how} {current.reason}".rstrip())

    def _has_timer_fired(self) -> bool:
        return self._state.deadline_marker.exists()

    def _serve_credentials(self, current: CurrentJob) -> None:
        if self._endpoint is None:
            credentials = self._credentials_of(current.job)
            # A job that runs knows its port. After a restart another process may have taken it.
            port = current.port if self._units.is_job_active() else 0
            self._endpoint = CredentialsEndpoint(credentials, current.token, port)
        self._state.note(port=self._endpoint.port)

    def _credentials_of(self, job: ServerJob) -> JobCredentials:
        if self._credentials is None:
            self._credentials = JobCredentials(self._client, self._region, job)
        return self._credentials


def say(line: str) -> None:
    """Write a line to the journal of the server."""
    print(f"parris: {line}", file=sys.stderr, flush=True)


def _is_of(handed_over: ServerJob | None, current: CurrentJob) -> bool:
    return handed_over is not None and handed_over.machine_id == current.job.machine_id
