"""Whether the instance types of a job can boot its image, and how large a volume that needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.payloads import Payload, maybe_text_in
from parris.targets.ec2_stack.check_template import TEMPLATE_KEYS
from parris.targets.ec2_stack.instance_types import default_image_alias, has_arm_processor
from parris.validation.semantics import texts_of
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.targets.ec2_stack.aws.images import Image, Images

_LINUX = "Linux/UNIX"
# User data fetches the bootstrap with the aws command; what boots without it ends after minutes.
_WITHOUT_AWS_COMMAND = ("/aws/service/canonical/", "/aws/service/bottlerocket/")
_NEEDS_AWS_COMMAND = (
    "an image that has the aws command, with which the machine fetches its bootstrap: Amazon Linux"
    " 2023, a Deep Learning image, or one of yours by its id"
)


@dataclass(frozen=True, slots=True)
class CheckedImages:
    """What was found out: violations, warnings, and the least size of the root volume in GiB."""

    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()
    least_volume_gib: int = 0


def check_images(config: Payload, images: Images) -> CheckedImages:
    """Look at the image that the config names, or at the one that each type boots by default.

    A template of the person's own may bring an image of its own: then only a named one counts.

    Args:
        config: the merged config; the shape of what is read here is right.
        images: what this account can launch.
    """
    named, types = maybe_text_in(config, "ami"), texts_of(config, "instance-type")
    has_own_template = any(key in config for key in TEMPLATE_KEYS)
    if named is None and has_own_template:
        return CheckedImages()
    wanted = {kind: named or default_image_alias(kind) for kind in types}
    found = {ami: images.find(ami) for ami in dict.fromkeys(wanted.values())}
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
        return CheckedImages(tuple(violations), (), largest[0])
    if has_own_template:
        warning = f"{named} has no aws command: your template has to install it"
        return CheckedImages(tuple(violations), (warning,), largest[0])
    return CheckedImages(
        (*violations, Violation("/ami", shown(named), _NEEDS_AWS_COMMAND)), (), largest[0]
    )


def _size_violations(config: Payload, least_gib: int, ami: str) -> Iterator[Violation]:
    size = config.get("volume-size-gib")
    if isinstance(size, int | float) and size < least_gib:
        expected = f"at least {least_gib} GiB, the size of {ami}; or leave it out"
        yield Violation("/volume-size-gib", shown(size), expected)


def _named_violations(ami: str, image: Image | None, config: Payload) -> Iterator[Violation]:
    if image is None:
        expected = "an image that this account can launch in this Region, by id or public alias"
        yield Violation("/ami", shown(ami), expected)
    elif image.platform.startswith("Windows"):
        yield Violation("/ami", shown(ami), f"an image of Linux; this one is of {image.platform}")
    elif image.platform != _LINUX and config.get("hourly-price-usd") is None:
        expected = (
            f"an image that is billed as {_LINUX}, since the estimate is for that; this one is"
            f" billed as {image.platform}: set hourly-price-usd to what its hour costs"
        )
        yield Violation("/ami", shown(ami), expected)


def _type_violations(
    kind: str, ami: str, image: Image | None, *, is_named: bool
) -> Iterator[Violation]:
    if image is None and not is_named:
        expected = f"a type that has an image in this Region: there is no {ami}; or set ami"
        yield Violation("/instance-type", shown(kind), expected)
    if image is not None and has_arm_processor(kind) is not image.architecture.startswith("arm64"):
        expected = f"an image for {kind}; this one is for {image.architecture}"
        yield Violation("/ami", shown(ami), expected)
