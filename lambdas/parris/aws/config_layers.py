"""The configs that a job's input goes over: packaged, at the bucket's root, and by config-key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.faults import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from parris.aws.bucket import Bucket
    from parris.payloads import Json, Payload

_FILENAME = "training-config.json"
_SCHEMA_FILENAME = "training-config.schema.json"


def packaged_schema(packaged: Path) -> Payload:
    """Return the schema that was deployed."""
    schema: Payload = json.loads((packaged / _SCHEMA_FILENAME).read_text())
    return schema


def config_layers(
    packaged: Path, bucket: Bucket, config_key: Json
) -> tuple[list[Payload], list[Fault]]:
    """Return the layers, lowest first, and what is wrong with those that cannot be read."""
    faults: list[Fault] = []
    layers: list[Payload] = [json.loads((packaged / _FILENAME).read_text())]
    keys = [_FILENAME, config_key] if isinstance(config_key, str) else [_FILENAME]
    for key in keys:
        try:
            layer = bucket.read_json(key)
        except ValueError as err:
            faults.append(Fault("/config-key", f"s3://{bucket.name}/{key}", f"JSON ({err})"))
            continue
        if layer is not None:
            layers.append(layer)
        elif key == config_key:
            where = f"the key of a config in s3://{bucket.name}/; there is no such object"
            faults.append(Fault("/config-key", json.dumps(key), where))
    return layers, faults
