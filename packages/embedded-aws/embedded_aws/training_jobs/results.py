"""Results: the model, other output and checkpoints, uploaded as SageMaker does."""

import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import ClientError

from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults
from embedded_aws.training_jobs.channels import IN_THIS_THREAD, download, split_uri
from embedded_aws.training_jobs.description import is_compressed, output_uri
from embedded_aws.training_jobs.errors import client_error

_FAILURES = (ClientError, S3UploadFailedError, PermissionError)


def upload_results(
    s3: Any, request: dict[str, Any], folders: Mapping[str, Path], *, has_model: bool
) -> None:
    """Upload what the hosts have in `/opt/ml/model` and `/opt/ml/output/data`.

    Args:
        s3: a client with the job's role.
        request: the parameters of CreateTrainingJob.
        folders: the folder for `/opt/ml` by the name of the host; the first host's files win.
        has_model: whether the model is uploaded, too: not that of a failed job.

    Raises:
        JobFailedError: when the role may not write it.
    """
    uri = output_uri(request)
    parts = {"model": "model"} if has_model else {}
    try:
        for name, part in {**parts, "output": "output/data"}.items():
            files = _files_of([folder / part for folder in folders.values()])
            if not files:
                continue
            if faults().is_on(FaultKind.NO_S3_RIGHTS):
                raise PermissionError("Access Denied")
            if is_compressed(request):
                bucket, key = split_uri(f"{uri}/{name}.tar.gz")
                _upload_archive(s3, bucket, key, files)
            else:
                bucket, key = split_uri(f"{uri}/{'model' if name == 'model' else 'data'}")
                for path, file in files.items():
                    s3.upload_file(str(file), bucket, f"{key}/{path}", Config=IN_THIS_THREAD)
    except _FAILURES as error:
        raise client_error(f"Artifact upload failed:{error}") from error


def restore_checkpoints(s3: Any, request: Mapping[str, Any], folders: Mapping[str, Path]) -> None:
    """Download the checkpoints of an earlier attempt or job for every host.

    Raises:
        JobFailedError: when the role may not read them.
    """
    if "CheckpointConfig" not in request:
        return
    bucket, prefix = _checkpoint_place(request)
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for entry in page.get("Contents", []):
                for folder in folders.values():
                    path = entry["Key"].removeprefix(prefix)
                    download(s3, bucket, entry["Key"], path, folder / "checkpoints")
    except (ClientError, PermissionError) as error:
        raise client_error(f"Checkpoint download failed:{error}") from error


class CheckpointSync:
    """Uploads the checkpoints that have changed since it was last called.

    Args:
        s3: a client with the job's role.
        request: the parameters of CreateTrainingJob.
        folders: the folder for `/opt/ml` by the name of the host.
    """

    def __init__(self, s3: Any, request: Mapping[str, Any], folders: Mapping[str, Path]) -> None:
        """Take what is there already as uploaded."""
        self._s3 = s3
        self._request = request
        self._folders = [folder / "checkpoints" for folder in folders.values()]
        self._uploaded = self._states() if "CheckpointConfig" in request else {}

    def upload_changes(self) -> None:
        """Upload new and changed files; failures are ignored, as SageMaker does."""
        if "CheckpointConfig" not in self._request:
            return
        bucket, prefix = _checkpoint_place(self._request)
        for path, state in self._states().items():
            if self._uploaded.get(path) == state or faults().is_on(FaultKind.NO_S3_RIGHTS):
                continue
            try:
                file, key = str(state[0]), f"{prefix}{path}"
                self._s3.upload_file(file, bucket, key, Config=IN_THIS_THREAD)
            except (*_FAILURES, FileNotFoundError):
                continue
            self._uploaded[path] = state

    def _states(self) -> dict[str, tuple[Path, int, int]]:
        found: dict[str, tuple[Path, int, int]] = {}
        for path, file in _files_of(self._folders).items():
            try:
                stat = file.stat()
            except FileNotFoundError:  # replaced by the next one
                continue
            found[path] = (file, stat.st_size, stat.st_mtime_ns)
        return found


def _checkpoint_place(request: Mapping[str, Any]) -> tuple[str, str]:
    return split_uri(str(request["CheckpointConfig"]["S3Uri"]).rstrip("/") + "/")


def _files_of(folders: list[Path]) -> dict[str, Path]:
    """Return the files below some folders, by their paths in them; the first folder's win."""
    found: dict[str, Path] = {}
    for folder in folders:
        for file in _files_below(folder):
            found.setdefault(file.relative_to(folder).as_posix(), file)
    return found


def _files_below(folder: Path) -> Iterator[Path]:
    yield from (file for file in sorted(folder.rglob("*")) if file.is_file())


def _upload_archive(s3: Any, bucket: str, key: str, files: Mapping[str, Path]) -> None:
    with tempfile.TemporaryFile() as buffer:
        with tarfile.open(fileobj=buffer, mode="w:gz", dereference=True) as archive:
            for path, file in files.items():
                archive.add(file, arcname=path, recursive=False)
        buffer.seek(0)
        s3.upload_fileobj(buffer, bucket, key, Config=IN_THIS_THREAD)
