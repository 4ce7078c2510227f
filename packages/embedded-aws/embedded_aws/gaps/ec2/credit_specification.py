"""EC2 reports the credit mode with which a stack's instance was launched.

moto reports `standard` for every instance, whatever its launch and its type.
"""

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.core.responses import ActionResult
from moto.ec2.models.instances import Instance
from moto.ec2.responses.instances import InstanceResponse

from embedded_aws.patching import wrap

_BURSTABLE = ("t2.", "t3.", "t3a.", "t4g.")
_ATTRIBUTE = "embedded_aws_cpu_credits"


def install() -> None:
    """Patch the description of credits."""
    wrap(InstanceResponse, "describe_instance_credit_specifications", _make_describe)


def credit_mode_of(properties: Any) -> str:
    """Return the credit mode of an instance of a stack; empty for a type without credits.

    Raises:
        ValidationError: when a mode is given for a type without credits.
    """
    instance_type = properties.get("InstanceType", "m1.small")
    given: str = properties.get("CreditSpecification", {}).get("CPUCredits", "")
    if instance_type.startswith(_BURSTABLE):
        return given or _default_of(instance_type)
    if given:
        raise ValidationError(
            message=f"CreditSpecification is for T2, T3, T3a and T4g, not for {instance_type}"
        )
    return ""


def keep_credit_mode(instance: Instance, mode: str) -> None:
    """Store the mode on the instance, so that both have the same lifetime."""
    setattr(instance, _ATTRIBUTE, mode)


def _make_describe(original: Any) -> Any:
    def describe_instance_credit_specifications(self: Any) -> ActionResult:
        ids = self._get_param("InstanceIds", [])
        instances = self.ec2_backend.describe_instance_credit_specifications(ids)
        modes = {one.id: _mode_of(one) for one in instances}
        told = [{"InstanceId": id_, "CpuCredits": mode} for id_, mode in modes.items() if mode]
        return ActionResult({"InstanceCreditSpecifications": told})

    return describe_instance_credit_specifications


def _mode_of(instance: Instance) -> str:
    is_burstable = instance.instance_type.startswith(_BURSTABLE)
    default = _default_of(instance.instance_type) if is_burstable else ""
    return str(getattr(instance, _ATTRIBUTE, default))


def _default_of(instance_type: str) -> str:
    """Return the default mode of an account.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode-concepts.html
    """
    return "standard" if instance_type.startswith("t2.") else "unlimited"
