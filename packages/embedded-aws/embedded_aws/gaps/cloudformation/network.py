"""The parts of a network in a stack are deleted with it.

moto leaves gateways, route tables, routes, associations and endpoints, which then keep the VPC.
"""

from collections.abc import Callable
from typing import Any

from moto.cloudformation.parsing import ResourceMap
from moto.ec2.models import ec2_backends
from moto.ec2.models.internet_gateways import InternetGateway
from moto.ec2.models.route_tables import Route, RouteTable
from moto.ec2.models.subnets import SubnetRouteTableAssociation
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.models.vpn_gateway import VPCGatewayAttachment

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the deletion of a stack's resource."""
    wrap(ResourceMap, "_delete_resource", _make_delete)


def _make_delete(original: Any) -> Any:
    def delete_resource(self: Any, parsed_resource: Any, resource_json: Any) -> None:
        delete = _DELETIONS.get(type(parsed_resource))
        if delete is None:
            original(self, parsed_resource, resource_json)
        else:
            delete(ec2_backends[self._account_id][self._region_name], parsed_resource)

    return delete_resource


def _delete_association(backend: Any, association: Any) -> None:
    table = backend.get_route_table(association.route_table_id)
    for one, subnet_id in list(table._associations.items()):
        if subnet_id == association.subnet_id:
            backend.disassociate_route_table(one)


def _detach(backend: Any, attachment: Any) -> None:
    if attachment.gateway_id.startswith("igw-"):
        backend.detach_internet_gateway(attachment.gateway_id, attachment.vpc_id)
    else:
        backend.detach_vpn_gateway(attachment.gateway_id, attachment.vpc_id)


def _delete_route(_backend: Any, route: Any) -> None:
    route.route_table._routes.pop(route.id, None)


_DELETIONS: dict[type, Callable[[Any, Any], object]] = {
    InternetGateway: lambda backend, one: backend.delete_internet_gateway(one.id),
    Route: _delete_route,
    RouteTable: lambda backend, one: backend.delete_route_table(one.id),
    SubnetRouteTableAssociation: _delete_association,
    VPCEndPoint: lambda backend, one: backend.delete_vpc_endpoints([one.id]),
    VPCGatewayAttachment: _detach,
}
