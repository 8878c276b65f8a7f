"""Lifecycle hooks: a member waits until somebody completes its action, the action times out or its hook is deleted."""

import time
from typing import Any

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup
from moto.moto_api._internal import mock_random

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
# However often the heartbeat is extended, an action ends after two days, or after 100 heartbeats if that is less.
LONGEST = 172_800


class Hook:
    """A lifecycle hook as it was put; a second put changes only what it names."""

    def __init__(self, group_name: str, name: str, transition: str) -> None:
        self.name = self.lifecycle_hook_name = name
        self.auto_scaling_group_name = group_name
        self.lifecycle_transition = transition
        self.heartbeat_timeout = 3600
        self.default_result = "ABANDON"
        self.notification_target_arn: str | None = None
        self.notification_metadata: str | None = None
        self.role_arn: str | None = None

    @property
    def global_timeout(self) -> int:
        return min(LONGEST, 100 * self.heartbeat_timeout)

    def put(self, settings: dict[str, Any]) -> None:
        for parameter, attribute in {
            "LifecycleTransition": "lifecycle_transition",
            "HeartbeatTimeout": "heartbeat_timeout",
            "DefaultResult": "default_result",
            "NotificationTargetARN": "notification_target_arn",
            "NotificationMetadata": "notification_metadata",
            "RoleARN": "role_arn",
        }.items():
            if settings.get(parameter) is not None:
                setattr(self, attribute, settings[parameter])


class Action:
    """One member's turn at one hook."""

    def __init__(self, hook: Hook) -> None:
        self.hook = hook
        self.token = str(mock_random.uuid4())
        self.last_chance = time.monotonic() + hook.global_timeout
        self.result: str | None = None
        self.extend()

    def extend(self) -> None:
        self.deadline = min(self.last_chance, time.monotonic() + self.hook.heartbeat_timeout)


def apply() -> None:
    AutoScalingBackend.put_hook = put_hook
    AutoScalingBackend.delete_lifecycle_hook = delete_hook
    AutoScalingBackend.complete_action = complete
    AutoScalingBackend.record_heartbeat = record_heartbeat


def hooks_of(group: FakeAutoScalingGroup, transition: str | None = None) -> list[Hook]:
    hooks = group.autoscaling_backend.describe_lifecycle_hooks(group.name)
    return [hook for hook in hooks if transition in (None, hook.lifecycle_transition)]


def begin(member: Any, transition: str) -> bool:
    """Opens an action for each hook of the transition; whether there is any."""
    hooks = hooks_of(member.auto_scaling_group, transition)
    member.actions = {hook.name: Action(hook) for hook in hooks}
    return bool(hooks)


def outcome(member: Any) -> str | None:
    """What a waiting member may do: CONTINUE, ABANDON, or nothing yet."""
    for action in member.actions.values():
        if action.result is None and time.monotonic() >= action.deadline:
            action.result = action.hook.default_result
    results = [action.result for action in member.actions.values()]
    if "ABANDON" in results:
        return "ABANDON"
    return None if None in results else "CONTINUE"


def put_hook(self: AutoScalingBackend, group_name: str, settings: dict[str, Any]) -> None:
    if group_name not in self.autoscaling_groups:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{group_name}' not found")
    name = settings["LifecycleHookName"]
    hook = self.lifecycle_hooks.get(f"{group_name}_{name}")
    if hook is None:
        hook = Hook(group_name, name, settings["LifecycleTransition"])
        self.lifecycle_hooks[f"{group_name}_{name}"] = hook
    hook.put(settings)


def delete_hook(self: AutoScalingBackend, as_name: str, name: str) -> None:
    """Whoever waits at a deleted hook goes on: out with ABANDON is as good as out, in with CONTINUE is in."""
    hook = self.lifecycle_hooks.pop(f"{as_name}_{name}", None)
    group = self.autoscaling_groups.get(as_name)
    if hook is None or group is None:
        return
    for member in group.instance_states:
        if name in member.actions and member.actions[name].result is None:
            launching = hook.lifecycle_transition == LAUNCHING
            member.actions[name].result = hook.default_result if launching else "CONTINUE"


def find_action(self: AutoScalingBackend, given: dict[str, Any]) -> Action:
    group = self.autoscaling_groups.get(given["AutoScalingGroupName"])
    if group is None:
        raise ValidationError("AutoScalingGroup name not found - null")
    instance_id, token = given.get("InstanceId"), given.get("LifecycleActionToken")
    for member in group.instance_states:
        action = member.actions.get(given["LifecycleHookName"])
        if action and action.result is None and (action.token == token if token else member.instance_id == instance_id):
            return action
    wanted = f"token {token}" if token else f"instance ID {instance_id}"
    raise ValidationError(f"No active Lifecycle Action found with {wanted}")


def complete(self: AutoScalingBackend, given: dict[str, Any]) -> None:
    result = given["LifecycleActionResult"]
    if result not in ("CONTINUE", "ABANDON"):
        raise ValidationError("Lifecycle action result must be CONTINUE or ABANDON")
    find_action(self, given).result = result


def record_heartbeat(self: AutoScalingBackend, given: dict[str, Any]) -> None:
    find_action(self, given).extend()
