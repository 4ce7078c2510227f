"""Finds experiments in a listing of the bucket, and reads those that are shown.

A listing has 1,000 objects a call, which are 250 runs or more. It says which runs there are, when
they were started, and which have ended, so that only what is shown is read: one object for a run.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.aws.bucket import Bucket
from parris.experiment import EXPERIMENT_FILE, RECORD_FILE
from parris.job import CONFIG_FOLDER
from parris_cli.experiments.experiment import Experiment
from parris_cli.experiments.location import connections

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from parris.payloads import Payload
    from parris_cli.experiments.location import Location


@dataclass(frozen=True, slots=True)
class Found:
    """A run in a listing. `key` is the prefix of its objects, with a trailing slash."""

    key: str
    stored_at: datetime
    has_record: bool


def find_experiments(location: Location) -> list[Found]:
    """Return every run below a location, the latest first."""
    stored: dict[str, datetime] = {}
    recorded = set()
    pages = location.s3.get_paginator("list_objects_v2").paginate(
        Bucket=location.bucket, Prefix=location.prefix
    )
    for page in pages:
        for one in page.get("Contents", []):
            folder, _, name = one["Key"].rpartition("/")
            if name == EXPERIMENT_FILE:
                stored[f"{folder}/"] = one["LastModified"]
            elif name == RECORD_FILE:
                recorded.add(f"{folder}/")
    found = [
        Found(key, stored_at, key in recorded)
        for key, stored_at in stored.items()
        if not _is_training_config(key, stored)
    ]
    return sorted(found, key=lambda one: (one.stored_at, one.key), reverse=True)


def read_experiments(location: Location, found: Sequence[Found]) -> list[Experiment]:
    """Return what is known of these runs, in their order; one that is gone by now is left out."""
    if not found:
        return []
    with ThreadPoolExecutor(min(len(found), connections())) as threads:
        read = list(threads.map(lambda one: read_experiment(location, one), found))
    return [one for one in read if one is not None]


def read_experiment(location: Location, found: Found) -> Experiment | None:
    """Return what is known of a run, None if it is gone."""
    bucket = Bucket(location.s3, location.bucket)
    names = (RECORD_FILE, EXPERIMENT_FILE) if found.has_record else (EXPERIMENT_FILE,)
    for name in names:
        body = bucket.read(f"{found.key}{name}")
        described = None if body is None else _object_in(body)
        if described is not None:
            folder = found.key.removeprefix(location.prefix).rstrip("/")
            return Experiment(
                folder or found.key.rstrip("/").rpartition("/")[2],
                f"s3://{location.bucket}/{found.key}",
                found.stored_at,
                described,
                is_running=name == EXPERIMENT_FILE,
            )
    return None


def _is_training_config(key: str, keys: Iterable[str]) -> bool:
    """Return whether this is a script's own file that happens to have the name of ours."""
    parent, _, name = key.rstrip("/").rpartition("/")
    return name == CONFIG_FOLDER and f"{parent}/" in keys


def _object_in(body: bytes) -> Payload | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
