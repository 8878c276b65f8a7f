"""Auto Scaling's requests: what moto's ignores or lacks, and the rules that AWS checks."""

from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult

from .. import new_roles
from . import model
from .model import Member, advance

# Settings that change nothing else, and the group's attribute that DescribeAutoScalingGroups reads.
PLAIN_SETTINGS = {
    "CapacityRebalance": "capacity_rebalance",
    "Context": "context",
    "DefaultCooldown": "default_cooldown",
    "DefaultInstanceWarmup": "default_instance_warmup",
    "DesiredCapacityType": "desired_capacity_type",
    "HealthCheckGracePeriod": "health_check_grace_period",
    "HealthCheckType": "health_check_type",
    "InstanceMaintenancePolicy": "instance_maintenance_policy",
    "MaxInstanceLifetime": "max_instance_lifetime",
    "NewInstancesProtectedFromScaleIn": "new_instances_protected_from_scale_in",
    "PlacementGroup": "placement_group",
    "ServiceLinkedRoleARN": "service_linked_role_arn",
    "TerminationPolicies": "termination_policies",
}


def apply() -> None:
    create_at_once = AutoScalingResponse.create_auto_scaling_group

    def create_auto_scaling_group(self: AutoScalingResponse) -> ActionResult:
        given = self._get_params()
        if given["AutoScalingGroupName"] in self.autoscaling_backend.autoscaling_groups:
            raise AutoscalingClientError(
                "AlreadyExists", "AutoScalingGroup by this name already exists - A group by this name already exists"
            )
        check_sizes(given["MinSize"], given["MaxSize"], given.get("DesiredCapacity"))
        new_roles.check_profile(self.autoscaling_backend.ec2_backend, given.get("LaunchTemplate"))
        create_at_once(self)
        group = find_group(self.autoscaling_backend, given)
        # No grace period is none; only the console suggests one.
        set_plainly(group, {"HealthCheckGracePeriod": 0, **given})
        for hook in given.get("LifecycleHookSpecificationList", []):
            self.autoscaling_backend.put_hook(group.name, hook)
        advance(group)
        return EmptyResult()

    AutoScalingResponse.create_auto_scaling_group = create_auto_scaling_group
    AutoScalingResponse.update_auto_scaling_group = update_auto_scaling_group
    AutoScalingResponse.delete_auto_scaling_group = delete_auto_scaling_group
    AutoScalingResponse.set_desired_capacity = set_desired_capacity
    AutoScalingResponse.put_lifecycle_hook = put_lifecycle_hook
    AutoScalingResponse.complete_lifecycle_action = complete_lifecycle_action
    AutoScalingResponse.record_lifecycle_action_heartbeat = record_lifecycle_action_heartbeat
    AutoScalingResponse.terminate_instance_in_auto_scaling_group = terminate_instance
    AutoScalingResponse.describe_scaling_activities = describe_scaling_activities
    # A mixed group has no launch template of its own, and AWS leaves the version out when none was given.
    own_template = FakeAutoScalingGroup.launch_template.fget
    FakeAutoScalingGroup.launch_template = property(
        lambda group: None if group.mixed_instances_policy else own_template(group)
    )


def find_group(backend: AutoScalingBackend, given: dict[str, Any]) -> FakeAutoScalingGroup:
    group = backend.autoscaling_groups.get(given["AutoScalingGroupName"])
    if group is None:
        raise ValidationError("AutoScalingGroup name not found - null")
    return group


def check_sizes(least: int, most: int, desired: int | None) -> None:
    if least > most:
        raise ValidationError(f"Max bound, {most}, must be greater than or equal to min bound, {least}")
    if desired is not None and not least <= desired <= most:
        raise ValidationError(
            f"Desired capacity:{desired} must be between the specified min size:{least} and max size:{most}"
        )


def set_plainly(group: FakeAutoScalingGroup, given: dict[str, Any]) -> None:
    for parameter, attribute in PLAIN_SETTINGS.items():
        if parameter in given:
            setattr(group, attribute, given[parameter])


