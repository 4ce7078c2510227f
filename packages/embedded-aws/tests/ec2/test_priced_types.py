"""Every type with a price is offered and described, in each Region of the price list."""

from itertools import chain

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.prices.instance_products import load_prices
from embedded_aws.prices.price_entry import read_rows
from embedded_aws_helpers.builders import IMAGE_ID

REGIONS = sorted({price.region for price in load_prices()})
ADDED = {row["instance_type"] for row in read_rows("priced_instance_types.csv")}
WITH_GPUS = ("p2.", "p3.", "g2.", "g3.", "g3s.", "g4ad.", "dl1.")


@pytest.mark.parametrize(
    "region",
    [pytest.param(one, marks=[pytest.mark.long] * (one != "us-east-1")) for one in REGIONS],
)
def test_every_priced_type_is_offered_in_its_region_and_zones_and_described(
    tmp_path_factory: pytest.TempPathFactory, region: str
) -> None:
    settings = Settings(region=region)
    with EmbeddedAws(settings, folder=tmp_path_factory.mktemp("aws")) as aws:
        client = aws.client("ec2")
        priced = {price.instance_type for price in load_prices() if price.region == region}
        for kind in ("region", "availability-zone", "availability-zone-id"):
            pages = client.get_paginator("describe_instance_type_offerings")
            found = pages.paginate(LocationType=kind)
            offers = [one for page in found for one in page["InstanceTypeOfferings"]]
            assert priced - {one["InstanceType"] for one in offers} == set()
            # Those that moto does not have are offered wherever the Region offers anything.
            locations = {one["Location"] for one in offers}
            for added in priced & ADDED:
                assert {o["Location"] for o in offers if o["InstanceType"] == added} == locations
        pages = client.get_paginator("describe_instance_types").paginate()
        described = {one["InstanceType"] for page in pages for one in page["InstanceTypes"]}
        assert priced - described == set()


def test_what_is_added_is_described_as_the_type_is(aws: EmbeddedAws) -> None:
    rows = {row["instance_type"]: row for row in read_rows("priced_instance_types.csv")}
    names = sorted(rows)
    asked = [names[:15], names[15:]]
    client = aws.client("ec2")
    pages = [client.describe_instance_types(InstanceTypes=some)["InstanceTypes"] for some in asked]
    for one in chain(*pages):
        row, name = rows[one["InstanceType"]], one["InstanceType"]
        assert one["VCpuInfo"]["DefaultVCpus"] == int(row["vcpus"])
        assert one["MemoryInfo"]["SizeInMiB"] == int(row["memory_mib"])
        assert one["ProcessorInfo"]["SupportedArchitectures"] == ["x86_64"]
        assert one["BareMetal"] is name.endswith(".metal")
        assert ("GpuInfo" in one) is name.startswith(WITH_GPUS)
        if "GpuInfo" in one:
            (gpu,) = one["GpuInfo"]["Gpus"]
            total = gpu["Count"] * gpu["MemoryInfo"]["SizeInMiB"]
            assert one["GpuInfo"]["TotalGpuMemoryInMiB"] == total > 0


@pytest.mark.parametrize("instance_type", ["p3.2xlarge", "g4ad.xlarge", "p2.16xlarge", "i3.metal"])
def test_such_a_type_is_launched(aws: EmbeddedAws, instance_type: str) -> None:
    launched = aws.client("ec2").run_instances(
        ImageId=IMAGE_ID, MinCount=1, MaxCount=1, InstanceType=instance_type
    )
    assert launched["Instances"][0]["InstanceType"] == instance_type
