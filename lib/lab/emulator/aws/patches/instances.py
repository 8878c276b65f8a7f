"""Instances take time to start and to end, and an instance that ended leaves nothing behind."""

import copy
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import timings
from clock import CLOCK
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import Instance, InstanceBackend, InstanceState, Reservation

from .stale_answers import remember_state

CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}


def apply() -> None:
    terminate_at_once = Instance.terminate
    start_at_once = Instance.start
    stop_at_once = Instance.stop
    run_at_once = InstanceBackend.run_instances

    def run_instances(self: InstanceBackend, *args: Any, **options: Any) -> Reservation:
        reservation = run_at_once(self, *args, **options)
        for instance in reservation.instances:
            if 0 in instance.nics and not options.get("nics"):
                # The interface that came with the instance goes with it.
                instance.nics[0].delete_on_termination = True
            enter(instance, "pending", timings.draw("pending"), partial(set_running, instance))
        return reservation

    def terminate(self: Instance) -> InstanceState:
        def end() -> None:
            terminate_at_once(self)
            remember_state(self)
            self.has_ended = True
            detach_interfaces(self)
            # moto gives these back once more when the object is collected, perhaps from under another instance.
            self._private_ips.clear()
            CLOCK.after(timings.TERMINATED_IS_LISTED, lambda: forget(self))

        previous = copy.copy(self._state)
        if self.state not in ("shutting-down", "terminated"):
            enter(self, "shutting-down", timings.draw("shuttingDown"), end)
        return previous

    def stop(self: Instance) -> InstanceState:
        def stop_now() -> None:
            stop_at_once(self)
            remember_state(self)

        previous = copy.copy(self._state)
        if self.state in ("shutting-down", "terminated"):
            raise wrong_state(self, "stopped")
        if self.state in ("pending", "running"):
            enter(self, "stopping", timings.draw("shuttingDown"), stop_now)
        return previous

    def start(self: Instance) -> InstanceState:
        def start_now() -> None:
            start_at_once(self)
            set_running(self)

        previous = copy.copy(self._state)
        if self.state in ("shutting-down", "terminated", "stopping"):
            raise wrong_state(self, "started")
        if self.state == "stopped":
            enter(self, "pending", timings.draw("pending"), start_now)
        return previous

    Instance.has_ended = False
    InstanceBackend.run_instances = run_instances
    Instance.terminate = terminate
    Instance.stop = stop
    Instance.start = start
    without_network: dict[str, Any] = {
        "network_interfaces": [],
        "private_ip": None,
        "private_ip_address": None,
        "private_dns_name": "",
        "public_ip": None,
        "public_ip_address": None,
        "public_dns_name": "",
        "subnet_id": None,
        "vpc_id": None,
    }
    for name, empty in without_network.items():
        hide_when_terminated(name, empty)


def wrong_state(instance: Instance, done: str) -> EC2ClientError:
    message = f"The instance '{instance.id}' is not in a state from which it can be {done}."
    return EC2ClientError("IncorrectInstanceState", message)


def set_state(instance: Instance, name: str) -> None:
    instance._state.name = name
    instance._state.code = CODES[name]
    remember_state(instance)


def set_running(instance: Instance) -> None:
    set_state(instance, "running")
    instance.running_since = time.monotonic()


def enter(instance: Instance, name: str, seconds: float, then: Callable[[], Any]) -> None:
    """Puts an instance into a passing state, and ends that with `then` unless something else came between."""
    set_state(instance, name)
    turn = object()
    instance.turn = turn

    def end() -> None:
        if instance.turn is turn:
            then()

    CLOCK.after(seconds, end)


def detach_interfaces(instance: Instance) -> None:
    for interface in list(instance.nics.values()):
        if interface.id in instance.ec2_backend.enis:
            instance.detach_eni(interface)


def hide_when_terminated(name: str, empty: Any) -> None:
    """DescribeInstances tells nothing of the network of a terminated instance, also in an answer that is late."""
    read = getattr(Instance, name).fget

    def value(self: Instance) -> Any:
        return empty if self.has_ended else read(self)

    setattr(Instance, name, property(value))


def forget(instance: Instance) -> None:
    reservations = instance.ec2_backend.reservations
    for reservation_id, reservation in list(reservations.items()):
        if instance in reservation.instances:
            reservation.instances = [other for other in reservation.instances if other is not instance]
            if not reservation.instances:
                del reservations[reservation_id]
