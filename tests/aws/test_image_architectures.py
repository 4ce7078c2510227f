"""The processors that an image is built for, as its manifest or its configuration names them."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from parris.aws.image_architectures import ImageArchitectures
from parris.image_uri import ImageUri
from tests.aws.clients import make_client

URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/training:1"
PLACE = {"registryId": "123456789012", "repositoryName": "team/training"}
DIGEST = f"sha256:{'a' * 64}"
ONE = {"config": {"digest": DIGEST}}
SEVERAL = {
    "manifests": [
        {"platform": {"architecture": "amd64", "os": "linux"}},
        {"platform": {"architecture": "arm64", "os": "linux"}},
        {"platform": {"architecture": "unknown", "os": "unknown"}},
    ]
}


def architectures(
    manifest: Any, *, layer_code: str = "", configuration: bytes = b"{}", code: str = ""
) -> frozenset[str]:
    client, image = make_client("ecr", region_name="us-east-1"), ImageUri.parse(URI)
    assert image is not None

    def read(url: str) -> bytes:
        assert url == "https://layers.example"
        return configuration

    with Stubber(client) as stubber:
        if code:
            stubber.add_client_error("batch_get_image", code)
        else:
            images = [] if manifest is None else [{"imageManifest": json.dumps(manifest)}]
            stubber.add_response("batch_get_image", {"images": images})
        if layer_code:
            stubber.add_client_error("get_download_url_for_layer", layer_code)
        else:
            stubber.add_response(
                "get_download_url_for_layer",
                {"downloadUrl": "https://layers.example"},
                {**PLACE, "layerDigest": DIGEST},
            )
        return ImageArchitectures(client, read).of(image)


def test_an_index_names_the_processors_of_its_images() -> None:
    assert architectures(SEVERAL) == {"amd64", "arm64"}


def test_one_image_names_its_processor_in_its_configuration() -> None:
    assert architectures(ONE, configuration=b'{"architecture": "arm64"}') == {"arm64"}


@pytest.mark.parametrize(
    "given",
    [
        {"manifest": None},
        {"manifest": {}},
        {"manifest": ONE, "configuration": b"{}"},
        {"manifest": ONE, "configuration": b"no JSON"},
        {"manifest": ONE, "layer_code": "LayersNotFoundException"},
        {"manifest": ONE, "layer_code": "AccessDeniedException"},
        {"manifest": None, "code": "AccessDeniedException"},
    ],
)
def test_what_does_not_say_is_for_no_known_processor(given: dict[str, Any]) -> None:
    assert architectures(**given) == frozenset()
