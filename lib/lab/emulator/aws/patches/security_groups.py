"""Security group rules: protocols without ports, one id a rule, descriptions of every kind, and groups in use."""

import itertools
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import (
    DependencyViolationError,
    InvalidSecurityGroupNotFoundError,
    InvalidSecurityGroupRuleIdNotFoundError,
)
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupBackend, SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups

WITH_PORTS = {"tcp", "6", "udp", "17", "icmp", "1", "icmpv6", "58"}


def apply() -> None:
    init_rule = SecurityGroupRule.__init__
    delete_group = SecurityGroupBackend.delete_security_group

    def init(
        self: SecurityGroupRule,
        ec2_backend: Any,
        ip_protocol: str,
        group_id: str,
        from_port: Any,
        to_port: Any,
        *args: Any,
        **options: Any,
    ) -> None:
        ports = str(ip_protocol).lower() in WITH_PORTS
        # The ports of any other protocol are ignored, whatever they are, as AWS does.
        first, last = (from_port, to_port) if ports else (0, 0)
        init_rule(self, ec2_backend, ip_protocol, group_id, first, last, *args, **options)
        if not ports:
            self.from_port = self.to_port = None
        # The range, the group or the prefix list carries the description of the rule.
        described = [part for part in (*args, options.get("prefix_list_id")) if isinstance(part, dict)]
        self.text = next((part["Description"] for part in described if part.get("Description")), None)

    def delete_unused_group(self: SecurityGroupBackend, name: str | None = None, group_id: str | None = None) -> None:
        group = self.get_security_group_by_name_or_id(group_id or name)
        if group and in_use(self, group):
            raise DependencyViolationError(f"resource {group.id} has a dependent object")
        delete_group(self, name, group_id)

    SecurityGroupRule.__init__ = init
    SecurityGroupRule.__eq__ = lambda self, other: isinstance(other, SecurityGroupRule) and key(self) == key(other)
    SecurityGroupRule.__hash__ = object.__hash__
    SecurityGroupRule.description = property(lambda self: self.text)
    SecurityGroupBackend.delete_security_group = delete_unused_group
    SecurityGroupBackend.modify_security_group_rules = modify_rules
    SecurityGroupBackend._sg_update_description = lambda self, given, rule: setattr(rule, "text", given.text)
    SecurityGroups.authorize_security_group_ingress = authorize("authorize_security_group_ingress")
    SecurityGroups.authorize_security_group_egress = authorize("authorize_security_group_egress")


def key(rule: SecurityGroupRule) -> tuple[Any, ...]:
    """What makes two rules the same: everything but the description and the tags."""
    return (
        rule.is_egress,
        rule.ip_protocol,
        rule.from_port,
        rule.to_port,
        rule.cidr_ipv4,
        rule.cidr_ipv6,
        rule.source_group.get("GroupId"),
        rule.prefix_list_id,
    )


def authorize(name: str) -> Callable[[SecurityGroups], ActionResult]:
    def respond(self: SecurityGroups) -> ActionResult:
        self.error_on_dryrun()
        permissions = list(self._process_rules_from_querystring())
        added = [getattr(self.ec2_backend, name)(**permission)[0] for permission in permissions]
        return ActionResult({"Return": True, "SecurityGroupRules": list(itertools.chain(*added))})

    return respond


def in_use(backend: Any, group: SecurityGroup) -> bool:
    if any(group in interface.group_set for interface in backend.enis.values()):
        return True
    others = [other for groups in backend.groups.values() for other in groups.values() if other is not group]
    return any(
        rule.source_group.get("GroupId") == group.id
        for other in others
        for rule in itertools.chain(other.ingress_rules, other.egress_rules)
    )


def modify_rules(self: SecurityGroupBackend, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    """Replaces each rule by what is given, with its id and tags kept."""
    group = self.get_security_group_by_name_or_id(group_id)
    if group is None:
        raise InvalidSecurityGroupNotFoundError(group_id)
    for rule_id, given in rules.items():
        rule = group.get_rule(rule_id)
        if rule is None:
            raise InvalidSecurityGroupRuleIdNotFoundError(rule_id)
        source = {"GroupId": given["ReferencedGroupId"]} if given.get("ReferencedGroupId") else {}
        cidrs = {"CidrIp": given.get("CidrIpv4"), "CidrIpv6": given.get("CidrIpv6")}
        prefix_list = {"PrefixListId": given["PrefixListId"]} if given.get("PrefixListId") else None
        rule.__init__(
            self,
            given["IpProtocol"],
            group.id,
            given.get("FromPort"),
            given.get("ToPort"),
            {name: cidr for name, cidr in cidrs.items() if cidr},
            self._add_source_group([source], group.vpc_id)[0] if source else None,
            prefix_list,
            is_egress=rule.is_egress,
            tags={tag["key"]: tag["value"] for tag in rule.get_tags()},
        )
        rule.id = rule_id
        rule.text = given.get("Description")
