"""The parts of a training job that SageMaker bills."""

INSTANCE, VOLUME = "instance", "volume"

LEAST_BILLED_SECONDS = 60
"""SageMaker bills training by the second, with a minimum of a minute.
Source: https://aws.amazon.com/sagemaker/pricing/"""


def instance_part(group_name: str) -> str:
    """Return the name of the part of a group of instances; a job without groups has an empty."""
    return f"{INSTANCE}s of {group_name}" if group_name else INSTANCE


def volume_part(group_name: str) -> str:
    """Return the name of the part of the volumes of a group of instances."""
    return f"{VOLUME}s of {group_name}" if group_name else VOLUME
