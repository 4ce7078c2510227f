"""Every permission that template.yaml gives: one action on one resource by one statement."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedded_aws.packaging.read_template import read_template

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
# The embedded AWS has no keys of KMS, so that no run asks for one.
_OF_KEYS = ("UseBucketKeys", "LetDisksOfServersBeDecrypted")
_MADE_BY_SAM = {"AWS::Serverless::Function", "AWS::Serverless::StateMachine"}


@dataclass(frozen=True, slots=True)
class Permission:
    """An action on the n-th resource of a statement. `role` is the role's logical id.

    `resource` is that resource as the template has it, in JSON.
    """

    role: str
    sid: str
    action: str
    resource_index: int
    resource: str = field(default="", compare=False)

    def __str__(self) -> str:
        """Name it, for the ids of tests."""
        return f"{self.role}-{self.sid}-{self.action}-{self.resource_index}"


def all_permissions() -> list[Permission]:
    """Return what the template gives, in its order."""
    resources = read_template(TEMPLATE)["Resources"]
    return [one for name, body in resources.items() for one in _of_resource(name, body)]


def _of_resource(name: str, body: dict[str, Any]) -> Iterator[Permission]:
    properties = body.get("Properties", {})
    if body["Type"] in _MADE_BY_SAM:
        role, documents = f"{name}Role", properties.get("Policies", [])
    elif body["Type"] == "AWS::IAM::Role":
        role = name
        documents = [one["PolicyDocument"] for one in properties.get("Policies", [])]
    else:
        return
    for document in documents:
        for statement in document["Statement"]:
            given = _unconditional(statement)
            if given["Sid"] not in _OF_KEYS:
                yield from _of_statement(role, given)


def _of_statement(role: str, statement: dict[str, Any]) -> Iterator[Permission]:
    for action in listed(statement["Action"]):
        for index, resource in enumerate(listed(statement["Resource"])):
            yield Permission(role, statement["Sid"], action, index, json.dumps(resource))


def _unconditional(statement: dict[str, Any]) -> dict[str, Any]:
    """Return a statement that may stand behind a condition."""
    if "Fn::If" not in statement:
        return statement
    found: dict[str, Any] = next(one for one in statement["Fn::If"][1:] if "Sid" in one)
    return found


def listed(value: Any) -> list[Any]:
    """Return a list of one or of many."""
    return value if isinstance(value, list) else [value]


def without(document: dict[str, Any], permission: Permission) -> dict[str, Any]:
    """Return a deployed policy without one permission."""
    statements: list[dict[str, Any]] = []
    for statement in document["Statement"]:
        if statement["Sid"] == permission.sid:
            statements += _split(statement, permission)
        else:
            statements.append(statement)
    return {**document, "Statement": statements}


def _split(statement: dict[str, Any], permission: Permission) -> list[dict[str, Any]]:
    others = [one for one in listed(statement["Action"]) if one != permission.action]
    resources = listed(statement["Resource"])
    left = [one for at, one in enumerate(resources) if at != permission.resource_index]
    pairs = ((others, resources), ([permission.action], left))
    return [
        {**statement, "Sid": f"{statement['Sid']}{at}", "Action": actions, "Resource": on}
        for at, (actions, on) in enumerate(pairs)
        if actions and on
    ]
