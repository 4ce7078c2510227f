"""How many vCPUs an instance type has."""

from moto.ec2.models.instance_types import INSTANCE_TYPES


def vcpus_of(instance_type: str) -> int:
    """Return the default number of vCPUs of a type; 0 if there is no such type."""
    described = INSTANCE_TYPES.get(instance_type)
    return 0 if described is None else int(described["VCpuInfo"]["DefaultVCpus"])
