"""Amazon ECR: whether a container image exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors
from parris.errors import AwsDeniedError
from parris.image_uri import Existence

if TYPE_CHECKING:
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_ecr.type_defs import ImageIdentifierTypeDef

    from parris.image_uri import ImageUri


class ImageRepositories:
    """The repositories of this Region, in this account and in others."""

    def __init__(self, client: ECRClient) -> None:
        self._client = client

    def existence_of(self, image: ImageUri) -> Existence:
        """Return whether the image exists."""
        try:
            return self._existence_of(image)
        except AwsDeniedError:
            return Existence.UNKNOWN

    @translates_errors
    def _existence_of(self, image: ImageUri) -> Existence:
        name: ImageIdentifierTypeDef = (
            {"imageDigest": image.digest} if image.digest else {"imageTag": image.tag}
        )
        try:
            self._client.describe_images(
                registryId=image.account, repositoryName=image.repository, imageIds=[name]
            )
        except ClientError as err:
            match code_of(err):
                case "RepositoryNotFoundException":
                    return Existence.NO_REPOSITORY
                case "ImageNotFoundException":
                    return Existence.NO_IMAGE
            raise
        return Existence.EXISTS
