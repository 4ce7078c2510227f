"""Checks that the container image of a config exists where a job can pull it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.image_uri import Existence, ImageUri
from parris.payloads import maybe_text_in
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from parris.aws.image_repositories import ImageRepositories
    from parris.payloads import Payload

_IMAGE = "image"


def check_image(
    config: Payload, repositories: ImageRepositories, region: str
) -> tuple[list[Violation], tuple[str, ...]]:
    """Return the violation of an image that cannot be pulled, and the warning if AWS does not say.

    Args:
        config: the merged config, without invalid keys.
        repositories: the gateway to Amazon ECR.
        region: the Region of the deployment.
    """
    uri = maybe_text_in(config, _IMAGE)
    image = None if uri is None else ImageUri.parse(uri)
    if uri is None or image is None:
        return [], ()
    if image.region != region:
        expected = f"an image in {region}, where the job runs: copy it to a repository there"
        return [Violation(f"/{_IMAGE}", shown(uri), expected)], ()
    name = image.digest or image.tag
    match repositories.existence_of(image):
        case Existence.NO_REPOSITORY:
            expected = (
                f"an image that exists: account {image.account} has no repository"
                f" {image.repository} in {region}. `parris image push` makes one"
            )
            return [Violation(f"/{_IMAGE}", shown(uri), expected)], ()
        case Existence.NO_IMAGE:
            expected = f"an image that exists: {image.repository} has no image {name}"
            return [Violation(f"/{_IMAGE}", shown(uri), expected)], ()
        case Existence.UNKNOWN:
            return [], (f"{uri} could not be checked: AWS denies reading that repository",)
    return [], ()
