"""What EC2 answers about instances is of a moment that may be past, as everything eventually consistent.

Each answer is of one moment, whole, and nobody who asks goes back in time from one answer to the next.
"""

import copy
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import timings
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance, InstanceState

ACTION = re.compile(rb"(?:^|&)Action=DescribeInstance(?:s|Status)(?:&|$)")
ASKER = re.compile(r"Credential=([^/\s,]+)/")

_latest: dict[str, float] = {}


def remember_state(instance: Instance) -> None:
    """Call it with every change of an instance's state."""
    past: list[tuple[float, InstanceState]] = instance.__dict__.setdefault("past_states", [])
    past.append((time.monotonic(), copy.copy(instance._state)))


def state_at(instance: Instance, moment: float) -> InstanceState | None:
    """Nothing for an instance that was launched later."""
    past = instance.__dict__.get("past_states", [])
    return next((state for since, state in reversed(past) if since <= moment), None)


@contextmanager
def as_seen_by(authorization: str, body: bytes) -> Iterator[None]:
    """Within it the account's instances are as they were at the moment that the answer to this request is of."""
    age = timings.draw("staleAnswer") if ACTION.search(body) else 0.0
    if age == 0.0:
        yield
        return
    found = ASKER.search(authorization)
    asker = found[1] if found else ""
    moment = max(_latest.get(asker, 0.0), time.monotonic() - age)
    _latest[asker] = moment
    with as_of(moment):
        yield


@contextmanager
def as_of(moment: float) -> Iterator[None]:
    backends = [backend for regions in list(ec2_backends.values()) for backend in list(regions.values())]
    reservations = [(backend, backend.reservations) for backend in backends]
    instances = [(each, each.instances) for backend in backends for each in backend.reservations.values()]
    states = [(instance, instance._state) for _, listed in instances for instance in listed]
    try:
        for reservation, listed in instances:
            reservation.instances = [instance for instance in listed if state_at(instance, moment)]
            for instance in reservation.instances:
                instance._state = state_at(instance, moment)
        for backend, present in reservations:
            backend.reservations = {key: each for key, each in present.items() if each.instances}
        yield
    finally:
        for backend, present in reservations:
            backend.reservations = present
        for reservation, listed in instances:
            reservation.instances = listed
        for instance, state in states:
            instance._state = state
