"""How long the emulated account takes, in seconds.

What differs between a lab and a region of AWS is in timings.json: for each a least and a most, and a draw between them
each time. `quick` is shorter than AWS, but never at once, so that the order of things shows. `region` has the orders of
magnitude of a region: nobody measured them, and AWS promises none.

- `pending`: from a launch, or a start, until the instance runs
- `shuttingDown`: from a terminate, or a stop, until it is done; its operating system shuts down at the beginning of it
- `healthCheck`: until Auto Scaling notices an instance that was terminated, stopped or impaired behind its back
- `capacity`: until Auto Scaling acts on a capacity that is not what is desired
- `staleAnswer`: how old an answer of DescribeInstances or DescribeInstanceStatus is
- `newRole`: from a role's creation, how long its instances are refused
"""

import json
import random
from pathlib import Path

# How long the status checks of an instance are initializing after each start.
INITIALIZING = 2.0
# From a spot notice to the end of the instance: as AWS has it, for a node has to drain in this time.
SPOT_NOTICE = 120.0
# How often Auto Scaling looks at its groups, and how long it waits after a launch that failed.
SCALING_TICK = 0.2
LAUNCH_RETRY = 5.0
# How long DescribeInstances still knows a terminated instance.
TERMINATED_IS_LISTED = 3600.0

Span = tuple[float, float]
PROFILES: dict[str, dict[str, Span]] = json.loads(Path(__file__).with_suffix(".json").read_text())


class Timings:
    """The spans of a profile, drawn from by name. Draws of one name do not depend on those of another."""

    def __init__(self, profile: str, seed: int, changed: dict[str, Span]) -> None:
        self._spans = {**PROFILES[profile], **changed}
        self._streams = {name: random.Random(f"{seed} {name}") for name in self._spans}

    def draw(self, name: str) -> float:
        least, most = self._spans[name]
        return self._streams[name].uniform(least, most)


_current = Timings("quick", 0, {})


def use(profile: str, seed: int, changed: dict[str, Span] | None = None) -> None:
    """Chooses a profile, with single spans changed. Call it before the first request."""
    global _current  # noqa: PLW0603 - one profile for the process, chosen before it serves
    _current = Timings(profile, seed, changed or {})


def parse_span(text: str) -> tuple[str, Span]:
    """`NAME=LEAST,MOST`, in seconds."""
    name, _, span = text.partition("=")
    if name not in PROFILES["quick"]:
        raise ValueError(f"there is no timing {name}")
    least, most = span.split(",")
    return name, (float(least), float(most))


def draw(name: str) -> float:
    return _current.draw(name)
