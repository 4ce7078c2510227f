"""The public image aliases of Deep Learning and Ubuntu images resolve.

AWS publishes them as SSM parameters; moto knows those of Amazon Linux only. What an image holds is
not modelled (user data runs on this machine), so these aliases all give the Amazon Linux image of
the same architecture. An alias of any other kind stays unknown.
"""

import copy
import re
from typing import Any

from moto.ssm.models import SimpleSystemManagerBackend

from embedded_aws.patching import wrap

_ALIAS = re.compile(
    r"/aws/service/(?:deeplearning/ami/(?P<dl>x86_64|arm64)/[\w.-]+/latest/ami-id"
    r"|canonical/ubuntu/server(?:-minimal)?/[\w.]+/stable/current/(?P<ub>amd64|arm64)"
    r"/hvm/ebs-gp[23]/ami-id)"
)
_STAND_IN = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"


def install() -> None:
    """Patch the look-up of one parameter and of several."""
    wrap(SimpleSystemManagerBackend, "get_parameter", _make_get_parameter)
    wrap(SimpleSystemManagerBackend, "get_parameters", _make_get_parameters)


def _make_get_parameter(original: Any) -> Any:
    def get_parameter(self: Any, name: str) -> Any:
        found = _ALIAS.fullmatch(name)
        if found is None:
            return original(self, name)
        is_arm = "arm64" in (found["dl"], found["ub"])
        stand_in = original(self, f"{_STAND_IN}{'arm64' if is_arm else 'x86_64'}")
        if stand_in is None:
            return None
        parameter = copy.copy(stand_in)
        parameter.name = name
        return parameter

    return get_parameter


def _make_get_parameters(original: Any) -> Any:
    def get_parameters(self: Any, names: list[str]) -> dict[str, Any]:
        result: dict[str, Any] = original(self, names)
        for name in names:
            if name not in result and _ALIAS.fullmatch(name):
                result[name] = self.get_parameter(name)
        return result

    return get_parameters
