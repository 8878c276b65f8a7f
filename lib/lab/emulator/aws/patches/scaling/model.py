"""Auto Scaling groups: which instances a group has, and how each goes through its lifecycle."""

import sys
import time
from typing import Any

import timings
from clock import CLOCK
from moto.autoscaling import models
from moto.autoscaling.models import ASG_NAME_TAG, AutoScalingBackend, FakeAutoScalingGroup, autoscaling_backends
from moto.core.utils import utcnow
from moto.ec2.models.instances import Instance

from ..instance_status import is_impaired
from . import hooks
from .hooks import LAUNCHING, TERMINATING
from .launch import launch_instance
from .notice import Notice

# What fills a place of the group: everything on its way in, and what is in service. Standby does not count.
FILLS_A_PLACE = ("Pending", "Pending:Wait", "Pending:Proceed", "InService")
GONE = ("shutting-down", "terminated", "stopping", "stopped")


class Member(models.InstanceState):
    """An instance's membership of its group."""

    def __init__(self, instance: Instance, lifecycle_state: str = "InService", *args: Any, **options: Any) -> None:
        super().__init__(instance, lifecycle_state, *args, **options)
        instance.scaling_member = self
        group = self.auto_scaling_group
        template = group.ec2_launch_template
        # The version of the launch: a later version of the template changes nothing that runs.
        self.template_version = str(template.get_version(group.launch_template_version).number) if template else None
        self.template = template
        self.actions: dict[str, hooks.Action] = {}
        self.activity: Activity | None = None
        self.gone = Notice("healthCheck")
        self.unfit = Notice("healthCheck")
        self.in_service_since = time.monotonic()

    @property
    def launch_template(self) -> dict[str, str] | None:
        if self.template is None:
            return None
        return {
            "LaunchTemplateId": self.template.id,
            "LaunchTemplateName": self.template.name,
            "Version": self.template_version,
        }

    @property
    def fills_a_place(self) -> bool:
        return self.lifecycle_state in FILLS_A_PLACE

    @property
    def is_leaving(self) -> bool:
        return self.lifecycle_state.startswith("Terminating")


class Activity(models.Activity):
    """One launch or termination, as DescribeScalingActivities tells it."""

    def __init__(self, group: FakeAutoScalingGroup, description: str, cause: str) -> None:
        super().__init__(description, f"At {utcnow():%Y-%m-%dT%H:%M:%SZ} {cause}", group)
        self.end_time = None
        self.status_message: str | None = None
        group.activities = [self, *group.activities[:49]]

    def end(self, code: str, message: str | None = None) -> None:
        self.status_code, self.status_message = code, message
        self.progress, self.end_time = 100, utcnow()


def apply() -> None:
    init_group = FakeAutoScalingGroup.__init__

    def init(self: FakeAutoScalingGroup, *args: Any, **options: Any) -> None:
        self.activities = []
        self.deleting = False
        self.next_launch = 0.0
        self.uneven = Notice("capacity")
        init_group(self, *args, **options)

    models.InstanceState = Member
    FakeAutoScalingGroup.__init__ = init
    # moto launches and terminates in this call; here the capacity is a wish that `advance` works towards.
    FakeAutoScalingGroup.set_desired_capacity = set_desired
    FakeAutoScalingGroup.status = property(lambda self: "Delete in progress" if self.deleting else None)
    AutoScalingBackend.notify_terminate_instances = lambda self, instance_ids: None
    hooks.apply()
    CLOCK.every(timings.SCALING_TICK, advance_all)


def set_desired(self: FakeAutoScalingGroup, capacity: int | None) -> None:
    self.desired_capacity = (self.min_size or 0) if capacity is None else capacity


def advance_all() -> None:
    for regions in list(autoscaling_backends.values()):
        for backend in list(regions.values()):
            for group in list(backend.autoscaling_groups.values()):
                advance(group)


def advance(group: FakeAutoScalingGroup) -> None:
    """Takes every member, and then the group, as far as it can go at this moment."""
    before = list(group.instance_states)
    for member in before:
        advance_member(member)
    fill_places(group)
    if before != group.instance_states:
        group.autoscaling_backend.update_attached_elbs(group.name)
        group.autoscaling_backend.update_attached_target_groups(group.name)
    if group.deleting and not group.instance_states:
        remove_group(group)


def advance_member(member: Member) -> None:
    state, group = member.lifecycle_state, member.auto_scaling_group
    if state == "Pending":
        if member.instance.state == "running":
            member.lifecycle_state = "Pending:Wait" if hooks.begin(member, LAUNCHING) else "InService"
            finish_launch(member)
        elif member.instance.state in GONE:
            leave(member, "an instance ended while it was launched", with_hooks=False)
    elif state == "Pending:Wait":
        outcome = hooks.outcome(member)
        if outcome == "CONTINUE":
            member.lifecycle_state = "Pending:Proceed"
        elif outcome == "ABANDON":
            leave(member, "the lifecycle action of a launch was abandoned", with_hooks=False)
        elif is_gone(member) and allowed(group, "ReplaceUnhealthy"):
            leave(member, "an instance ended before it was in service", with_hooks=False)
    elif state == "Pending:Proceed":
        member.lifecycle_state = "InService"
        finish_launch(member)
    elif state == "InService":
        check_health(member)
    elif state == "Terminating":
        waits = hooks.begin(member, TERMINATING)
        member.lifecycle_state = "Terminating:Wait" if waits else "Terminating:Proceed"
    elif state == "Terminating:Wait" and hooks.outcome(member):
        member.lifecycle_state = "Terminating:Proceed"
    if member.lifecycle_state == "Terminating:Proceed":
        end_instance(member)


