"""Input data: the objects of each channel, downloaded as File mode does."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults
from embedded_aws.training_hosts import TrainingHost, hosts_of
from embedded_aws.training_jobs.errors import client_error

_SHARDED, _MANIFEST = "ShardedByS3Key", "ManifestFile"

# In this thread: others would not count as busy on a virtual clock.
IN_THIS_THREAD = TransferConfig(use_threads=False)


def split_uri(uri: str) -> tuple[str, str]:
    """Return the bucket and the key of an S3 URI."""
    bucket, _, key = uri.split("://", 1)[1].partition("/")
    return bucket, key


def download(s3: Any, bucket: str, key: str, path: str, folder: Path) -> None:
    """Download an object to a path inside a folder.

    Raises:
        PermissionError: when the path leads out of the folder.
    """
    target = folder / path
    if not target.resolve().is_relative_to(folder.resolve()):
        raise PermissionError(f"{key} has no place in the folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    s3.download_file(bucket, key, str(target), Config=IN_THIS_THREAD)


def download_channels(s3: Any, request: Mapping[str, Any], folders: Mapping[str, Path]) -> None:
    """Download every channel for every host.

    Args:
        s3: a client with the job's role.
        request: the parameters of CreateTrainingJob.
        folders: the folder for `/opt/ml` by the name of the host.

    Raises:
        JobFailedError: when the role may not read the data, or there are none.
    """
    hosts = hosts_of(request)
    for channel in request.get("InputDataConfig") or []:
        source = channel["DataSource"]["S3DataSource"]
        name = channel["ChannelName"]
        try:
            _require_s3_rights()
            objects = list(_objects_of(s3, source))
            users = [host for host in hosts if _is_for(host, source)]
            for position, host in enumerate(users):
                folder = folders[host.name] / "input" / "data" / name
                folder.mkdir(parents=True, exist_ok=True)
                is_sharded = source.get("S3DataDistributionType") == _SHARDED
                own = objects[position :: len(users)] if is_sharded else objects
                for bucket, key, path in own:
                    download(s3, bucket, key, path, folder)
        except (ClientError, PermissionError) as error:
            text = f"Data download failed:Access denied for {source['S3Uri']} of channel {name}."
            raise client_error(
                f'{text} Please ensure that the role "{request["RoleArn"]}" exists and allows'
                f" s3:ListBucket and s3:GetObject. {error}"
            ) from error
        if not objects:
            raise client_error(f"Data download failed:No objects under {source['S3Uri']}")


def _require_s3_rights() -> None:
    if faults().is_on(FaultKind.NO_S3_RIGHTS):
        raise PermissionError("Access Denied")


def _is_for(host: TrainingHost, source: Mapping[str, Any]) -> bool:
    groups = source.get("InstanceGroupNames")
    return not groups or host.group_name in groups


def _objects_of(s3: Any, source: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the bucket, the key and the path in the channel of each object."""
    bucket, key = split_uri(source["S3Uri"])
    if source["S3DataType"] == _MANIFEST:
        yield from _listed_in_manifest(s3, bucket, key)
        return
    # A prefix need not end with a slash; a whole folder's name is not part of the paths.
    is_folder_name = not key.endswith("/") and _has_objects(s3, bucket, f"{key}/")
    folder = f"{key}/" if key and is_folder_name else key[: key.rfind("/") + 1]
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key):
        for entry in page.get("Contents", []):
            path = entry["Key"].removeprefix(folder)
            if not entry["Key"].endswith("/"):
                yield bucket, entry["Key"], path


def _has_objects(s3: Any, bucket: str, prefix: str) -> bool:
    return bool(s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("KeyCount"))


def _listed_in_manifest(s3: Any, bucket: str, key: str) -> Iterator[tuple[str, str, str]]:
    first, *rest = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    base_bucket, base_key = split_uri(first["prefix"])
    for path in rest:
        yield base_bucket, f"{base_key}{path}", path
