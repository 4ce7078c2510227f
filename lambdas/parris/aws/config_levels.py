"""Reads the levels of a config: from the package, the training bucket and the input."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.aws.bucket import LONGEST_KEY_BYTES, is_object_key
from parris.folder import UPLOADS
from parris.validation.merge_configs import CONFIG_KEY, Levels
from parris.validation.read_json import (
    MOST_FILE_BYTES,
    YAML_SUFFIXES,
    JsonTextError,
    read_json_object,
)
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from pathlib import Path

    from parris.aws.bucket import Bucket
    from parris.payloads import Json, Payload

_FILENAME = "training-config.json"
_SCHEMA_FILENAME = "training-config.schema.json"
_PATH = f"/{CONFIG_KEY}"
_INPUT_ONLY = "no config-key in a config: only the input of an execution can have this key"


def packaged_schema(packaged: Path) -> Payload:
    """Return the schema that was deployed."""
    schema: Payload = json.loads((packaged / _SCHEMA_FILENAME).read_text())
    return schema


def read_levels(
    packaged: Path, bucket: Bucket, given: Payload, *, stands_alone: bool
) -> tuple[Levels, list[Violation]]:
    """Return the levels of a config, and the violations found while reading them.

    Args:
        packaged: the folder of the deployed config and schema.
        bucket: the training bucket.
        given: the execution's input.
        stands_alone: whether the input is a complete config, which the demo never completes.
    """
    demo: Payload = json.loads((packaged / _FILENAME).read_text())
    team, violations = _read(bucket, _FILENAME)
    named = None
    if CONFIG_KEY in given:
        violations += (wrong := _config_key_violations(given[CONFIG_KEY], bucket))
        if not wrong:
            key = str(given[CONFIG_KEY])
            named, more = _read(bucket, key)
            violations += more or (_missing(bucket, key) if named is None else [])
            # The command uploaded it, so it is a complete config.
            stands_alone |= named is not None and key.startswith(f"{UPLOADS}/")
    return Levels(demo, team or {}, named or {}, given, stands_alone), violations


def _read(bucket: Bucket, key: str) -> tuple[Payload | None, list[Violation]]:
    """Return the config with that key; None if it does not exist or cannot be read."""
    place = f"s3://{bucket.name}/{key}"
    body = bucket.read(key, most_bytes=MOST_FILE_BYTES + 1)
    if body is None:
        return None, []
    if len(body) > MOST_FILE_BYTES:
        return None, [Violation(_PATH, place, f"a config of at most {MOST_FILE_BYTES} bytes")]
    try:
        config = read_json_object(body)
    except JsonTextError as err:
        return None, [Violation(_PATH, place, f"a config in JSON ({err})")]
    if CONFIG_KEY in config:
        found = f"{shown(config[CONFIG_KEY])} in {place}"
        return config, [Violation(_PATH, found, _INPUT_ONLY)]
    return config, []


def _missing(bucket: Bucket, key: str) -> list[Violation]:
    expected = f"the key of an existing config in s3://{bucket.name}/"
    return [Violation(_PATH, shown(key), expected)]


def _config_key_violations(key: Json, bucket: Bucket) -> list[Violation]:
    """Return the violations of the input's `config-key`: no S3 key, or a file type not read."""
    if not isinstance(key, str) or not is_object_key(key):
        expected = (
            f"the key of a config in s3://{bucket.name}/: a string of 1 to {LONGEST_KEY_BYTES}"
            " bytes; leave config-key out to run the default job"
        )
        return [Violation(_PATH, shown(key), expected)]
    if key.lower().endswith(YAML_SUFFIXES):
        expected = (
            "the key of a config in JSON, because the deployment cannot read YAML: start the job"
            " with parris run, which reads YAML and uploads JSON, or save the config as .json"
        )
        return [Violation(_PATH, shown(key), expected)]
    return []
