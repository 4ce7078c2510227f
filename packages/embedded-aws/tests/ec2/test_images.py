"""What EC2 reports about an image, and what it refuses to launch from it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws

DRIVERS = (
    "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id"
)
AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
WINDOWS, RED_HAT = "ami-b7e93bce", "ami-bb9a6bc2"


def image_id(aws: EmbeddedAws, alias: str) -> str:
    return str(aws.client("ssm").get_parameter(Name=alias)["Parameter"]["Value"])


def described(aws: EmbeddedAws, image: str) -> dict[str, Any]:
    wanted = image_id(aws, image) if image.startswith("/") else image
    (found,) = aws.client("ec2").describe_images(ImageIds=[wanted])["Images"]
    answer: dict[str, Any] = found
    return answer


@pytest.mark.parametrize(
    ("image", "device", "size_gib", "platform"),
    [
        (DRIVERS, "/dev/sda1", 75, "Linux/UNIX"),
        (AMAZON_LINUX, "/dev/xvda", 8, "Linux/UNIX"),
        (WINDOWS, "/dev/sda1", 30, "Windows"),
        (RED_HAT, "/dev/sda1", 10, "Red Hat Enterprise Linux"),
    ],
)
def test_an_image_has_its_root_device_its_size_and_its_platform(
    aws: EmbeddedAws, image: str, device: str, size_gib: int, platform: str
) -> None:
    found = described(aws, image)
    (mapping,) = found["BlockDeviceMappings"]
    assert found["RootDeviceName"] == mapping["DeviceName"] == device
    assert mapping["Ebs"]["VolumeSize"] == size_gib
    assert found["PlatformDetails"] == platform


@pytest.mark.parametrize(("size_gib", "fits"), [(74, False), (75, True)])
def test_a_root_volume_smaller_than_the_snapshot_is_refused(
    aws: EmbeddedAws, size_gib: int, fits: bool
) -> None:
    launch = {
        "ImageId": image_id(aws, DRIVERS),
        "InstanceType": "g5.xlarge",
        "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": size_gib}}],
    }
    if fits:
        assert aws.client("ec2").run_instances(**launch, MinCount=1, MaxCount=1)["Instances"]
        return
    with pytest.raises(
        ClientError,
        match=r"InvalidBlockDeviceMapping\).*Volume of size 74GB is smaller than snapshot 'snap-"
        r"\w+', expect size >= 75GB",
    ):
        aws.client("ec2").run_instances(**launch, MinCount=1, MaxCount=1)
