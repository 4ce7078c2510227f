"""GetDownloadUrlForLayer says that there is no such layer: the embedded AWS stores none.

moto refuses the operation as not implemented.
"""

from typing import Any

from moto.core.exceptions import ServiceException

from embedded_aws.patching import patch_on_use, wrap


class LayersNotFoundError(ServiceException):
    """The repository has no such layer."""

    code = "LayersNotFoundException"


def install() -> None:
    """Replace the operation as soon as ECR is used."""
    patch_on_use("ecr", _patch)


def _patch() -> None:
    from moto.ecr.responses import ECRResponse

    wrap(ECRResponse, "get_download_url_for_layer", _make_refusal)


def _make_refusal(original: Any) -> Any:
    def get_download_url_for_layer(self: Any) -> Any:
        digest, name = self._get_param("layerDigest"), self._get_param("repositoryName")
        place = f"in the repository with name '{name}'"
        raise LayersNotFoundError(f"The layer with digest '{digest}' does not exist {place}")

    return get_download_url_for_layer
