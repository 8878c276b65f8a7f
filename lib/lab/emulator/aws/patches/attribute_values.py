"""DynamoDB's attribute values are written as they are.

moto looks each part of them up in the service's model again, 70 microseconds a part: the 20 ms that this makes of a
record of 3 kB, which the real service answers in 5, would pass for the swarm's own slowness.
"""

from typing import Any

from moto.core import serialize


def apply() -> None:
    by_model = serialize.BaseJSONSerializer._serialize_type_structure

    def as_it_is(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and is_plain(value):
            serialized[key] = value
        else:
            by_model(self, serialized, value, shape, key)

    serialize.BaseJSONSerializer._serialize_type_structure = as_it_is


def is_plain(value: Any) -> bool:
    """Whether JSON has words for all of it: bytes are still to be encoded."""
    if isinstance(value, dict):
        return all(is_plain(part) for part in value.values())
    if isinstance(value, list):
        return all(is_plain(part) for part in value)
    return isinstance(value, str | bool) or value is None
