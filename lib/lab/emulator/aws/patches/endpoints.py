"""VPC endpoints: their interfaces carry their security groups and go with them; routes follow the route tables."""

from typing import Any

from moto.ec2.models.vpcs import VPCBackend, VPCEndPoint


def apply() -> None:
    create = VPCBackend.create_vpc_endpoint
    delete = VPCBackend.delete_vpc_endpoints
    modify = VPCEndPoint.modify

    def create_vpc_endpoint(self: VPCBackend, *args: Any, **options: Any) -> VPCEndPoint:
        endpoint = create(self, *args, **options)
        follow(endpoint)
        return endpoint

    def modify_endpoint(self: VPCEndPoint, *args: Any, **options: Any) -> None:
        before = set(self.route_table_ids)
        modify(self, *args, **options)
        follow(self)
        if self.destination_prefix_list_id:
            for route_table_id in before - set(self.route_table_ids):
                self.ec2_backend.delete_route(route_table_id, self.destination_prefix_list_id)
            for route_table_id in set(self.route_table_ids) - before:
                self.ec2_backend.create_route(
                    route_table_id,
                    None,
                    gateway_id=self.id,
                    destination_prefix_list_id=self.destination_prefix_list_id,
                )

    def delete_vpc_endpoints(self: VPCBackend, vpce_ids: list[str] | None = None) -> None:
        endpoints = [self.vpc_end_points[vpce_id] for vpce_id in vpce_ids or [] if vpce_id in self.vpc_end_points]
        interfaces = [eni_id for endpoint in endpoints for eni_id in endpoint.network_interface_ids]
        for eni_id in interfaces:
            if eni_id in self.enis:
                self.delete_network_interface(eni_id)
        delete(self, vpce_ids)
        for endpoint in endpoints:
            del self.vpc_end_points[endpoint.id]

    VPCBackend.create_vpc_endpoint = create_vpc_endpoint
    VPCBackend.delete_vpc_endpoints = delete_vpc_endpoints
    VPCEndPoint.modify = modify_endpoint


def follow(endpoint: VPCEndPoint) -> None:
    backend = endpoint.ec2_backend
    groups = [backend.get_security_group_from_id(group_id) for group_id in endpoint.security_group_ids]
    for eni_id in endpoint.network_interface_ids:
        if groups and eni_id in backend.enis:
            backend.enis[eni_id]._group_set = groups
