import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws

ALIASES = [
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id",
    "/aws/service/deeplearning/ami/arm64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id",
    "/aws/service/deeplearning/ami/x86_64/oss-nvidia-driver-gpu-pytorch-2.7-ubuntu-22.04/latest/ami-id",
    "/aws/service/neuron/dlami/base/ubuntu-22.04/latest/image_id",
    "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
]


@pytest.mark.parametrize("alias", ALIASES)
def test_a_public_image_alias_resolves_to_an_image_that_is_there(
    aws: EmbeddedAws, alias: str
) -> None:
    parameters = aws.client("ssm")
    one = parameters.get_parameter(Name=alias)["Parameter"]
    (among,) = parameters.get_parameters(Names=[alias])["Parameters"]
    assert one["Name"] == among["Name"] == alias
    (image,) = aws.client("ec2").describe_images(ImageIds=[one["Value"]])["Images"]
    assert image["Architecture"] == ("arm64" if "arm64" in alias else "x86_64")


@pytest.mark.parametrize(
    "alias",
    [
        "/aws/service/deeplearning/ami/x86_64/latest",
        # As a page of AWS's has it; its own naming rule has `-gpu-` in it.
        "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-ubuntu-22.04/latest/ami-id",
        "/aws/service/deeplearning/ami/x86_64/my-own-driver-gpu-ubuntu-22.04/latest/ami-id",
        "/aws/service/neuron/dlami/base/ubuntu-22.04/latest/ami-id",
    ],
)
def test_an_alias_that_does_not_exist_is_not_found(aws: EmbeddedAws, alias: str) -> None:
    with pytest.raises(ClientError, match="ParameterNotFound"):
        aws.client("ssm").get_parameter(Name=alias)
    assert aws.client("ssm").get_parameters(Names=[alias])["InvalidParameters"] == [alias]
