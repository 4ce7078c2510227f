"""Whether an image exists, as Amazon ECR says it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from parris.aws.image_repositories import ImageRepositories
from parris.image_uri import Existence, ImageUri
from tests.aws.clients import make_client

URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/training"
DIGEST = f"sha256:{'a' * 64}"


def existence(uri: str, expected: dict[str, Any], code: str = "") -> Existence:
    client, image = make_client("ecr", region_name="us-east-1"), ImageUri.parse(uri)
    assert image is not None
    request = {"registryId": "123456789012", "repositoryName": "team/training"}
    with Stubber(client) as stubber:
        if code:
            stubber.add_client_error("describe_images", code)
        else:
            stubber.add_response("describe_images", {}, {**request, "imageIds": [expected]})
        return ImageRepositories(client).existence_of(image)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (URI, {"imageTag": "latest"}),
        (f"{URI}:v1.2", {"imageTag": "v1.2"}),
        (f"{URI}:v1@{DIGEST}", {"imageDigest": DIGEST}),
    ],
)
def test_an_image_is_named_by_its_digest_or_its_tag(uri: str, expected: dict[str, Any]) -> None:
    assert existence(uri, expected) is Existence.EXISTS


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("RepositoryNotFoundException", Existence.NO_REPOSITORY),
        ("ImageNotFoundException", Existence.NO_IMAGE),
        ("AccessDeniedException", Existence.UNKNOWN),
    ],
)
def test_each_refusal_says_what_is_missing(code: str, expected: Existence) -> None:
    assert existence(URI, {}, code) is expected


def test_an_error_that_is_not_known_is_raised() -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        existence(URI, {}, "InvalidParameterException")
