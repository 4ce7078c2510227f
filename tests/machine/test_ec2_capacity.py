"""RunInstances says no where EC2 would."""

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws


def test_a_type_that_is_out_of_stock_is_refused_with_ec2s_code(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="InsufficientInstanceCapacity"):
        aws.client("ec2").run_instances(
            ImageId="ami-12c6146b", InstanceType="p5.48xlarge", MinCount=1, MaxCount=1
        )


def test_a_type_that_does_not_exist_is_refused(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match=r"InvalidInstanceType.NotFound"):
        aws.client("ec2").run_instances(
            ImageId="ami-12c6146b", InstanceType="z9.huge", MinCount=1, MaxCount=1
        )