def update_auto_scaling_group(self: AutoScalingResponse) -> ActionResult:
    """Changes what the request names and nothing else."""
    given = self._get_params()
    group = find_group(self.autoscaling_backend, given)
    least, most = given.get("MinSize", group.min_size), given.get("MaxSize", group.max_size)
    check_sizes(least, most, given.get("DesiredCapacity"))
    if given.get("VPCZoneIdentifier") or given.get("AvailabilityZones"):
        group._set_azs_and_vpcs(given.get("AvailabilityZones", []), given.get("VPCZoneIdentifier"), update=True)
    template, mixed = given.get("LaunchTemplate"), given.get("MixedInstancesPolicy")
    if template or mixed or given.get("LaunchConfigurationName"):
        group.mixed_instances_policy = mixed
        group._set_launch_configuration(given.get("LaunchConfigurationName"), template, mixed)
    set_plainly(group, given)
    group.min_size, group.max_size = least, most
    # Bounds that leave no room for the capacity move it.
    group.desired_capacity = given.get("DesiredCapacity", min(max(group.desired_capacity, least), most))
    advance(group)
    return EmptyResult()


def delete_auto_scaling_group(self: AutoScalingResponse) -> ActionResult:
    given = self._get_params()
    group = find_group(self.autoscaling_backend, given)
    if group.instance_states and not given.get("ForceDelete"):
        raise AutoscalingClientError(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
            "still in the group.",
        )
    model.delete_group(group)
    return EmptyResult()


def set_desired_capacity(self: AutoScalingResponse) -> ActionResult:
    given = self._get_params()
    group = find_group(self.autoscaling_backend, given)
    desired = given["DesiredCapacity"]
    if desired < group.min_size:
        raise ValidationError(f"New SetDesiredCapacity value {desired} is below min value {group.min_size}")
    if desired > group.max_size:
        raise ValidationError(f"New SetDesiredCapacity value {desired} is above max value {group.max_size}")
    group.set_desired_capacity(desired)
    advance(group)
    return EmptyResult()


def put_lifecycle_hook(self: AutoScalingResponse) -> ActionResult:
    given = self._get_params()
    self.autoscaling_backend.put_hook(given["AutoScalingGroupName"], given)
    return EmptyResult()


def complete_lifecycle_action(self: AutoScalingResponse) -> ActionResult:
    given = self._get_params()
    self.autoscaling_backend.complete_action(given)
    advance(find_group(self.autoscaling_backend, given))
    return EmptyResult()


def record_lifecycle_action_heartbeat(self: AutoScalingResponse) -> ActionResult:
    self.autoscaling_backend.record_heartbeat(self._get_params())
    return EmptyResult()


def terminate_instance(self: AutoScalingResponse) -> ActionResult:
    given = self._get_params()
    member = find_member(self.autoscaling_backend, given["InstanceId"])
    group = member.auto_scaling_group
    if given.get("ShouldDecrementDesiredCapacity") and not member.is_leaving:
        if group.desired_capacity <= group.min_size:
            raise ValidationError(
                f"Currently, desiredSize equals minSize ({group.min_size}). Terminating instance without replacement "
                "will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or "
                "lower group's min size."
            )
        group.desired_capacity -= 1
    model.leave(member, "an instance was taken out of service in response to a user request")
    advance(group)
    return ActionResult({"Activity": member.activity})


def find_member(backend: AutoScalingBackend, instance_id: str) -> Member:
    for member in backend.describe_auto_scaling_instances([instance_id]):
        return member
    raise ValidationError(f"Instance Id not found - No managed instance found for instance ID: {instance_id}")


def describe_scaling_activities(self: AutoScalingResponse) -> ActionResult:
    given = self._get_params()
    name, wanted = given.get("AutoScalingGroupName"), given.get("ActivityIds")
    groups = [g for g in self.autoscaling_backend.autoscaling_groups.values() if name in (None, g.name)]
    activities = [a for g in groups for a in g.activities if not wanted or a.activity_id in wanted]
    return ActionResult({"Activities": activities[: given.get("MaxRecords") or 100]})
