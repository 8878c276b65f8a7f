"""Status checks: initializing after each start, fine from then on, and impaired on demand."""

import time
from datetime import datetime
from typing import Any

import timings
from moto.core.utils import utcnow
from moto.ec2.models.instances import Instance


def apply() -> None:
    Instance.running_since = 0.0
    Instance.impaired_since = None
    Instance.instance_status = property(lambda self: summary(self, self.impaired_since))
    # What is impaired on demand is the instance; the machine below it is fine.
    Instance.system_status = property(lambda self: summary(self, None))


def impair(instance: Instance, impaired: bool) -> None:
    if not impaired:
        instance.impaired_since = None
    elif instance.impaired_since is None:
        instance.impaired_since = utcnow()


def is_impaired(instance: Instance) -> bool:
    return instance.state == "running" and not is_initializing(instance) and instance.impaired_since is not None


def is_initializing(instance: Instance) -> bool:
    return time.monotonic() - instance.running_since < timings.INITIALIZING


def summary(instance: Instance, impaired_since: datetime | None) -> dict[str, Any]:
    if instance.state != "running":
        return {"Status": "not-applicable"}
    if is_initializing(instance):
        return {"Status": "initializing", "Details": [{"Name": "reachability", "Status": "initializing"}]}
    if impaired_since is None:
        return {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]}
    failed = {"Name": "reachability", "Status": "failed", "ImpairedSince": impaired_since}
    return {"Status": "impaired", "Details": [failed]}
