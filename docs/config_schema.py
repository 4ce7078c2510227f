"""The schema of training configs, put together of its shared part and one part for each target."""

import json
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).resolve().parent.parent / "lambdas" / "parris"
_PART = "config.schema.json"

Schema = dict[str, Any]


def whole_schema(library: Path = LIBRARY) -> Schema:
    """Return the schema that is deployed.

    Every key has its place in `properties`, for the documents, for editors and for suggestions.
    What a target requires, the keys of others that its jobs may not have, and what its own
    meaning of a key is where others have that key too, is in `allOf`: one entry for each target.
    """
    schema: Schema = json.loads((library / "validation" / _PART).read_text("utf-8"))
    parts: dict[str, Schema] = {
        path.parent.name.replace("_", "-"): json.loads(path.read_text("utf-8"))
        for path in sorted((library / "targets").glob(f"*/{_PART}"))
    }
    (default,) = [name for name, part in parts.items() if part.get("is-default")]
    schema["properties"]["target"] |= {
        "description": " ".join(f"{name}: {part['description']}" for name, part in parts.items()),
        "enum": list(parts),
        "default": default,
    }
    schema["properties"] |= _all_keys(parts)
    schema["allOf"] = [_rule(name, parts, is_default=name == default) for name in parts]
    for name, part in parts.items():
        for definition, body in part.get("$defs", {}).items():
            if schema["$defs"].setdefault(definition, body) != body:
                raise ValueError(f"{name}: $defs/{definition} is another target's; rename it")
    return schema


def schema_text() -> str:
    """Return the schema as its file has it."""
    return json.dumps(whole_schema(), indent=2, ensure_ascii=False) + "\n"


def _all_keys(parts: dict[str, Schema]) -> Schema:
    keys: Schema = {}
    for key in dict.fromkeys(key for part in parts.values() for key in part["properties"]):
        by_target = _definitions(key, parts)
        first, *others = by_target.values()
        keys[key] = first if all(one == first for one in others) else _joined(by_target)
    return keys


def _joined(by_target: dict[str, Schema]) -> Schema:
    """Return what people read of a key that is not the same for all targets that have it.

    No validator knows `by-target`: the value is checked by the target's entry of `allOf`.
    """
    first = next(iter(by_target.values()))
    described = (f"With {name}: {one['description']}" for name, one in by_target.items())
    return {"title": first["title"], "description": " ".join(described), "by-target": by_target}


def _rule(name: str, parts: dict[str, Schema], *, is_default: bool) -> Schema:
    """Return what holds for the jobs of one target."""
    part = parts[name]
    properties: Schema = {}
    for key in _all_keys(parts):
        by_target = _definitions(key, parts)
        if name not in by_target:
            properties[key] = False
        elif any(one != by_target[name] for one in by_target.values()):
            properties[key] = by_target[name]
    chosen: Schema = {"properties": {"target": {"const": name}}}
    if not is_default:
        chosen["required"] = ["target"]
    then: Schema = {"required": part["required"]}
    return {"if": chosen, "then": then | ({"properties": properties} if properties else {})}


def _definitions(key: str, parts: dict[str, Schema]) -> dict[str, Schema]:
    return {
        name: part["properties"][key] for name, part in parts.items() if key in part["properties"]
    }
