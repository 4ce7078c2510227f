"""GetServiceQuota returns the account's quotas of vCPUs, which RunInstances respects."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.instance_vcpus import vcpus_of
from embedded_aws.instances.vcpu_quotas import load_quotas, quota_of
from embedded_aws.prices.instance_products import load_prices
from embedded_aws_helpers.builders import IMAGE_ID

STANDARD, G, G_SPOT = "L-1216C47A", "L-DB2E81BA", "L-3819A6DF"
# Of earlier generations, which AWS's page of quotas does not name.
WITHOUT_QUOTA = {"cc2.8xlarge", "cr1.8xlarge", "hs1.8xlarge"}


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(vcpu_quotas={G: 8, G_SPOT: 3})
    with EmbeddedAws(settings, folder=tmp_path / "aws") as running:
        yield running


def launch(aws: EmbeddedAws, instance_type: str, market: str = "") -> str:
    options = {"InstanceMarketOptions": {"MarketType": market}} if market else {}
    launched = aws.client("ec2").run_instances(
        ImageId=IMAGE_ID, MinCount=1, MaxCount=1, InstanceType=instance_type, **options
    )
    return str(launched["Instances"][0]["InstanceId"])


@pytest.mark.parametrize(("code", "vcpus"), [(STANDARD, 1152), (G, 8), (G_SPOT, 3)])
def test_a_quota_is_that_of_the_settings_or_the_usual_one(
    aws: EmbeddedAws, code: str, vcpus: float
) -> None:
    client = aws.client("service-quotas")
    quota = client.get_service_quota(ServiceCode="ec2", QuotaCode=code)["Quota"]
    assert (quota["QuotaCode"], quota["Value"]) == (code, vcpus)
    assert quota["QuotaArn"] == f"arn:aws:servicequotas:us-east-1:123456789012:ec2/{code}"


@pytest.mark.parametrize(("service", "code"), [("ec2", "L-00000000"), ("vpc", STANDARD)])
def test_a_code_that_the_service_does_not_have_is_refused(
    aws: EmbeddedAws, service: str, code: str
) -> None:
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        aws.client("service-quotas").get_service_quota(ServiceCode=service, QuotaCode=code)


def test_running_instances_count_against_the_quota_of_their_group(aws: EmbeddedAws) -> None:
    launched = launch(aws, "g5.xlarge")
    with pytest.raises(ClientError, match=r"VcpuLimitExceeded.*current vCPU limit of 8 allows"):
        launch(aws, "g6.2xlarge")
    launch(aws, "c5.9xlarge")
    aws.client("ec2").terminate_instances(InstanceIds=[launched])
    launch(aws, "g6.2xlarge")


def test_spot_instances_have_a_quota_of_their_own(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="MaxSpotInstanceCountExceeded"):
        launch(aws, "g5.xlarge", market="spot")


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("is_spot", [False, True])
def test_the_usual_quotas_allow_one_instance_of_each_priced_type(is_spot: bool) -> None:
    types = {price.instance_type for price in load_prices()} - WITHOUT_QUOTA
    quotas = {name: quota_of(name, is_spot=is_spot) for name in types}
    beyond = {n for n, q in quotas.items() if q is not None and vcpus_of(n) > q.usual_vcpus}
    assert beyond == set()
    # AWS names no spot quota of HPC, high memory and P6 instances.
    without = {name for name, quota in quotas.items() if quota is None}
    assert {name[:2] for name in without} <= ({"hp", "u-", "u7", "p6"} if is_spot else set())


def test_each_quota_is_listed_once() -> None:
    codes = [one.code for one in load_quotas()]
    assert len(codes) == len(set(codes)) == 19
