"""Prepares code, input data, earlier results and requirements before the script starts."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable

from runner_code import unpack_code
from runner_deadline import Deadline
from runner_inputs import fetch_inputs
from runner_job import Folders, Job
from runner_log import TrainerLog
from runner_requirements import REQUIREMENTS_FILE, find_requirements, install_requirements
from runner_resume import fetch_earlier_results
from runner_script import script_environment


class Preparation:
    """Prepares one run. Every step counts towards the job's limits."""

    def __init__(self, job: Job, folders: Folders, log: TrainerLog) -> None:
        """Do nothing yet."""
        self._job = job
        self._folders = folders
        self._log = log
        self.requirements_seconds: int | None = None
        """How long the installation of the requirements took, rounded up, if it ran."""

    def run(self, deadline: Deadline | None, should_stop: Callable[[], bool]) -> None:
        """Unpack the code, fetch data and earlier results, and install the requirements.

        Args:
            deadline: the deadline of the job, or None.
            should_stop: called repeatedly; True ends the preparation.

        Raises:
            CodeInvalidError, InputMissingError, RequirementsFailedError: with the problem.
        """
        job, log = self._job, self._log
        if job.code_sha256 and not should_stop():
            unpacked = unpack_code(self._folders.code_archive, self._folders.work, should_stop)
            log.note(f"unpacked the code: {unpacked}")
        if job.input_data and not should_stop():
            log.note(f"fetching input data: {', '.join(job.input_data)}")
            fetch_inputs(job.input_data, self._folders.inputs, job.region, should_stop)
        if job.resume and not should_stop():
            log.note(f"fetching the results of attempt {job.resume['attempt']}")
            fetch_earlier_results(job.resume, self._folders.resume, job.region, should_stop)
        requirements = find_requirements(self._folders.work, job.script_folder)
        if requirements is None or should_stop():
            return
        log.note(f"installing {REQUIREMENTS_FILE}")
        started_at = time.monotonic()
        place = self._folders.python_environment
        # From an earlier start of this machine.
        shutil.rmtree(place, ignore_errors=True)
        try:
            install_requirements(
                requirements,
                place,
                script_environment(job, self._folders, deadline),
                log,
                should_stop,
            )
        finally:
            taken_seconds = time.monotonic() - started_at
            self.requirements_seconds = math.ceil(taken_seconds)
        # These lines explain only a failed installation.
        log.forget_last_lines()
        log.note(f"{REQUIREMENTS_FILE} installed in {taken_seconds:.1f} s")
