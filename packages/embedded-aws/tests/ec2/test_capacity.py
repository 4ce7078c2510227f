"""RunInstances refuses what EC2 would refuse."""

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws


def test_a_type_that_is_out_of_stock_is_refused_with_ec2s_code(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="InsufficientInstanceCapacity"):
        aws.client("ec2").run_instances(
            ImageId="ami-12c6146b", InstanceType="p5.48xlarge", MinCount=1, MaxCount=1
        )


def test_a_type_that_the_quota_leaves_no_room_for_is_refused_with_ec2s_code(
    aws: EmbeddedAws,
) -> None:
    with pytest.raises(ClientError, match=r"VcpuLimitExceeded.*current vCPU limit of 0 allows"):
        aws.client("ec2").run_instances(
            ImageId="ami-12c6146b", InstanceType="p4d.24xlarge", MinCount=1, MaxCount=1
        )


def test_a_type_that_a_subnets_zone_does_not_have_is_refused_there_alone(aws: EmbeddedAws) -> None:
    ec2 = aws.client("ec2")
    subnets = ec2.describe_subnets()["Subnets"]
    subnet_in = {one["AvailabilityZone"]: one["SubnetId"] for one in subnets}
    with pytest.raises(
        ClientError, match=r"Unsupported\).*\(us-east-1e\).*or choosing us-east-1a, us-east-1b"
    ):
        ec2.run_instances(
            ImageId="ami-12c6146b",
            InstanceType="c5.large",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet_in["us-east-1e"],
        )
    for subnet in ({"SubnetId": subnet_in["us-east-1a"]}, {}):
        ec2.run_instances(
            ImageId="ami-12c6146b", InstanceType="c5.large", MinCount=1, MaxCount=1, **subnet
        )


def test_a_type_that_does_not_exist_is_refused(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match=r"InvalidInstanceType.NotFound"):
        aws.client("ec2").run_instances(
            ImageId="ami-12c6146b", InstanceType="z9.huge", MinCount=1, MaxCount=1
        )


def test_a_spot_instance_that_is_out_of_stock_is_refused_with_the_error_of_spot(
    aws: EmbeddedAws,
) -> None:
    with pytest.raises(
        ClientError, match=r"InsufficientInstanceCapacity\).*There is no Spot capacity available"
    ):
        aws.client("ec2").run_instances(
            ImageId="ami-12c6146b",
            InstanceType="p5.48xlarge",
            MinCount=1,
            MaxCount=1,
            InstanceMarketOptions={"MarketType": "spot"},
        )


def test_a_subnet_without_a_free_address_is_refused(aws: EmbeddedAws) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    # In a zone that has the type: where none is named, moto draws one.
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/28", AvailabilityZone="us-east-1a")
    subnet = made["Subnet"]["SubnetId"]
    launch = {"ImageId": "ami-12c6146b", "InstanceType": "t3.micro", "SubnetId": subnet}
    for _ in range(16 - 5):  # AWS keeps five of them
        ec2.run_instances(**launch, MinCount=1, MaxCount=1)
    with pytest.raises(ClientError, match="not enough free addresses in subnet"):
        ec2.run_instances(**launch, MinCount=1, MaxCount=1)
