"""DescribeInstanceTypes describes only what the Region offers."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings

VCPUS = {"p4d.24xlarge": 96, "t3.micro": 2}


@pytest.mark.parametrize(
    ("region", "offered"), [("us-east-1", {*VCPUS}), ("us-west-1", {"t3.micro"})]
)
def test_a_type_is_described_where_it_is_offered(
    tmp_path: Path, region: str, offered: set[str]
) -> None:
    with EmbeddedAws(Settings(region=region), folder=tmp_path / "aws") as aws:
        asked = [{"Name": "instance-type", "Values": [*VCPUS, "z9.mega"]}]
        found = aws.client("ec2").describe_instance_types(Filters=asked)["InstanceTypes"]
    vcpus = {one["InstanceType"]: one["VCpuInfo"]["DefaultVCpus"] for one in found}
    assert vcpus == {name: VCPUS[name] for name in offered}


def test_a_name_of_no_type_is_an_error(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="InvalidInstanceType"):
        aws.client("ec2").describe_instance_types(InstanceTypes=["z9.mega"])
