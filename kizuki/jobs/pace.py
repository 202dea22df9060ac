"""Long writes in portions, so that nobody else who writes waits for long."""

from __future__ import annotations

import time
from typing import Final

from django.db import connection

#: Seconds that a portion shall hold the database, and that others then have for themselves. SQLite lets a writer who waits look
#: again after at most 50 ms in the first fifth of a second, and after 100 ms from then on: whoever waits finds this pause. With
#: PostgreSQL whoever waits is next, without any pause.
HOLD: Final[dict[str, float]] = {"sqlite": 0.1, "postgresql": 0.25}
PAUSE: Final[dict[str, float]] = {"sqlite": 0.055, "postgresql": 0.0}


def rest() -> None:
    """Let others write, between two transactions."""
    time.sleep(PAUSE[connection.vendor])


class Pace:
    """How many rows the next transaction takes (`size`), from how long the one before took."""

    def __init__(self, size: int, *, least: int = 20, most: int = 2000) -> None:
        self.size, self._least, self._most = size, least, most
        self._began = time.monotonic()

    def begin(self) -> None:
        self._began = time.monotonic()

    def end(self) -> None:
        """The transaction that began is over: take as many the next time as fit into the time, at most twice as many as now."""
        taken = max(time.monotonic() - self._began, 0.001)
        fitting = round(self.size * min(2.0, HOLD[connection.vendor] / taken))
        self.size = max(self._least, min(self._most, fitting))
