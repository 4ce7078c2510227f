"""Writes the service models in this folder from botocore's models: `make models`.

For each service that the gateways use, it keeps the operations that their source code names, and
the shapes that these operations refer to. It drops descriptions. It also keeps the endpoints of
these services only: botocore's endpoint file for all services has a megabyte.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.loaders import Loader

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
GATEWAYS = FOLDER.parent
TARGETS = GATEWAYS.parent / "targets"
_TYPE = "service-2"
_ENDPOINTS = "endpoints"
_MADE_WITH = re.compile(r"\bclient\(\s*\"([a-z0-9-]+)\"")
_LONG_PARTS = ("operations", "shapes")


def picked_models() -> dict[str, str]:
    """Return the text of each model by its path below this folder."""
    files = [*GATEWAYS.glob("*.py"), *GATEWAYS.glob("ec2/*.py"), *TARGETS.glob("*/aws/*.py")]
    sources = "\n".join(path.read_text("utf-8") for path in sorted(files))
    words = set(re.findall(r"\w+", sources))
    loader, found = Loader(include_default_search_paths=False), {}
    loader.search_paths.append(Loader.BUILTIN_DATA_PATH)
    prefixes = set()
    for service in sorted(set(_MADE_WITH.findall(sources))):
        version = loader.determine_latest_version(service, _TYPE)
        model = _picked(loader.load_service_model(service, _TYPE, version), words)
        prefixes.add(model["metadata"]["endpointPrefix"])
        found[f"{service}/{version}/{_TYPE}.json"] = _text_of(model)
    endpoints = loader.load_data(_ENDPOINTS)
    found[f"{_ENDPOINTS}.json"] = _text_of_endpoints(endpoints, prefixes)
    return found


def _picked(model: dict[str, Any], words: set[str]) -> dict[str, Any]:
    operations = {
        name: _undescribed(operation)
        for name, operation in sorted(model["operations"].items())
        if xform_name(name) in words
    }
    shapes: dict[str, Any] = {}
    waiting = list(_shapes_in(operations))
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = _undescribed(model["shapes"][name])
            waiting += _shapes_in(shapes[name])
    rest = {part: value for part, value in model.items() if part != "documentation"}
    return {**rest, "operations": operations, "shapes": dict(sorted(shapes.items()))}


def _shapes_in(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("shape"), str):
            yield part["shape"]
        for inner in part.values():
            yield from _shapes_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _shapes_in(inner)


def _undescribed(part: Any) -> Any:
    if isinstance(part, dict):
        return {
            name: _undescribed(inner)
            for name, inner in part.items()
            if name != "documentation" or not isinstance(inner, str)
        }
    return [_undescribed(inner) for inner in part] if isinstance(part, list) else part


def _text_of(model: dict[str, Any]) -> str:
    """Return the model as JSON with one line per operation and shape."""
    parts = []
    for name, value in model.items():
        if name in _LONG_PARTS:
            lines = (f"{json.dumps(key)}: {json.dumps(one)}" for key, one in value.items())
            parts.append(f"{json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n}")
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _text_of_endpoints(endpoints: dict[str, Any], prefixes: set[str]) -> str:
    """Return the endpoints of some services as JSON, one line per part of a partition."""
    partitions = []
    for partition in endpoints["partitions"]:
        kept = {name: one for name, one in partition["services"].items() if name in prefixes}
        lines = (
            f"{json.dumps(name)}: {json.dumps(value)}"
            for name, value in {**partition, "services": kept}.items()
        )
        partitions.append("{\n" + ",\n".join(lines) + "\n}")
    version = json.dumps(endpoints["version"])
    return f'{{"version": {version}, "partitions": [\n' + ",\n".join(partitions) + "\n]}\n"


def main() -> None:
    """Write all models and delete those that are no longer needed."""
    models = picked_models()
    for path in FOLDER.glob(f"*/*/{_TYPE}.json"):
        if path.relative_to(FOLDER).as_posix() not in models:
            path.unlink()
    for name, text in models.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
