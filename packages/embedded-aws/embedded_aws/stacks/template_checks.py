"""What CloudFormation refuses before it creates anything: parameters, capabilities, types."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import CloudFormationError, ValidationError

_IAM_NAMES = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
_IAM_UNNAMED = {"AWS::IAM::AccessKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition"}
_MAY_BE_ALIAS = re.compile(r"[\s\[{,]\*[A-Za-z0-9_-]")
_NOTHING_TO_MAKE = ("Custom::", "AWS::CloudFormation::")


class InsufficientCapabilitiesError(CloudFormationError):
    """The request does not acknowledge what the template may do."""

    code = "InsufficientCapabilitiesException"


def refuse_aliases(text: str) -> None:
    """Refuse YAML aliases, which CloudFormation does not accept.

    Raises:
        ValidationError: with CloudFormation's message.
    """
    if _MAY_BE_ALIAS.search(text) is None:
        return
    try:
        has_alias = any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text))
    except yaml.YAMLError:
        return  # the template's reader reports it
    if has_alias:
        raise ValidationError(
            message="Template error: YAML aliases are not allowed in CloudFormation templates"
        )


def check_template(template: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    """Refuse a template of unknown resource types, and parameters that it does not accept.

    Raises:
        ValidationError: with CloudFormation's message.
    """
    _check_types(template)
    declared = template.get("Parameters") or {}
    unknown = [name for name in parameters if name not in declared]
    if unknown:
        raise ValidationError(
            message=f"Parameters: [{', '.join(unknown)}] do not exist in the template"
        )
    missing = [n for n, d in declared.items() if n not in parameters and "Default" not in d]
    if missing:
        raise ValidationError(message=f"Parameters: [{', '.join(missing)}] must have values")
    for name, declaration in declared.items():
        _check_value(name, declaration, parameters.get(name, declaration.get("Default")))


def check_capabilities(
    template: Mapping[str, Any], capabilities: Iterable[str], has_transform: bool
) -> None:
    """Refuse a template that does more than the request acknowledges.

    Raises:
        InsufficientCapabilitiesError: when a capability is missing.
    """
    given = set(capabilities)
    if has_transform and "CAPABILITY_AUTO_EXPAND" not in given:
        raise InsufficientCapabilitiesError("Requires capabilities : [CAPABILITY_AUTO_EXPAND]")
    resources = template.get("Resources", {}).values()
    iam = [r for r in resources if r["Type"] in _IAM_NAMES or r["Type"] in _IAM_UNNAMED]
    is_named = any(_IAM_NAMES.get(r["Type"]) in r.get("Properties", {}) for r in iam)
    if is_named and "CAPABILITY_NAMED_IAM" not in given:
        raise InsufficientCapabilitiesError("Requires capabilities : [CAPABILITY_NAMED_IAM]")
    if iam and not given.intersection(("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")):
        raise InsufficientCapabilitiesError("Requires capabilities : [CAPABILITY_IAM]")


def _check_types(template: Mapping[str, Any]) -> None:
    types = {resource["Type"] for resource in template.get("Resources", {}).values()}
    known = parsing.get_model_map()
    unknown = sorted(t for t in types if t not in known and not t.startswith(_NOTHING_TO_MAKE))
    if unknown:
        raise ValidationError(
            message="Template format error: Unrecognized resource types (or not modelled by the "
            f"embedded AWS): [{', '.join(unknown)}]"
        )


def _check_value(name: str, declaration: Mapping[str, Any], value: Any) -> None:
    kind = declaration.get("Type", "String")
    is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
    parts = str(value).split(",") if is_list else [str(value)]
    for part in parts:
        violation = _find_violation(
            declaration, part.strip() if is_list else part, "Number" in kind
        )
        if violation is not None:
            described = declaration.get("ConstraintDescription")
            words = f"failed to satisfy constraint: {described}" if described else violation
            raise ValidationError(message=f"Parameter {name} {words}")


def _find_violation(declaration: Mapping[str, Any], text: str, is_number: bool) -> str | None:
    allowed = declaration.get("AllowedValues")
    if allowed is not None and text not in [str(value) for value in allowed]:
        return f"must be one of AllowedValues: {allowed}"
    pattern = declaration.get("AllowedPattern")
    if pattern is not None and re.fullmatch(str(pattern), text) is None:
        return f"must match pattern {pattern}"
    if is_number:
        return _find_number_violation(declaration, text)
    if len(text) < int(declaration.get("MinLength", 0)):
        return f"must contain at least {declaration['MinLength']} characters"
    if len(text) > int(declaration.get("MaxLength", len(text))):
        return f"must contain at most {declaration['MaxLength']} characters"
    return None


def _find_number_violation(declaration: Mapping[str, Any], text: str) -> str | None:
    try:
        number = float(text)
    except ValueError:
        return f"must be a number, found {text!r}"
    if number < float(declaration.get("MinValue", number)):
        return f"must be a number not less than {declaration['MinValue']}"
    if number > float(declaration.get("MaxValue", number)):
        return f"must be a number not greater than {declaration['MaxValue']}"
    return None
