"""Checks that a user's own template can replace templates/ec2-stack/training-stack.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.errors import TemplateInvalidError
from parris.targets.ec2_stack.spec import is_spot
from parris.targets.ec2_stack.stack_parameters import PARAMETER_NAMES
from parris.targets.ec2_stack.user_data_size import MOST_BYTES as MOST_USER_DATA_BYTES
from parris.targets.ec2_stack.user_data_size import least_user_data_bytes
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris.targets.ec2_stack.aws.stacks import Stacks

TEMPLATE_KEYS = ("cloudformation-template-filename", "cloudformation_template_filename")
"""The key that names a user's own template, in both spellings."""

SPOT_PARAMETERS = frozenset({"PurchaseOption", "SpotMaxPriceUsd"})
"""A template without these parameters always launches on demand."""

LONGEST_TEMPLATE_BYTES = 51_200
"""Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
(template body in a request)"""


def find_template_violations(config: Payload, template: bytes, stacks: Stacks) -> list[Violation]:
    """Return all violations that prevent the launch of the template."""
    path = "/" + next(key for key in TEMPLATE_KEYS if key in config)
    name = shown(config[path[1:]])
    if len(template) > LONGEST_TEMPLATE_BYTES:
        expected = f"a template of at most {LONGEST_TEMPLATE_BYTES} bytes; it has {len(template)}"
        return [Violation(path, name, expected)]
    try:
        summary = stacks.summarise(template.decode("utf-8", "replace"))
    except TemplateInvalidError as err:
        return [Violation(path, name, f"a template that CloudFormation accepts ({err})")]
    size_bytes = least_user_data_bytes(template.decode("utf-8", "replace"))
    if size_bytes > MOST_USER_DATA_BYTES:
        expected = (
            f"user data of at most {MOST_USER_DATA_BYTES} bytes, the limit of EC2; this one has"
            f" {size_bytes}. Move the rest into files of the code or of the image"
        )
        return [Violation(path, name, expected)]
    unknown = sorted(
        parameter
        for parameter, has_default in summary.parameters.items()
        if not has_default and parameter not in PARAMETER_NAMES
    )
    violations = []
    if unknown:
        expected = f"defaults for the parameters that Parris does not know: {', '.join(unknown)}"
        violations.append(Violation(path, name, expected))
    if summary.capabilities:
        needed = ", ".join(summary.capabilities)
        expected = f"a template without IAM resources or macros; this one requires {needed}"
        violations.append(Violation(path, name, expected))
    missing = sorted(SPOT_PARAMETERS - set(summary.parameters))
    if missing and is_spot(config):
        expected = f"a template with the parameters {' and '.join(missing)}, for a spot instance"
        violations.append(Violation(path, name, expected))
    return violations
