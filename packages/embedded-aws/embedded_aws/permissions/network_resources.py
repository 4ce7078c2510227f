"""What CloudFormation needs to create and delete the network of a stack.

The lists are those of the handlers of the AWS::EC2 resource types.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_aws.permissions.actions.ec2 import resource_arn
from embedded_aws.permissions.documents import Demand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from embedded_aws.permissions.deployment_resources import Described


def _calls(kind: str, *actions: str) -> Callable[[Any], Iterable[Demand]]:
    """Return what calls about one kind of resource need."""

    def demands(resource: Described) -> Iterable[Demand]:
        own = resource_arn(resource.region, kind, "*")
        for action in actions:
            if action == "CreateTags" and not resource.properties.get("Tags"):
                continue
            yield Demand(f"ec2:{action}", "*" if action.startswith("Describe") else own)

    return demands


NETWORK_CREATION: dict[str, Callable[[Any], Iterable[Demand]]] = {
    "AWS::EC2::InternetGateway": _calls(
        "internet-gateway", "CreateInternetGateway", "CreateTags", "DescribeInternetGateways"
    ),
    "AWS::EC2::Route": _calls("route-table", "CreateRoute", "DescribeRouteTables"),
    "AWS::EC2::RouteTable": _calls(
        "route-table", "CreateRouteTable", "CreateTags", "DescribeRouteTables"
    ),
    "AWS::EC2::SecurityGroup": _calls(
        "security-group",
        "CreateSecurityGroup",
        "CreateTags",
        "AuthorizeSecurityGroupEgress",
        "RevokeSecurityGroupEgress",
        "DescribeSecurityGroups",
    ),
    "AWS::EC2::Subnet": _calls(
        "subnet", "CreateSubnet", "CreateTags", "ModifySubnetAttribute", "DescribeSubnets"
    ),
    "AWS::EC2::SubnetRouteTableAssociation": _calls(
        "route-table", "AssociateRouteTable", "DescribeRouteTables"
    ),
    "AWS::EC2::VPC": _calls(
        "vpc",
        "CreateVpc",
        "CreateTags",
        "ModifyVpcAttribute",
        "DescribeVpcAttribute",
        "DescribeVpcs",
    ),
    "AWS::EC2::VPCEndpoint": _calls("vpc-endpoint", "CreateVpcEndpoint", "DescribeVpcEndpoints"),
    "AWS::EC2::VPCGatewayAttachment": _calls(
        "internet-gateway", "AttachInternetGateway", "DescribeInternetGateways"
    ),
}
NETWORK_DELETION: dict[str, Callable[[Any], Iterable[Demand]]] = {
    "AWS::EC2::InternetGateway": _calls(
        "internet-gateway", "DeleteInternetGateway", "DescribeInternetGateways"
    ),
    "AWS::EC2::Route": _calls("route-table", "DeleteRoute", "DescribeRouteTables"),
    "AWS::EC2::RouteTable": _calls("route-table", "DeleteRouteTable", "DescribeRouteTables"),
    "AWS::EC2::SecurityGroup": _calls(
        "security-group", "DeleteSecurityGroup", "DescribeSecurityGroups"
    ),
    "AWS::EC2::Subnet": _calls(
        "subnet", "DeleteSubnet", "DescribeSubnets", "DescribeNetworkInterfaces"
    ),
    "AWS::EC2::SubnetRouteTableAssociation": _calls(
        "route-table", "DisassociateRouteTable", "DescribeRouteTables"
    ),
    "AWS::EC2::VPC": _calls("vpc", "DeleteVpc", "DescribeVpcs"),
    "AWS::EC2::VPCEndpoint": _calls("vpc-endpoint", "DeleteVpcEndpoints", "DescribeVpcEndpoints"),
    "AWS::EC2::VPCGatewayAttachment": _calls(
        "internet-gateway", "DetachInternetGateway", "DescribeInternetGateways"
    ),
}
