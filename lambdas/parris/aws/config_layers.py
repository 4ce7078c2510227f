"""The configs that a job's input goes over: packaged, at the bucket's root, and by config-key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from pathlib import Path

    from parris.aws.bucket import Bucket
    from parris.payloads import Payload

CONFIG_KEY = "config-key"
_FILENAME = "training-config.json"
_SCHEMA_FILENAME = "training-config.schema.json"
_PATH = f"/{CONFIG_KEY}"
_INPUT_ONLY = "no config-key in a config: only an execution's input names a config, and only one"
# Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
_LONGEST_KEY_BYTES = 1024


def packaged_schema(packaged: Path) -> Payload:
    """Return the schema that was deployed."""
    schema: Payload = json.loads((packaged / _SCHEMA_FILENAME).read_text())
    return schema


def config_layers(
    packaged: Path, bucket: Bucket, given: Payload
) -> tuple[list[Payload], list[Violation]]:
    """Return the layers under an execution's input, lowest first, and what is wrong with them.

    Args:
        packaged: the folder of what was deployed.
        bucket: the training bucket.
        given: the execution's input.
    """
    violations = _config_key_violations(given, bucket)
    named = [] if violations or CONFIG_KEY not in given else [str(given[CONFIG_KEY])]
    layers: list[Payload] = [json.loads((packaged / _FILENAME).read_text())]
    for key in [_FILENAME, *named]:
        try:
            layer = bucket.read_json(key)
        except ValueError as err:
            violations.append(Violation(_PATH, f"s3://{bucket.name}/{key}", f"JSON ({err})"))
            continue
        if layer is not None and CONFIG_KEY in layer:
            found = f"{shown(layer[CONFIG_KEY])} in s3://{bucket.name}/{key}"
            violations.append(Violation(_PATH, found, _INPUT_ONLY))
        if layer is not None:
            layers.append(layer)
        elif key in named:
            where = f"the key of a config in s3://{bucket.name}/; there is no such object"
            violations.append(Violation(_PATH, json.dumps(key), where))
    return layers, violations


def _config_key_violations(given: Payload, bucket: Bucket) -> list[Violation]:
    """Return what is wrong with the input's `config-key`: S3 would not take it as a key."""
    key = given.get(CONFIG_KEY, _FILENAME)
    if isinstance(key, str) and _is_object_key(key):
        return []
    expected = (
        f"the key of a config in s3://{bucket.name}/: a text of 1 to {_LONGEST_KEY_BYTES} bytes;"
        " without config-key the default job runs"
    )
    return [Violation(_PATH, shown(key), expected)]


def _is_object_key(key: str) -> bool:
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        return False
    return 0 < size <= _LONGEST_KEY_BYTES and "\0" not in key
