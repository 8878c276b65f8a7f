"""The emulated account as the lab's hosts need it: networks, instances and firewall rules, with a version."""

import json
from collections.abc import Iterator
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance
from moto.ec2.models.security_groups import SecurityGroupRule

_last: dict[str, Any] = {"version": 0, "text": ""}


def account_state() -> dict[str, Any]:
    """Everything at this moment. `version` grows by one whenever the answer differs from the one before."""
    backends = [backend for regions in list(ec2_backends.values()) for backend in list(regions.values())]
    state: dict[str, Any] = {
        "vpcs": [vpc for backend in backends for vpc in _vpcs(backend)],
        "subnets": [subnet for backend in backends for subnet in _subnets(backend)],
        "instances": [_instance(instance) for backend in backends for instance in backend.all_instances()],
        "rules": [rule for backend in backends for rule in _rules(backend)],
    }
    text = json.dumps(state, sort_keys=True)
    if text != _last["text"]:
        _last.update(version=_last["version"] + 1, text=text)
    return {"version": _last["version"], **state}


def _own_vpcs(backend: Any) -> list[Any]:
    # Every account has a default network in every region; no host of the lab is ever in it.
    return [vpc for vpc in backend.vpcs.values() if not vpc.is_default]


def _vpcs(backend: Any) -> Iterator[dict[str, Any]]:
    for vpc in _own_vpcs(backend):
        yield {"id": vpc.id, "cidr": vpc.cidr_block, "dnsHostnames": bool(vpc.enable_dns_hostnames)}


def _subnets(backend: Any) -> Iterator[dict[str, Any]]:
    own = {vpc.id for vpc in _own_vpcs(backend)}
    for by_id in backend.subnets.values():
        for subnet in by_id.values():
            if subnet.vpc_id in own:
                yield {
                    "id": subnet.id,
                    "vpcId": subnet.vpc_id,
                    "cidr": subnet.cidr_block,
                    "availabilityZone": subnet.availability_zone,
                }


def _instance(instance: Instance) -> dict[str, Any]:
    member = getattr(instance, "scaling_member", None)
    profile = instance_profile(instance)
    role = profile.roles[0] if profile and profile.roles else None
    groups = instance.nics[0].group_set if 0 in instance.nics else instance.security_groups
    return {
        "id": instance.id,
        "state": instance.state,
        "vpcId": instance.vpc_id,
        "subnetId": instance.subnet_id,
        "availabilityZone": instance.availability_zone,
        "privateIp": instance.private_ip_address,
        "publicIp": instance.public_ip_address,
        "securityGroupIds": sorted(group.id for group in groups),
        "userData": str(instance.user_data) if instance.user_data else None,
        "instanceType": instance.instance_type,
        "imageId": instance.image_id,
        "instanceProfileName": profile.name if profile else None,
        "roleName": role.name if role else None,
        "roleId": role.id if role else None,
        "tags": {tag["key"]: tag["value"] for tag in instance.get_tags()},
        "autoScalingGroup": member.auto_scaling_group_name if member else None,
        "lifecycleState": member.lifecycle_state if member else None,
        "launchTemplateVersion": member.template_version if member else None,
        "httpTokens": instance.metadata_options.http_tokens,
        "httpPutResponseHopLimit": instance.metadata_options.http_put_response_hop_limit,
        "spotAction": getattr(instance, "spot_action", None),
        "launchTime": f"{instance.launch_time.isoformat()}Z",
    }


def instance_profile(instance: Instance) -> Any:
    """The profile as IAM knows it: an instance itself carries no more than its ARN."""
    association = instance.ec2_backend.iam_instance_profile_associations.get(instance.id)
    return association.iam_instance_profile if association else None


def _rules(backend: Any) -> Iterator[dict[str, Any]]:
    own = {vpc.id for vpc in _own_vpcs(backend)}
    for vpc_id, groups in backend.groups.items():
        if vpc_id in own:
            for group in groups.values():
                for rule in [*group.ingress_rules, *group.egress_rules]:
                    yield _rule(rule)


def _rule(rule: SecurityGroupRule) -> dict[str, Any]:
    return {
        "groupId": rule.group_id,
        "direction": "egress" if rule.is_egress else "ingress",
        "protocol": rule.ip_protocol,
        "fromPort": rule.from_port,
        "toPort": rule.to_port,
        "cidr": rule.cidr_ipv4 or rule.cidr_ipv6,
        "sourceGroupId": rule.source_group.get("GroupId"),
    }
