import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws

ALIASES = [
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    "/aws/service/deeplearning/ami/x86_64/oss-nvidia-driver-gpu-pytorch-2.7-ubuntu-22.04/latest/ami-id",
    "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
]


@pytest.mark.parametrize("alias", ALIASES)
def test_a_public_image_alias_resolves(aws: EmbeddedAws, alias: str) -> None:
    parameters = aws.client("ssm")
    one = parameters.get_parameter(Name=alias)["Parameter"]
    (among,) = parameters.get_parameters(Names=[alias])["Parameters"]
    assert one["Name"] == among["Name"] == alias
    assert one["Value"].startswith("ami-")


def test_an_alias_that_does_not_exist_is_not_found(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="ParameterNotFound"):
        aws.client("ssm").get_parameter(Name="/aws/service/deeplearning/ami/x86_64/latest")
