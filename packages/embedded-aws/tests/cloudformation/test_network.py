import json

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, settled
from embedded_aws_helpers.roles import allow, client_that_may


def test_the_network_of_a_stack_is_deleted_with_it(aws: EmbeddedAws) -> None:
    ec2 = aws.client("ec2")
    before = {one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"]}
    vpc, gateway, routes, subnet = ({"Ref": one} for one in ("Vpc", "Gateway", "Routes", "Subnet"))
    stack = create_stack(
        aws,
        {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            "Gateway": {"Type": "AWS::EC2::InternetGateway"},
            "Attachment": {
                "Type": "AWS::EC2::VPCGatewayAttachment",
                "Properties": {"VpcId": vpc, "InternetGatewayId": gateway},
            },
            "Routes": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": vpc}},
            "Route": {
                "Type": "AWS::EC2::Route",
                "DependsOn": "Attachment",
                "Properties": {
                    "RouteTableId": routes,
                    "DestinationCidrBlock": "0.0.0.0/0",
                    "GatewayId": gateway,
                },
            },
            "Subnet": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": vpc, "CidrBlock": "10.0.0.0/24"},
            },
            "Association": {
                "Type": "AWS::EC2::SubnetRouteTableAssociation",
                "Properties": {"SubnetId": subnet, "RouteTableId": routes},
            },
            "Endpoint": {
                "Type": "AWS::EC2::VPCEndpoint",
                "Properties": {
                    "VpcEndpointType": "Gateway",
                    "VpcId": vpc,
                    "ServiceName": "com.amazonaws.us-east-1.s3",
                    "RouteTableIds": [routes],
                },
            },
        },
    )
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    assert {one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"]} != before

    deleted(aws, stack)

    assert {one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"]} == before
    gateways = ec2.describe_internet_gateways()["InternetGateways"]
    assert [one for one in gateways if one["Attachments"] == []] == []


def test_a_network_needs_rights_which_may_be_limited_to_cloudformation(
    strict_aws: EmbeddedAws,
) -> None:
    through = {"ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}}
    group = {
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": "none",
                "Tags": [{"Key": "a", "Value": "b"}],
            },
        }
    }
    making = ["CreateSecurityGroup", "CreateTags", "DeleteSecurityGroup"]
    rules = ["AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress"]
    rights = (
        allow("cloudformation:*"),
        allow("ec2:DescribeSecurityGroups"),
        allow([f"ec2:{one}" for one in (*making, *rules)], Condition=through),
    )
    formation = client_that_may(strict_aws, "cloudformation", *rights)
    template = json.dumps({"Resources": group})
    stack = formation.create_stack(StackName="own", TemplateBody=template)["StackId"]
    assert settled(strict_aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    less = client_that_may(strict_aws, "cloudformation", *rights[:2])
    refused = less.create_stack(StackName="none", TemplateBody=template)["StackId"]
    assert settled(strict_aws, refused)["StackStatus"] == "ROLLBACK_COMPLETE"
    events = strict_aws.client("cloudformation").describe_stack_events(StackName=refused)
    reasons = [one.get("ResourceStatusReason", "") for one in events["StackEvents"]]
    assert any("not authorized to perform: ec2:CreateSecurityGroup" in one for one in reasons)
