"""Fetches the runner of a job, which its user then runs."""

from __future__ import annotations

import io
import shutil
import time
import zipfile
from pathlib import Path

from runner_http import AwsClient, AwsError
from runner_s3 import REPORT_WAITS_SECONDS, Bucket
from server_credentials import JobCredentials
from server_job import ServerJob

_FETCH_SECONDS = 120.0


class RunnerMissingError(Exception):
    """The runner could not be fetched. The message says why."""


def fetch_runner(
    job: ServerJob, credentials: JobCredentials, bucket_name: str, region: str, folder: Path
) -> None:
    """Fetch the runner with the job's credentials, into a folder that every user can read.

    Raises:
        RunnerMissingError: if that fails.
    """
    until = time.time() + _FETCH_SECONDS
    try:
        credentials.current()
        bucket = Bucket(AwsClient(credentials), bucket_name, region)
        key = f"steering/{job.user_id}/runner.zip"
        archive = bucket.retry(lambda: bucket.get(key, lambda: until), REPORT_WAITS_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)
        zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
        for path in (folder, *folder.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)
    except (AwsError, OSError, zipfile.BadZipFile) as error:
        raise RunnerMissingError(f"the runner could not be fetched: {error}") from error
