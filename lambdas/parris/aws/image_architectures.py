"""Amazon ECR: the processors that a container image is built for."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors
from parris.errors import AwsDeniedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_ecr.type_defs import ImageIdentifierTypeDef

    from parris.image_uri import ImageUri

_MEDIA_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_NOT_THERE = frozenset({"LayersNotFoundException", "LayerInaccessibleException"})
_TIMEOUT_SECONDS = 5


def _read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as response:
        found: bytes = response.read()
    return found


class ImageArchitectures:
    """What the images of this Region say of themselves.

    Args:
        client: the client of ECR.
        read: returns what is at a URL, of which only ECR knows the host.
    """

    def __init__(self, client: ECRClient, read: Callable[[str], bytes] = _read) -> None:
        self._client = client
        self._read = read

    def of(self, image: ImageUri) -> frozenset[str]:
        """Return the processors as images name them, such as amd64; empty if that is not known."""
        try:
            manifest = self._manifest(image)
            if "manifests" in manifest:
                platforms = [one.get("platform", {}) for one in manifest["manifests"]]
            else:
                platforms = [self._configuration(image, manifest)]
        except (AwsDeniedError, OSError, ValueError):
            return frozenset()
        # An index has attestations, too, which are for no processor.
        found = {str(one.get("architecture", "")) for one in platforms}
        return frozenset(found - {"", "unknown"})

    @translates_errors
    def _manifest(self, image: ImageUri) -> dict[str, Any]:
        name: ImageIdentifierTypeDef = (
            {"imageDigest": image.digest} if image.digest else {"imageTag": image.tag}
        )
        found = self._client.batch_get_image(
            registryId=image.account,
            repositoryName=image.repository,
            imageIds=[name],
            acceptedMediaTypes=list(_MEDIA_TYPES),
        )["images"]
        manifest: dict[str, Any] = json.loads(found[0]["imageManifest"]) if found else {}
        return manifest

    @translates_errors
    def _configuration(self, image: ImageUri, manifest: dict[str, Any]) -> dict[str, Any]:
        """Return the configuration of an image that has one manifest."""
        digest = manifest.get("config", {}).get("digest")
        if not digest:
            return {}
        try:
            url = self._client.get_download_url_for_layer(
                registryId=image.account, repositoryName=image.repository, layerDigest=digest
            )["downloadUrl"]
        except ClientError as err:
            if code_of(err) in _NOT_THERE:
                return {}
            raise
        found: dict[str, Any] = json.loads(self._read(url))
        return found
