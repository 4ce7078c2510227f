"""The table of docs/security.md: what each role of template.yaml may do, and why."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from embedded_aws.packaging.read_template import read_template

BEGIN = "<!-- Written by `make docs` from template.yaml: change that file, not this table. -->"
END = "<!-- End of the table. -->"
_FUNCTION = "AWS::Serverless::Function"
_POLICED = (
    _FUNCTION,
    "AWS::Serverless::StateMachine",
    "AWS::IAM::Role",
    "AWS::IAM::ManagedPolicy",
)
NO_RIGHTS = "run | nothing but write its log"
_ARN = re.compile(r"^arn:[^:]*:[^:]*:[^:]*:[^:]*:(.*)$", re.DOTALL)
_PLACEHOLDER = re.compile(r"\$\{(?:AWS::)?(\w+)(?:\.\w+)?\}")
_VARIABLE = re.compile(r"\$\{!?(aws:\w+)\}")
_REFS = {
    "AWS::StackId": "the deployment's own stack",
    "AWS::StackName": "the deployment's name",
}
_BUCKET = re.compile(r"\$\{Bucket\}|\$\{TrainingBucket\}")


def with_roles_table(page: str, template: Path) -> str:
    """Return the page with the table between its marks written anew."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError("the page has no place for the table")
    return f"{before}{BEGIN}\n{roles_table(template)}\n{END}{after}"


def roles_table(template: Path) -> str:
    """Return one row for each statement of each role, and one for a function without any."""
    rows = ["| Role of | To | It may | On | If |", "|---|---|---|---|---|"]
    resources = read_template(template)["Resources"]
    for name, resource in resources.items():
        if resource["Type"] in _POLICED:
            shown = f"`{name}`"
            statements = list(_statements(resource["Properties"]))
            if not statements and resource["Type"] == _FUNCTION:
                rows.append(f"| {shown} | {NO_RIGHTS} |  |  |")
            for statement in statements:
                rows.append(f"| {shown} | {' | '.join(_cells(statement))} |")
                shown = ""
    return "\n".join(rows)


def _statements(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in properties.get("Policies", [properties]):
        if isinstance(policy, dict):
            document = policy.get("PolicyDocument", policy)
            for statement in _each(document.get("Statement", [])):
                # A statement behind a condition of the template stands there as !If [.., it, ..].
                yield statement["Fn::If"][1] if "Fn::If" in statement else statement


def _cells(statement: dict[str, Any]) -> list[str]:
    return [
        re.sub(r"(?<!^)(?=[A-Z])", " ", statement["Sid"]).lower(),
        ", ".join(f"`{action}`" for action in _each(statement["Action"])),
        ", ".join(dict.fromkeys(_where(resource) for resource in _each(statement["Resource"]))),
        ", ".join(_condition(statement.get("Condition", {}))),
    ]


def _condition(condition: dict[str, Any]) -> Iterator[str]:
    for operator, keys in condition.items():
        for key, wanted in keys.items():
            words = " or ".join(_where(one) for one in _each(wanted))
            yield f"`{key}` is {'' if operator.endswith('StringEquals') else 'like '}{words}"


def _where(value: Any) -> str:
    """Return a resource or a wanted value in few words."""
    if isinstance(value, str):
        return "anything" if value == "*" else f"`{_short(value)}`"
    if "Fn::GetAtt" in value:
        return f"`{value['Fn::GetAtt'][0]}`"
    if "Ref" in value:
        return _REFS.get(value["Ref"], f"`{value['Ref']}`")
    if "Fn::If" in value:
        return _where(value["Fn::If"][1])
    if "Fn::Split" in value:
        return _where(value["Fn::Split"][1])
    text = value["Fn::Sub"]
    return f"`{_short(text if isinstance(text, str) else text[0])}`"


def _short(text: str) -> str:
    named = _PLACEHOLDER.sub(r"<\1>", _BUCKET.sub("<training bucket>", text))
    # A variable of the policy, which IAM fills in for who asks.
    named = _VARIABLE.sub(r"<\1>", named)
    arn = _ARN.match(named)
    return arn[1] if arn else named


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
