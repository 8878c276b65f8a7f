"""What the front needs to judge requests of instances: their roles' policies, and what requests name only half."""

from collections.abc import Iterator
from typing import Any

from moto.autoscaling.models import autoscaling_backends
from moto.dynamodb.models import dynamodb_backends
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.secretsmanager.models import secretsmanager_backends
from patches.new_roles import refused_until
from state import instance_profile


def account_policies() -> dict[str, Any]:
    """Instances with their roles, roles with their policies as they stand, groups, tables and secrets by ARN."""
    return {
        "instances": [_instance(each) for backend in _all(ec2_backends) for each in backend.all_instances()],
        "roles": [_role(backend, role) for backend in _all(iam_backends) for role in backend.roles.values()],
        "groups": [
            {"name": group.name, "arn": group.arn}
            for backend in _all(autoscaling_backends)
            for group in backend.autoscaling_groups.values()
        ],
        "tables": [
            {"arn": table.table_arn, "hashKey": table.hash_key_attr}
            for backend in _all(dynamodb_backends)
            for table in backend.tables.values()
        ],
        "secrets": [
            {"name": secret.name, "arn": secret.arn}
            for backend in _all(secretsmanager_backends)
            for secret in dict.values(backend.secrets)
        ],
    }


def _all(backends: Any) -> Iterator[Any]:
    for regions in list(backends.values()):
        yield from list(regions.values())


def _instance(instance: Any) -> dict[str, Any]:
    member = getattr(instance, "scaling_member", None)
    profile = instance_profile(instance)
    return {
        "id": instance.id,
        "privateIp": instance.private_ip_address,
        "roleName": profile.roles[0].name if profile and profile.roles else None,
        "groupArn": member.auto_scaling_group.arn if member else None,
    }


def _role(backend: Any, role: Any) -> dict[str, Any]:
    boundary = role.permissions_boundary_arn
    known = backend.managed_policies.get(boundary) if boundary else None
    inline = [{"name": name, "document": document} for name, document in role.policies.items()]
    attached = [{"name": policy.name, "document": policy.document} for policy in role.managed_policies.values()]
    return {
        "name": role.name,
        "id": role.id,
        "arn": role.arn,
        "refusedUntil": f"{refused_until(role).isoformat()}Z",
        "policies": [*inline, *attached],
        # A boundary that the account does not have allows nothing.
        "boundary": {"name": boundary, "document": known.document if known else ""} if boundary else None,
    }
