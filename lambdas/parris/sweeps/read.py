"""Reads a sweep config and the file of a list, which may be in the training bucket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.payloads import Payload, part_of
from parris.sweeps.config import LARGEST_SWEEP_TRIALS
from parris.validation.read_json import MOST_FILE_BYTES, JsonTextError, read_json_object
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from pathlib import Path

    from parris.aws.bucket import Bucket
    from parris.payloads import Json

_CONFIG_KEY, _FILE_KEY = "config-key", "trials-file"
_MOST_LIST_BYTES = 16 * 1024 * 1024


def sweep_schema(packaged: Path) -> Payload:
    """Return the schema of sweep configs that was deployed."""
    schema: Payload = json.loads((packaged / "sweep.schema.json").read_text())
    return schema


def read_sweep_config(given: Json, bucket: Bucket) -> tuple[Payload, list[Violation]]:
    """Return the sweep config of an execution's input, which may name a file in the bucket."""
    if not isinstance(given, dict):
        return {}, [Violation("/", shown(given), "an object: a sweep config")]
    if _CONFIG_KEY not in given:
        return given, []
    path, key = f"/{_CONFIG_KEY}", given[_CONFIG_KEY]
    if len([name for name in given if not name.startswith("_")]) > 1 or not isinstance(key, str):
        return {}, [Violation(path, shown(key), "the key of a sweep config as the only key")]
    place = f"s3://{bucket.name}/{key}"
    body = bucket.read(key, most_bytes=MOST_FILE_BYTES + 1)
    if body is None:
        return {}, [Violation(path, shown(key), f"the key of a sweep config in {bucket.name}")]
    if len(body) > MOST_FILE_BYTES:
        return {}, [Violation(path, place, f"a file of at most {MOST_FILE_BYTES} bytes")]
    try:
        return read_json_object(body), []
    except JsonTextError as err:
        return {}, [Violation(path, place, f"a sweep config in JSON ({err})")]


def _existing(bucket: Bucket) -> str:
    return f"an existing file in s3://{bucket.name}/; `parris sweep` uploads one beside the config"


def read_listed_trials(config: Payload, bucket: Bucket) -> tuple[list[Payload], list[Violation]]:
    """Return the trials of a list, which is in the config or in a file of the training bucket."""
    search = part_of(config, "search")
    inline, key = search.get("trials"), search.get(_FILE_KEY)
    if isinstance(inline, list):
        return [one for one in inline if isinstance(one, dict)], []
    if not isinstance(key, str):
        return [], []
    path, place = f"/search/{_FILE_KEY}", key.removeprefix(f"s3://{bucket.name}/")
    body = None if place.startswith("s3://") else bucket.read(place, most_bytes=_MOST_LIST_BYTES)
    if body is None:
        return [], [Violation(path, shown(key), _existing(bucket))]
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        return [], [Violation(path, shown(key), "a JSON file with a list of objects")]
    if not 0 < len(found) <= LARGEST_SWEEP_TRIALS:
        expected = f"a list of 1 to {LARGEST_SWEEP_TRIALS} trials"
        return [], [Violation(path, f"{len(found)} trials", expected)]
    return found, []
