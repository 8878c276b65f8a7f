"""What the operator of the lab may do to an instance that no API of AWS does: fail its checks, or announce its end."""

import json
from datetime import timedelta
from typing import Any

import timings
from clock import CLOCK
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance
from patches.instance_status import impair

PATH = "/lab/instances/"


class Refused(Exception):
    """What was asked makes no sense, in words for who asked."""


def control_instance(instance_id: str, body: bytes) -> dict[str, Any]:
    """`statusChecks` is `ok` or `impaired`; `spotNotice` true, with the `seconds` until the instance is terminated."""
    instance = find(instance_id)
    given = parse(body)
    unknown = given.keys() - {"statusChecks", "spotNotice", "seconds"}
    if not given or unknown:
        raise Refused(f"statusChecks or spotNotice, not {', '.join(sorted(unknown)) or 'nothing'}")
    if "statusChecks" in given:
        if given["statusChecks"] not in ("ok", "impaired"):
            raise Refused("statusChecks must be ok or impaired")
        impair(instance, given["statusChecks"] == "impaired")
    if given.get("spotNotice"):
        announce_end(instance, float(given.get("seconds", timings.SPOT_NOTICE)))
    return {}


def find(instance_id: str) -> Instance:
    for regions in list(ec2_backends.values()):
        for backend in list(regions.values()):
            for instance in backend.all_instances():
                if instance.id == instance_id and instance.state != "terminated":
                    return instance
    raise Refused(f"there is no instance {instance_id}")


def parse(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except ValueError as error:
        raise Refused(f"the body is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise Refused("the body is not an object")
    return given


def announce_end(instance: Instance, seconds: float) -> None:
    """The first notice stands. At its end EC2 terminates the instance, whoever else knows of it."""
    if getattr(instance, "spot_action", None):
        return
    instance.spot_action = {
        "action": "terminate",
        "time": f"{utcnow() + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}",
    }
    CLOCK.after(seconds, instance.terminate)
