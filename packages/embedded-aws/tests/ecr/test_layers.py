"""ECR's layers: none is stored."""

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws


def test_no_layer_can_be_downloaded(aws: EmbeddedAws) -> None:
    ecr = aws.client("ecr")
    ecr.create_repository(repositoryName="training")
    with pytest.raises(ClientError, match="does not exist in the repository") as caught:
        ecr.get_download_url_for_layer(repositoryName="training", layerDigest=f"sha256:{'0' * 64}")
    assert caught.value.response["Error"]["Code"] == "LayersNotFoundException"
