"""Checks the body of a request against its schema in the OpenAPI description."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from jsonschema import Draft202012Validator

from parris.training_api.problem import violation
from parris.validation.violations import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from parris.payloads import Payload

DESCRIPTION_FILE = "training-api.openapi.json"


def read_description(packaged: Path) -> Payload:
    """Return the OpenAPI description that was deployed."""
    description: Payload = json.loads((packaged / DESCRIPTION_FILE).read_text("utf-8"))
    return description


def find_body_violations(body: Payload, schema_name: str, description: Payload) -> list[Payload]:
    """Return what is wrong with a body, each with its path.

    Args:
        body: the body.
        schema_name: its schema among the components of the description.
        description: the description.
    """
    schema = {
        "$ref": f"#/components/schemas/{schema_name}",
        "components": description["components"],
    }
    errors = Draft202012Validator(cast("dict[str, object]", schema)).iter_errors(body)
    # The instance may hold a secret, or a whole data set: no message shows it.
    found = [
        violation(
            path_of(cast("Iterable[str | int]", error.absolute_path)),
            _message(error.validator, error.validator_value),
        )
        for error in errors
    ]
    return sorted(found, key=lambda one: str(one["path"]))


def _message(keyword: object, expected: object) -> str:
    shown = json.dumps(expected) if not isinstance(expected, dict) else "see the description"
    return f"the schema requires {keyword}: {shown}"
