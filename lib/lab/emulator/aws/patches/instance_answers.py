"""What DescribeInstances and DescribeInstanceStatus answer: who is unknown, in AWS's words, and faults on demand."""

import re
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidInstanceIdError
from moto.ec2.models.instances import InstanceBackend
from moto.ec2.responses.instances import InstanceResponse

# Set by the front alone: the id of the only instance that the answer may tell of, or `none`.
VISIBLE_INSTANCES = "x-lab-visible-instances"
INSTANCE_ID = re.compile(r"i-([0-9a-f]{8}|[0-9a-f]{17})")


def apply() -> None:
    reservations_by_ids = InstanceBackend.get_reservations_by_instance_ids
    instances_by_ids = InstanceBackend.get_multi_instances_by_id

    def check_first(by_ids: Callable[..., Any]) -> Callable[..., Any]:
        def checked(self: InstanceBackend, instance_ids: list[str], filters: Any = None) -> Any:
            distinct = list(dict.fromkeys(instance_ids))
            check(self, distinct)
            return by_ids(self, distinct, filters)

        return checked

    InstanceBackend.get_reservations_by_instance_ids = check_first(reservations_by_ids)
    InstanceBackend.get_multi_instances_by_id = check_first(instances_by_ids)
    hide(InstanceResponse, "describe_instances", leave_out_of_reservations)
    hide(InstanceResponse, "describe_instance_status", leave_out_of_statuses)


def check(backend: InstanceBackend, instance_ids: list[str]) -> None:
    """moto names one unknown id, whichever comes first out of a set; AWS names all of them."""
    malformed = [each for each in instance_ids if not INSTANCE_ID.fullmatch(each)]
    if malformed:
        raise EC2ClientError("InvalidInstanceID.Malformed", f'Invalid id: "{malformed[0]}"')
    known = {instance.id for instance in backend.all_instances()}
    unknown = [each for each in instance_ids if each not in known]
    if unknown:
        raise InvalidInstanceIdError(unknown)


def hide(responses: type, name: str, leave_out: Callable[[Any, str], None]) -> None:
    answer = getattr(responses, name)

    def answer_in_part(self: Any) -> ActionResult:
        result = answer(self)
        visible = self.headers.get(VISIBLE_INSTANCES)
        if visible:
            leave_out(result.result, visible)
        return result

    setattr(responses, name, answer_in_part)


def leave_out_of_reservations(result: dict[str, Any], visible: str) -> None:
    for reservation in result["Reservations"]:
        reservation.instances = [instance for instance in reservation.instances if instance.id == visible]
    result["Reservations"] = [reservation for reservation in result["Reservations"] if reservation.instances]


def leave_out_of_statuses(result: dict[str, Any], visible: str) -> None:
    result["InstanceStatuses"] = [instance for instance in result["InstanceStatuses"] if instance.id == visible]
