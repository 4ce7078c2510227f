"""What AWS reports about images and prices, checked before anything is launched."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from parris.targets.ec2_stack.instance_types import default_image_alias
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# One type for each image that a job may boot by default.
TYPES_OF_IMAGES = ("c5.large", "c7g.large", "g5.xlarge", "g5g.xlarge", "trn1.2xlarge")
# One type for each way of looking up a price.
PRICED_TYPES = ("c5.large", "g5.xlarge", "c5.metal")


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
        config = {
            "training-job-name": "estimate",
            "instance-type": kind,
            "termination-method": "around-cost-threshold",
            "termination-options": {"cost-limit": 100},
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
        said = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            faults.append(f"{kind}: {said.get('errorMessage', said)}")
            continue
        (machine,) = said["quote"]["machines"]
        say(f"{kind}: {machine['rate']['usd_per_hour']} USD per hour")
    return faults