def allowed(group: FakeAutoScalingGroup, process: str) -> bool:
    return process not in group._suspended_processes


def finish_launch(member: Member) -> None:
    if member.lifecycle_state == "InService":
        member.in_service_since = time.monotonic()
    if member.lifecycle_state == "InService" and member.activity:
        member.activity.end("Successful")
    elif member.activity:
        member.activity.status_code = "MidLifecycleAction"


def is_gone(member: Member) -> bool:
    """Whether the instance ended, long enough ago for Auto Scaling to have noticed."""
    return member.gone.is_due(member.instance.state in GONE)


def is_unfit(member: Member) -> bool:
    """Whether the status checks fail, long enough for Auto Scaling to have noticed. A young member gets its grace."""
    grace = member.auto_scaling_group.health_check_grace_period or 0
    is_young = time.monotonic() - member.in_service_since < grace
    return member.unfit.is_due(is_impaired(member.instance) and not is_young)


def check_health(member: Member) -> None:
    """An unhealthy member stays so, whatever becomes of its instance, and where it is not replaced it stays."""
    group = member.auto_scaling_group
    if allowed(group, "HealthCheck") and (is_gone(member) or is_unfit(member)):
        member.health_status = "Unhealthy"
    if member.health_status == "Unhealthy" and allowed(group, "ReplaceUnhealthy") and allowed(group, "Terminate"):
        leave(member, "an instance was taken out of service in response to a health check")
        group.uneven.now()


def leave(member: Member, cause: str, with_hooks: bool = True) -> None:
    """Starts the end of a member. Its place is free from now on."""
    if member.is_leaving:
        return
    if member.activity and member.activity.end_time is None:
        member.activity.end("Cancelled", cause)
    member.actions = {}
    member.lifecycle_state = "Terminating" if with_hooks else "Terminating:Proceed"
    description = f"Terminating EC2 instance: {member.instance.id}"
    member.activity = Activity(member.auto_scaling_group, description, cause)


def end_instance(member: Member) -> None:
    group = member.auto_scaling_group
    if member.instance.state == "terminated":
        group.instance_states = [other for other in group.instance_states if other is not member]
        member.lifecycle_state = "Terminated"
        if member.activity:
            member.activity.end("Successful")
    elif member.instance.state != "shutting-down":
        member.instance.terminate()


def fill_places(group: FakeAutoScalingGroup) -> None:
    filled = [member for member in group.instance_states if member.fills_a_place]
    missing = 0 if group.deleting else (group.desired_capacity or 0) - len(filled)
    if not group.uneven.is_due(missing != 0):
        return
    if missing > 0 and allowed(group, "Launch") and time.monotonic() >= group.next_launch:
        for _ in range(missing):
            if not launch(group):
                break
    elif missing < 0 and allowed(group, "Terminate"):
        for _ in range(-missing):
            member = choose_to_leave(group)
            if member is None:
                break
            leave(member, "an instance was taken out of service to match the desired capacity")
            advance_member(member)


def launch(group: FakeAutoScalingGroup) -> bool:
    activity = Activity(group, "Launching a new EC2 instance", "an instance was started to match the desired capacity")
    tags = {**group.get_propagated_tags(), ASG_NAME_TAG: group.name}
    try:
        instance = launch_instance(group, choose_subnet(group), tags)
    except Exception as error:
        print(f"{group.name}: {error}", file=sys.stderr, flush=True)
        activity.end("Failed", str(error))
        group.next_launch = time.monotonic() + timings.LAUNCH_RETRY
        return False
    instance.autoscaling_group = group
    member = Member(instance, "Pending", protected_from_scale_in=group.new_instances_protected_from_scale_in)
    activity.description = f"Launching a new EC2 instance: {instance.id}"
    member.activity = activity
    group.instance_states = [*group.instance_states, member]
    return True


def choose_subnet(group: FakeAutoScalingGroup) -> Any:
    """A subnet of the availability zone with the fewest members; the order of the group's subnets breaks a tie."""
    given = (group.vpc_zone_identifier or "").split(",")
    if not given[0]:
        return min(group.availability_zones, key=lambda zone: members_in_zone(group, zone))
    subnets = [group.ec2_backend.get_subnet(subnet_id) for subnet_id in given]
    in_subnet = [m.instance.subnet_id for m in group.instance_states if m.fills_a_place]
    return min(subnets, key=lambda s: (members_in_zone(group, s.availability_zone), in_subnet.count(s.id)))


def members_in_zone(group: FakeAutoScalingGroup, zone: str) -> int:
    return sum(member.fills_a_place and member.availability_zone == zone for member in group.instance_states)


def choose_to_leave(group: FakeAutoScalingGroup) -> Member | None:
    """The oldest unprotected member of the zone with the most of them, as the default policy chooses."""
    filled = [member for member in group.instance_states if member.fills_a_place]
    candidates = [member for member in filled if not member.protected_from_scale_in]
    if not candidates:
        return None
    fullest = max(members_in_zone(group, member.availability_zone) for member in candidates)
    in_fullest = [m for m in candidates if members_in_zone(group, m.availability_zone) == fullest]
    return min(in_fullest, key=lambda m: (int(m.template_version or 0), m.instance.launch_time))


def delete_group(group: FakeAutoScalingGroup) -> None:
    """Ends all members, without their hooks, and then the group."""
    group.deleting = True
    for member in group.instance_states:
        member.lifecycle_state = "Terminating:Proceed"
    advance(group)


def remove_group(group: FakeAutoScalingGroup) -> None:
    backend = group.autoscaling_backend
    backend.autoscaling_groups.pop(group.name, None)
    for hook in hooks.hooks_of(group):
        backend.lifecycle_hooks.pop(f"{group.name}_{hook.name}", None)
