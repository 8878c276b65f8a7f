"""What moto gets wrong, or lacks, for a Docker Swarm built by Terraform: one module a concern, each with `apply()`."""

from . import (
    addresses,
    attribute_values,
    efs,
    endpoints,
    images,
    instance_answers,
    instance_status,
    instances,
    launch_templates,
    scaling,
    security_groups,
)


def apply_all() -> None:
    """Changes moto's classes in place. Call it once, before the first request."""
    for concern in (
        addresses,
        attribute_values,
        endpoints,
        efs,
        images,
        instances,
        instance_answers,
        instance_status,
        launch_templates,
        scaling,
        security_groups,
    ):
        concern.apply()
