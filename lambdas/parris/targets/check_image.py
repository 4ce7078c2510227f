"""Whether the instance types of a job can boot the image that its config names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.check_meaning import texts_of
from parris.faults import Fault, shown
from parris.instance_types import has_arm_processor
from parris.payloads import Payload, maybe_text_in

if TYPE_CHECKING:
    from parris.aws.images import Images


def find_image_faults(config: Payload, images: Images) -> list[Fault]:
    """Return a fault where there is no such image, or one for each type of another processor."""
    ami = maybe_text_in(config, "ami")
    if ami is None:
        return []
    image = images.find(ami)
    if image is None:
        expected = "an image that this account can launch in this Region, by id or public alias"
        return [Fault("/ami", shown(ami), expected)]
    is_arm = image.architecture.startswith("arm64")
    return [
        Fault("/ami", shown(ami), f"an image for {kind}; this one is for {image.architecture}")
        for kind in texts_of(config, "instance-type")
        if has_arm_processor(kind) is not is_arm
    ]
