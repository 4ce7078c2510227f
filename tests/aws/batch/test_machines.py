"""Instance types and launch templates of compute environments, as EC2 describes them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from parris.targets.batch.aws.launch_templates import LaunchTemplates
from parris.targets.batch.aws.machine_types import MachineTypes
from parris.targets.batch.compute import MachineType
from tests.aws.clients import make_client

GPU_TYPE: dict[str, Any] = {
    "InstanceType": "g5.12xlarge",
    "VCpuInfo": {"DefaultVCpus": 48},
    "MemoryInfo": {"SizeInMiB": 196_608},
    "GpuInfo": {"Gpus": [{"Name": "A10G", "Manufacturer": "NVIDIA", "Count": 4}]},
    "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
}
ARM_TYPE: dict[str, Any] = {
    "InstanceType": "c7g.large",
    "VCpuInfo": {"DefaultVCpus": 2},
    "MemoryInfo": {"SizeInMiB": 4096},
    "ProcessorInfo": {"SupportedArchitectures": ["arm64"]},
}


def types_request(*patterns: str, token: str = "") -> dict[str, Any]:
    request: dict[str, Any] = {"Filters": [{"Name": "instance-type", "Values": list(patterns)}]}
    return {**request, "NextToken": token} if token else request


def test_types_have_what_a_container_may_get_on_all_pages() -> None:
    client = make_client("ec2", region_name="us-east-1")
    with Stubber(client) as stubber:
        first = {"InstanceTypes": [GPU_TYPE], "NextToken": "more"}
        stubber.add_response("describe_instance_types", first, types_request("g5.*", "c7g.large"))
        stubber.add_response(
            "describe_instance_types",
            {"InstanceTypes": [ARM_TYPE]},
            types_request("g5.*", "c7g.large", token="more"),
        )
        found = MachineTypes(client).matching(["g5.*", "c7g.large"])
    assert found == {
        "g5.12xlarge": MachineType("g5.12xlarge", 48, 196_608, 4, is_arm=False),
        "c7g.large": MachineType("c7g.large", 2, 4096, 0, is_arm=True),
    }


def test_a_request_has_at_most_a_hundred_patterns() -> None:
    client, patterns = (
        make_client("ec2", region_name="us-east-1"),
        [f"c{one}.*" for one in range(101)],
    )
    with Stubber(client) as stubber:
        for part in (patterns[:100], patterns[100:]):
            stubber.add_response(
                "describe_instance_types", {"InstanceTypes": []}, types_request(*part)
            )
        assert MachineTypes(client).matching(patterns) == {}
        stubber.assert_no_pending_responses()


def volume_gib(template: str, request: dict[str, Any], data: dict[str, Any]) -> int | None:
    client = make_client("ec2", region_name="us-east-1")
    version = {"LaunchTemplateData": data}
    with Stubber(client) as stubber:
        stubber.add_response(
            "describe_launch_template_versions",
            {"LaunchTemplateVersions": [version]},
            {"Versions": ["3"], **request},
        )
        return LaunchTemplates(client).volume_gib(template, "3")


@pytest.mark.parametrize(
    ("template", "request_part"),
    [("lt-1", {"LaunchTemplateId": "lt-1"}), ("own", {"LaunchTemplateName": "own"})],
)
def test_the_volumes_of_a_template_are_added_up(
    template: str, request_part: dict[str, str]
) -> None:
    devices = [
        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30}},
        {"DeviceName": "/dev/xvdb", "Ebs": {"VolumeSize": 100}},
        {"DeviceName": "/dev/xvdc", "VirtualName": "ephemeral0"},
    ]
    assert volume_gib(template, request_part, {"BlockDeviceMappings": devices}) == 130
    assert volume_gib(template, request_part, {}) is None


def test_a_template_that_is_gone_says_nothing() -> None:
    client = make_client("ec2", region_name="us-east-1")
    with Stubber(client) as stubber:
        stubber.add_client_error(
            "describe_launch_template_versions", "InvalidLaunchTemplateId.NotFound"
        )
        assert LaunchTemplates(client).volume_gib("lt-1", "3") is None
        stubber.add_client_error("describe_launch_template_versions", "SomethingElse")
        with pytest.raises(ClientError, match="SomethingElse"):
            LaunchTemplates(client).volume_gib("lt-1", "3")
