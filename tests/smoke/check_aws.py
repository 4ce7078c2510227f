"""What AWS reports about images and prices, checked before anything is launched."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from parris.targets.ec2_stack.default_images import default_image_alias
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# One type for each image that a job may boot by default.
TYPES_OF_IMAGES = ("c5.large", "c7g.large", "g5.xlarge", "g5g.xlarge", "trn1.2xlarge")
# One type for each way of looking up a price.
PRICED_TYPES = ("c5.large", "g5.xlarge", "c5.metal")
TRAINING_TYPES = ("ml.m5.large", "ml.g5.xlarge")


def find_image_faults(
    make_client: Callable[[str], Any],
    say: Callable[[str], object],
    types: Iterable[str] = TYPES_OF_IMAGES,
) -> list[str]:
    """Return what is wrong with the images that jobs boot by default."""
    aliases = list(dict.fromkeys(default_image_alias(one) for one in types))
    answer = make_client("ssm").get_parameters(Names=aliases)
    faults = [f"there is no image {alias}" for alias in answer["InvalidParameters"]]
    for parameter in answer["Parameters"]:
        (image,) = make_client("ec2").describe_images(ImageIds=[parameter["Value"]])["Images"]
        root = image["RootDeviceName"]
        sizes = [
            mapping["Ebs"]["VolumeSize"]
            for mapping in image["BlockDeviceMappings"]
            if mapping["DeviceName"] == root
        ]
        say(f"{parameter['Name']}: {root} of {sizes} GiB, {image.get('PlatformDetails')}")
        if image.get("PlatformDetails") != "Linux/UNIX":
            faults.append(f"{parameter['Name']} is billed as {image.get('PlatformDetails')}")
        if len(sizes) != 1:
            faults.append(f"the size of {parameter['Name']} is unknown")
    return faults


def find_price_faults(
    make_client: Callable[[str], Any],
    validate_function: str,
    say: Callable[[str], object],
    types: Iterable[str] = PRICED_TYPES,
) -> list[str]:
    """Return which types have no price, by the deployment's own ValidateConfig."""
    faults = []
    for kind in types:
        said = _estimate(make_client, validate_function, {"instance-type": kind})
        if "errorMessage" in said:
            faults.append(f"{kind}: {said['errorMessage']}")
            continue
        (machine,) = said["quote"]["machines"]
        say(f"{kind}: {machine['rate']['usd_per_hour']} USD per hour")
    return faults


def find_training_price_faults(
    make_client: Callable[[str], Any],
    validate_function: str,
    say: Callable[[str], object],
    types: Iterable[str] = TRAINING_TYPES,
) -> list[str]:
    """Return which types of SageMaker training have no price, by the deployment's ValidateConfig.

    The config names an image that does not exist: its violation is the only one, beside that of a
    quota of the account, if instances and volumes have a price.
    """
    sts = make_client("sts")
    registry = f"{sts.get_caller_identity()['Account']}.dkr.ecr.{sts.meta.region_name}"
    image = f"{registry}.amazonaws.com/parris-smoke-nothing:1"
    faults = []
    for kind in types:
        config = {"target": "sagemaker", "instance-type": kind, "image": image}
        said = _estimate(make_client, validate_function, config)
        lines = str(said.get("errorMessage", "no violation")).splitlines()[1:]
        for line in lines:
            say(f"{kind}: {line}")
        if not any("/image: " in line for line in lines):
            faults.append(f"{kind}: an image that does not exist is accepted")
        faults += [
            f"{kind}: {line}"
            for line in lines
            if "/image: " not in line and "this account's quota" not in line
        ]
    return faults


def _estimate(
    make_client: Callable[[str], Any], validate_function: str, keys: dict[str, str]
) -> dict[str, Any]:
    """Return what ValidateConfig says of a job with a cost limit and these keys."""
    config = {
        "training-job-name": "estimate",
        "training-script-filename": "train.py",
        "termination-method": "around-cost-threshold",
        "termination-options": {"cost-limit": 100},
        **keys,
    }
    event = {
        "config": config,
        "job_id": "estimate",
        "execution_arn": "estimate",
        "submitted_at": format_timestamp(datetime.now(UTC)),
        "is_estimate": True,
    }
    answer = make_client("lambda").invoke(
        FunctionName=validate_function, Payload=json.dumps(event).encode()
    )
    said: dict[str, Any] = json.loads(answer["Payload"].read())
    return said
