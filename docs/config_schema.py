"""The schema of training configs, put together of its shared part and one part for each target."""

import json
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).resolve().parent.parent / "lambdas" / "parris"
_PART = "config.schema.json"
_SHARED = LIBRARY / "validation" / _PART
_TARGETS = LIBRARY / "targets"


def whole_schema() -> dict[str, Any]:
    """Return the schema that is deployed.

    A target's part has the target's own keys. Which of them are required holds for its own jobs
    only as long as it is the only target there is.
    """
    schema: dict[str, Any] = json.loads(_SHARED.read_text("utf-8"))
    parts = {
        path.parent.name.replace("_", "-"): json.loads(path.read_text("utf-8"))
        for path in sorted(_TARGETS.glob(f"*/{_PART}"))
    }
    schema["properties"]["target"] |= {
        "description": " ".join(f"{name}: {part['description']}" for name, part in parts.items()),
        "enum": list(parts),
    }
    for part in parts.values():
        if len(parts) == 1:
            schema["required"] += part["required"]
        schema["properties"] |= part["properties"]
        schema["$defs"] |= part.get("$defs", {})
    return schema


def schema_text() -> str:
    """Return the schema as its file has it."""
    return json.dumps(whole_schema(), indent=2, ensure_ascii=False) + "\n"
