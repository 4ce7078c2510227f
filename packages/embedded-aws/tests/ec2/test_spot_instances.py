"""A spot instance of a launch template costs at most its maximum price, and cannot be stopped."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from embedded_aws_helpers.instances import SPOT, await_state, describe, launch
from embedded_aws_helpers.waiting import wait_until


def make_launch_template(aws: EmbeddedAws, **data: Any) -> str:
    made = aws.client("ec2").create_launch_template(
        LaunchTemplateName="market", LaunchTemplateData=data
    )
    return str(made["LaunchTemplate"]["LaunchTemplateId"])


def create_stack(aws: EmbeddedAws, market: dict[str, Any]) -> list[dict[str, Any]]:
    """Create a stack of a launch template and its instance; return its events when it settled."""
    wanted = {
        "LaunchTemplateId": {"Ref": "Market"},
        "Version": {"Fn::GetAtt": ["Market", "LatestVersionNumber"]},
    }
    template = {
        "Resources": {
            "Market": {
                "Type": "AWS::EC2::LaunchTemplate",
                "Properties": {"LaunchTemplateData": market},
            },
            "Machine": {
                "Type": "AWS::EC2::Instance",
                "Properties": {
                    "ImageId": "ami-12c6146b",
                    "InstanceType": "t3.micro",
                    "LaunchTemplate": wanted,
                },
            },
        }
    }
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName="one", TemplateBody=json.dumps(template))

    def is_settled() -> bool:
        status = cloudformation.describe_stacks(StackName="one")["Stacks"][0]["StackStatus"]
        return not str(status).endswith("IN_PROGRESS")

    wait_until(is_settled)
    events: list[dict[str, Any]] = cloudformation.describe_stack_events(StackName="one")[
        "StackEvents"
    ]
    return events


def the_instance(aws: EmbeddedAws) -> dict[str, Any]:
    (group,) = aws.client("ec2").describe_instances()["Reservations"]
    found: dict[str, Any] = group["Instances"][0]
    return found


def test_an_instance_of_a_stack_is_what_its_launch_template_says(aws: EmbeddedAws) -> None:
    create_stack(aws, {"InstanceMarketOptions": SPOT})

    instance = the_instance(aws)
    assert instance["InstanceLifecycle"] == "spot"
    assert instance["SpotInstanceRequestId"].startswith("sir-")
    assert (instance["ImageId"], instance["InstanceType"]) == ("ami-12c6146b", "t3.micro")


def test_a_stack_takes_its_launch_template_with_it(aws: EmbeddedAws) -> None:
    create_stack(aws, {"InstanceMarketOptions": SPOT})
    instance_id = the_instance(aws)["InstanceId"]

    aws.client("cloudformation").delete_stack(StackName="one")

    await_state(aws, instance_id, "terminated")
    wait_until(lambda: not aws.client("ec2").describe_launch_templates()["LaunchTemplates"])


def test_a_bid_below_the_price_is_the_reason_in_the_stacks_events(aws: EmbeddedAws) -> None:
    low = {**SPOT, "SpotOptions": {**SPOT["SpotOptions"], "MaxPrice": "0.0001"}}

    events = create_stack(aws, {"InstanceMarketOptions": low})

    reasons = [event.get("ResourceStatusReason", "") for event in events]
    assert any("Your Spot request price of 0.0001 is lower than" in one for one in reasons)


def test_what_a_launch_template_says_beyond_that_is_refused_by_its_name(aws: EmbeddedAws) -> None:
    events = create_stack(aws, {"HibernationOptions": {"Configured": True}})

    reasons = [event.get("ResourceStatusReason", "") for event in events]
    assert any("HibernationOptions of a launch template" in one for one in reasons)


def test_an_instance_without_a_market_is_not_a_spot_instance(aws: EmbeddedAws) -> None:
    assert "InstanceLifecycle" not in describe(aws, launch(aws, ""))


def test_a_one_time_spot_instance_refuses_to_be_stopped_and_runs_on(aws: EmbeddedAws) -> None:
    template_id = make_launch_template(aws, InstanceMarketOptions=SPOT)
    instance_id = launch(aws, "", LaunchTemplate={"LaunchTemplateId": template_id})

    with pytest.raises(ClientError, match="one-time Spot Instance request") as refused:
        aws.client("ec2").stop_instances(InstanceIds=[instance_id])

    assert refused.value.response["Error"]["Code"] == "UnsupportedOperation"
    assert describe(aws, instance_id)["State"]["Name"] == "running"
    aws.client("ec2").terminate_instances(InstanceIds=[instance_id])
    await_state(aws, instance_id, "terminated")


@pytest.mark.parametrize(
    "options",
    [
        {"SpotInstanceType": "persistent", "InstanceInterruptionBehavior": "stop"},
        {"SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "hibernate"},
    ],
)
def test_a_market_that_is_not_modelled_is_refused(
    aws: EmbeddedAws, options: dict[str, str]
) -> None:
    with pytest.raises(ClientError, match="does not model spot instances that are"):
        launch(aws, "", InstanceMarketOptions={"MarketType": "spot", "SpotOptions": options})


def test_a_maximum_price_is_compared_with_the_present_price(tmp_path: Path) -> None:
    settings = Settings(spot_prices={"t3.micro": ((-60, "0.0200"),)})
    with (
        EmbeddedAws(settings, folder=tmp_path / "aws") as aws,
        pytest.raises(ClientError, match=r"fulfillment price of 0\.0200") as refused,
    ):
        launch(aws, "", InstanceMarketOptions=SPOT)
    assert refused.value.response["Error"]["Code"] == "SpotMaxPriceTooLow"
