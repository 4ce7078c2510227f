"""Checks that a job may use the role that its config names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import Payload, maybe_text_in
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.targets.ec2_stack.aws.profiles import Profiles

_KEY = "instance-iam-role-name"


def find_role_violations(
    config: Payload, allowed_role_names: Sequence[str], profiles: Profiles
) -> list[Violation]:
    """Return a violation if the role is not allowed, or has no instance profile of its name."""
    role_name = maybe_text_in(config, _KEY)
    if role_name is None:
        return []
    if role_name not in allowed_role_names:
        allowed = ", ".join(allowed_role_names) or "none"
        expected = f"a role that the deployment's AllowedTrainerRoleArns lists (now: {allowed})"
        return [Violation(f"/{_KEY}", shown(role_name), expected)]
    if role_name not in profiles.role_names_of(role_name):
        expected = "a role that is in an instance profile with the role's name, which EC2 requires"
        return [Violation(f"/{_KEY}", shown(role_name), expected)]
    return []
