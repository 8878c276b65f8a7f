"""How long Auto Scaling takes to act on what it could see."""

import time

import timings


class Notice:
    """Something that Auto Scaling acts on once it has lasted for a drawn time."""

    def __init__(self, timing: str) -> None:
        self._timing = timing
        self._due: float | None = None

    def is_due(self, lasts: bool) -> bool:
        """Whether it is to be acted on now. Ask it at every look: what does not last is forgotten."""
        if not lasts:
            self._due = None
            return False
        if self._due is None:
            self._due = time.monotonic() + timings.draw(self._timing)
        return time.monotonic() >= self._due

    def now(self) -> None:
        """It was noticed already."""
        self._due = time.monotonic()
