"""Time in the emulated account: one lock around all of its data and one thread that does what falls due."""

import heapq
import itertools
import sys
import threading
import time
import traceback
from collections.abc import Callable

# moto keeps no lock of its own, so a conditional write could interleave with another: every request holds this one.
LOCK = threading.RLock()


class Clock:
    """Runs functions at a later time, under the lock, in the order in which they fall due."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._changed = threading.Condition(LOCK)

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), act))
            self._changed.notify()

    def every(self, seconds: float, act: Callable[[], None]) -> None:
        def again() -> None:
            try:
                act()
            finally:
                self.after(seconds, again)

        self.after(seconds, again)

    def start(self) -> None:
        threading.Thread(target=self._run, name="clock", daemon=True).start()

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                if not self._due:
                    self._changed.wait()
                elif self._due[0][0] > now:
                    self._changed.wait(self._due[0][0] - now)
                else:
                    act = heapq.heappop(self._due)[2]
                    try:
                        act()
                    except Exception:
                        traceback.print_exc(file=sys.stderr)


CLOCK = Clock()
