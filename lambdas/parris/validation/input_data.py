"""Checks that a role made by Parris can read the input data that a config names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.folder import CONTROLLED_FOLDERS
from parris.s3_uri import split_s3_uri
from parris.validation.data_set import DATA_SET_KEY
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris.settings import Settings

_KEY = "input-data"


def find_input_violations(
    config: Payload, settings: Settings, *, has_own_role: bool
) -> list[Violation]:
    """Return a violation for each URI that the machine cannot read, with the ways to fix it.

    Args:
        config: a config without its own role or template.
        settings: the folders and buckets that the deployment's jobs may read.
        has_own_role: whether Parris creates a role for the job, which may read its input data in
            the training bucket.
    """
    uris = config.get(_KEY)
    named = {f"/{_KEY}/{at}": uri for at, uri in enumerate(uris if isinstance(uris, list) else [])}
    if DATA_SET_KEY in config:
        named[f"/{DATA_SET_KEY}"] = config[DATA_SET_KEY]
    violations = []
    for path, uri in named.items():
        if not isinstance(uri, str) or not uri.startswith("s3://") or not uri.isprintable():
            continue  # a violation of the schema
        expected = expected_instead_of(uri, settings, has_own_role=has_own_role)
        if expected is not None:
            violations.append(Violation(path, shown(uri), expected))
    return violations


def expected_instead_of(uri: str, settings: Settings, *, has_own_role: bool) -> str | None:
    """Return what was expected instead of a URI that a job cannot read, or None if it can.

    Args:
        uri: the S3 URI.
        settings: the folders and buckets that the deployment's jobs may read.
        has_own_role: as in `find_input_violations`.
    """
    name, key = split_s3_uri(uri)
    if name != settings.training_bucket:
        return None if name in settings.input_buckets else _other_bucket(name, settings)
    if has_own_role or any(
        key == folder or key.startswith(f"{folder}/") for folder in settings.shared_folders
    ):
        return None
    return _not_shared(uri, key, settings)


def _other_bucket(name: str, settings: Settings) -> str:
    buckets = ",".join([*settings.input_buckets, name])
    return (
        "data in the training bucket, or in another bucket that jobs may read. To allow this"
        f" bucket: parris deploy --set InputBuckets={buckets}"
    )


def _not_shared(uri: str, key: str, settings: Settings) -> str:
    folders = settings.shared_folders
    shared = ", ".join(f"{folder}/" for folder in folders) or "none so far"
    target = f"s3://{settings.training_bucket}/{folders[0] if folders else 'data'}/"
    folder = key.partition("/")[0]
    ways = [f"copy it there (aws s3 cp --recursive {uri} {target})"]
    if "/" in key and folder not in CONTROLLED_FOLDERS:
        widened = ",".join([*folders, folder])
        ways.append(f"share its folder (parris deploy --set SharedFolders={widened})")
    ways.append("give each job its own role (parris deploy --set RolePerJob=true)")
    return (
        "data in a folder of the training bucket that every job may read"
        f" ({shared}). Either {', or '.join(ways)}"
    )
