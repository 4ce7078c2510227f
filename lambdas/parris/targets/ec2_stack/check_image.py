"""Checks that a job's instance types can boot its image, and finds the required volume size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parris.ec2.instance_types import has_arm_processor
from parris.payloads import Payload, maybe_text_in
from parris.targets.ec2_stack.check_template import TEMPLATE_KEYS
from parris.targets.ec2_stack.default_images import default_image_alias
from parris.validation.semantics import texts_of
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from parris.targets.ec2_stack.aws.images import Image, Images

_LINUX = "Linux/UNIX"
# User data fetches the bootstrap with the aws command. An instance without it ends after minutes.
_WITHOUT_AWS_COMMAND = ("/aws/service/canonical/", "/aws/service/bottlerocket/")
_NEEDS_AWS_COMMAND = (
    "an image with the aws command, which the machine needs to fetch its bootstrap: Amazon Linux"
    " 2023, a Deep Learning image, or your own image by its id"
)


@dataclass(frozen=True, slots=True)
class CheckedImages:
    """The result: violations, warnings, and the minimum size of the root volume in GiB.

    `root_device_names` has the root device of each instance type's image, as far as it was found.
    """

    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()
    least_volume_gib: int = 0
    root_device_names: Mapping[str, str] = field(default_factory=dict)


def check_images(config: Payload, images: Images) -> CheckedImages:
    """Check the image that the config names, or the default image of each instance type.

    A user's own template may choose its own image. Then only an image in the config is checked.

    Args:
        config: the merged config; the keys that are used here conform to the schema.
        images: the images that this account can launch.
    """
    named, types = maybe_text_in(config, "ami"), texts_of(config, "instance-type")
    has_own_template = any(key in config for key in TEMPLATE_KEYS)
    if named is None and has_own_template:
        return CheckedImages()
    wanted = {kind: named or default_image_alias(kind) for kind in types}
    found = {ami: images.find(ami) for ami in dict.fromkeys(wanted.values())}
    root_devices = {
        kind: image.root_device_name for kind, ami in wanted.items() if (image := found[ami])
    }
    largest = max(
        ((one.root_size_gib, ami) for ami, one in found.items() if one is not None),
        default=(0, ""),
    )
    violations = [*_size_violations(config, *largest)]
    if named is not None:
        violations += _named_violations(named, found[named], config)
    for kind, ami in wanted.items():
        violations += _type_violations(kind, ami, found[ami], is_named=named is not None)
    if named is None or not named.startswith(_WITHOUT_AWS_COMMAND):
        return CheckedImages(tuple(violations), (), largest[0], root_devices)
    if has_own_template:
        warning = f"{named} has no aws command: your template must install it"
        return CheckedImages(tuple(violations), (warning,), largest[0], root_devices)
    return CheckedImages(
        (*violations, Violation("/ami", shown(named), _NEEDS_AWS_COMMAND)), (), largest[0]
    )


def _size_violations(config: Payload, least_gib: int, ami: str) -> Iterator[Violation]:
    size = config.get("volume-size-gib")
    if isinstance(size, int | float) and size < least_gib:
        expected = f"at least {least_gib} GiB, the size of {ami}; or leave this key out"
        yield Violation("/volume-size-gib", shown(size), expected)


def _named_violations(ami: str, image: Image | None, config: Payload) -> Iterator[Violation]:
    if image is None:
        expected = "an image that this account can launch in this Region, by id or public alias"
        yield Violation("/ami", shown(ami), expected)
    elif image.platform.startswith("Windows"):
        yield Violation("/ami", shown(ami), f"a Linux image; this one is for {image.platform}")
    elif image.platform != _LINUX and config.get("hourly-price-usd") is None:
        expected = (
            f"an image that is billed as {_LINUX}, which the estimate is based on; this one is"
            f" billed as {image.platform}: set hourly-price-usd to its price per hour"
        )
        yield Violation("/ami", shown(ami), expected)


def _type_violations(
    kind: str, ami: str, image: Image | None, *, is_named: bool
) -> Iterator[Violation]:
    if image is None and not is_named:
        expected = f"a type whose default image exists in this Region, unlike {ami}; or set ami"
        yield Violation("/instance-type", shown(kind), expected)
    if image is not None and has_arm_processor(kind) is not image.architecture.startswith("arm64"):
        expected = f"an image for {kind}; this one is for {image.architecture}"
        yield Violation("/ami", shown(ami), expected)
