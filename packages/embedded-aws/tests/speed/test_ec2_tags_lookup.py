from typing import Any

import pytest
from moto.ec2.models import ec2_backends

from embedded_aws import EmbeddedAws


class Unsearchable(dict[str, dict[str, str]]):
    def copy(self) -> Any:
        raise AssertionError("the tags of all resources are gone through")


def a_volume(aws: EmbeddedAws, name: str) -> str:
    tags = [{"Key": "Name", "Value": name}]
    made: str = aws.client("ec2").create_volume(
        AvailabilityZone="us-east-1a",
        Size=1,
        TagSpecifications=[{"ResourceType": "volume", "Tags": tags}],
    )["VolumeId"]
    return made


def test_a_resources_tags_are_found_without_going_through_all_tags(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = a_volume(aws, "one"), a_volume(aws, "other")
    backend = ec2_backends[aws.settings.account_id][aws.settings.region]
    monkeypatch.setattr(backend, "tags", Unsearchable(backend.tags))
    (found,) = aws.client("ec2").describe_volumes(
        Filters=[{"Name": "tag:Name", "Values": ["one"]}]
    )["Volumes"]
    assert found["VolumeId"] == one
    assert found["Tags"] == [{"Key": "Name", "Value": "one"}]


@pytest.mark.parametrize(
    "values, found",
    [
        (["one"], {"one"}),
        (["one", "two"], {"one", "two"}),
        (["t*"], {"two", "three"}),
        (["t"], set()),
    ],
    ids=["one value", "one of several", "a pattern", "no part of a value"],
)
def test_a_filter_by_a_tag_finds_those_that_have_it(
    aws: EmbeddedAws, values: list[str], found: set[str]
) -> None:
    for name in ("one", "two", "three"):
        a_volume(aws, name)
    by_name = [{"Name": "tag:Name", "Values": values}]
    by_other = [{"Name": "tag:Other", "Values": values}]
    ec2: Any = aws.client("ec2")
    volumes = ec2.describe_volumes(Filters=by_name)["Volumes"]
    assert {volume["Tags"][0]["Value"] for volume in volumes} == found
    assert ec2.describe_volumes(Filters=by_other)["Volumes"] == []
    group = ec2.create_security_group(GroupName="one", Description="one")["GroupId"]
    ec2.create_tags(Resources=[group], Tags=[{"Key": "Name", "Value": "one"}])
    groups = ec2.describe_security_groups(Filters=by_name)["SecurityGroups"]
    assert {one["GroupName"] for one in groups} == found & {"one"}


def test_a_pattern_of_ids_still_finds_all_that_fit(aws: EmbeddedAws) -> None:
    ids = {a_volume(aws, "one"), a_volume(aws, "other")}
    found = aws.client("ec2").describe_tags(
        Filters=[{"Name": "resource-id", "Values": ["vol-*"]}, {"Name": "key", "Values": ["Name"]}]
    )["Tags"]
    assert {tag["ResourceId"] for tag in found} == ids
