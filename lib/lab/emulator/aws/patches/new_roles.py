"""IAM is eventually consistent: what was just made is not known everywhere yet."""

from datetime import datetime, timedelta
from typing import Any

import timings
from moto.autoscaling.exceptions import ValidationError
from moto.core.utils import utcnow
from moto.ec2.models import EC2Backend
from moto.iam.models import Role, iam_backends


def refused_until(role: Role) -> datetime:
    """Until when requests of the role's instances are refused; in the past for a role that is known everywhere."""
    if "refused_for" not in role.__dict__:
        role.refused_for = timedelta(seconds=timings.draw("newRole"))
    return role.create_date + role.refused_for


def check_profile(backend: EC2Backend, template: dict[str, Any] | None) -> None:
    """Refuses a launch template of a group whose instance profile is as new as that, in Auto Scaling's words."""
    if not template:
        return
    by_id, by_name = template.get("LaunchTemplateId"), template.get("LaunchTemplateName")
    found = backend.get_launch_template(by_id) if by_id else backend.get_launch_template_by_name(by_name)
    profile = found.get_version(template.get("Version", "$Default")).data.get("IamInstanceProfile") or {}
    name = profile.get("Name") or str(profile.get("Arn", "")).rpartition("/")[2]
    known = iam_backends[backend.account_id][backend.partition].instance_profiles.values()
    roles = [role for each in known if name and each.name == name for role in each.roles]
    if any(utcnow() < refused_until(role) for role in roles):
        raise ValidationError(
            f"You must use a valid fully-formed launch template. Value ({name}) for parameter iamInstanceProfile.name "
            "is invalid. Invalid IAM Instance Profile name"
        )
