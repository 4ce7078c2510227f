"""A change set lists what a changed parameter affects, and nothing whose condition is false.

moto only compares the two templates: its list lacks what a changed parameter affects, and includes
resources that will not be created.
"""

import re
from typing import Any

from moto.cloudformation.models import Change, ChangeSet
from moto.cloudformation.parsing import ResourceMap

from embedded_aws.gaps.cloudformation.previous_values import given_values
from embedded_aws.patching import wrap
from embedded_aws.stacks.life import life_of


def install() -> None:
    """Patch the list."""
    wrap(ChangeSet, "diff", _make_diff)


def _make_diff(original: Any) -> Any:
    def diff(self: Any) -> list[Change]:
        stack, template = self.stack, self.template_dict
        life = life_of(stack)
        made = set(life.resources) if life is not None else set()
        conditions = _conditions(stack, template, self.parameters)
        old, new = stack.template_dict.get("Resources", {}), template["Resources"]
        touched = _touched(stack, template, self.parameters)
        changes = [
            Change(action="Remove", logical_resource_id=name, resource_type=old[name]["Type"])
            for name in old
            if name in made and not (name in new and _is_wanted(new[name], conditions))
        ]
        for name, resource in new.items():
            # moto gives a resource without properties empty ones.
            is_equal = {"Properties": {}, **resource} == {"Properties": {}, **old.get(name, {})}
            is_changed = not is_equal or _mentions(resource, touched)
            if _is_wanted(resource, conditions) and (name not in made or is_changed):
                action = "Modify" if name in made else "Add"
                changes.append(
                    Change(action=action, logical_resource_id=name, resource_type=resource["Type"])
                )
        return changes

    return diff


def _conditions(stack: Any, template: dict[str, Any], parameters: dict[str, Any]) -> Any:
    resource_map = ResourceMap(
        stack.stack_id,
        stack.name,
        parameters,
        stack.tags,
        account_id=stack.account_id,
        region_name=stack.region_name,
        template=template,
        cross_stack_resources=stack.cross_stack_resources,
    )
    resource_map.load_mapping()
    resource_map.load_parameters()
    resource_map.load_conditions()
    return resource_map.lazy_condition_map


def _is_wanted(resource: dict[str, Any], conditions: Any) -> bool:
    condition = resource.get("Condition")
    return condition is None or bool(conditions[condition])


def _touched(stack: Any, template: dict[str, Any], parameters: dict[str, Any]) -> set[str]:
    """Return the parameters that change, and the conditions that depend on one of them."""
    before: dict[str, str] = stack.stack_parameters
    after = given_values(template.get("Parameters") or {}, parameters)
    names = {name for name, value in after.items() if before.get(name) != value}
    conditions = template.get("Conditions") or {}
    found = {name for name, condition in conditions.items() if _mentions(condition, names)}
    while more := {n for n, c in conditions.items() if n not in found and _mentions(c, found)}:
        found |= more
    return names | found


def _mentions(node: Any, names: set[str]) -> bool:
    if isinstance(node, dict):
        return any(
            (key in ("Ref", "Condition") and isinstance(value, str) and value in names)
            or (key == "Fn::If" and value[0] in names)
            or _mentions(value, names)
            for key, value in node.items()
        )
    if isinstance(node, list):
        return any(_mentions(inner, names) for inner in node)
    # The ${Name} of a Fn::Sub.
    return isinstance(node, str) and any(n in names for n in re.findall(r"\$\{([\w.:]+)\}", node))
