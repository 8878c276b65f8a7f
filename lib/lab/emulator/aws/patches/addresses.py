"""Private addresses: every one comes from its subnet, belongs to one interface and goes back when that is deleted."""

import ipaddress
from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
from moto.ec2.models.nat_gateways import NatGateway, NatGatewayBackend
from moto.ec2.models.subnets import Subnet, SubnetBackend

# AWS keeps the network's own address, its router, its resolver and one more at the start, and the broadcast address.
RESERVED_AT_START = 4
RESERVED_AT_END = 1


def apply() -> None:
    Subnet.get_available_subnet_ip = next_free_address
    create_interface = NetworkInterfaceBackend.create_network_interface
    delete_interface = NetworkInterfaceBackend.delete_network_interface
    delete_subnet = SubnetBackend.delete_subnet
    delete_nat_gateway = NatGatewayBackend.delete_nat_gateway

    def create_network_interface(
        self: NetworkInterfaceBackend, subnet: Any, private_ip_address: Any, *args: Any, **options: Any
    ) -> NetworkInterface:
        if isinstance(subnet, str):
            subnet = self.get_subnet(subnet)
        wanted = private_ip_address[0] if isinstance(private_ip_address, list) else private_ip_address
        # moto gives gateways and endpoints an address from anywhere.
        if not wanted or ipaddress.ip_address(wanted) not in subnet.cidr:
            wanted = subnet.get_available_subnet_ip(None)
        interface = create_interface(self, subnet, wanted, *args, **options)
        for address in interface.private_ip_addresses:
            subnet._subnet_ips.setdefault(address["PrivateIpAddress"], interface)
        return interface

    def delete_network_interface(self: NetworkInterfaceBackend, eni_id: str) -> None:
        interface = self.get_network_interface(eni_id)
        delete_interface(self, eni_id)
        for address in interface.private_ip_addresses:
            interface.subnet.del_subnet_ip(address["PrivateIpAddress"])

    def delete_unused_subnet(self: SubnetBackend, subnet_id: str) -> Subnet:
        if any(interface.subnet.id == subnet_id for interface in self.enis.values()):
            raise DependencyViolationError(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
        return delete_subnet(self, subnet_id)

    def delete_nat_gateway_and_interface(self: NatGatewayBackend, nat_gateway_id: str) -> NatGateway:
        gateway = delete_nat_gateway(self, nat_gateway_id)
        for address in [a for a in self.addresses if a.eni is gateway._eni]:
            self.disassociate_address(association_id=address.association_id)
        if gateway._eni.id in self.enis:
            self.delete_network_interface(gateway._eni.id)
        return gateway

    NetworkInterfaceBackend.create_network_interface = create_network_interface
    NetworkInterfaceBackend.delete_network_interface = delete_network_interface
    SubnetBackend.delete_subnet = delete_unused_subnet
    NatGatewayBackend.delete_nat_gateway = delete_nat_gateway_and_interface


def next_free_address(self: Subnet, instance: Any) -> str:
    """The next free address after the last one given, so that a released address is not reused at once."""
    usable = self.cidr.num_addresses - RESERVED_AT_START - RESERVED_AT_END
    last = getattr(self, "last_offset", -1)
    for step in range(1, usable + 1):
        offset = (last + step) % usable
        address = self.cidr.network_address + RESERVED_AT_START + offset
        if str(address) not in self._subnet_ips and address not in self._reserved_ips:
            self.last_offset = offset
            self._subnet_ips[str(address)] = instance
            return str(address)
    raise EC2ClientError(
        "InsufficientFreeAddressesInSubnet", f"There are not enough free addresses in subnet '{self.id}'."
    )
