"""Answers kept in memory for a while, shared by the threads of one process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

T = TypeVar("T")
#: Seconds after which a thread no longer waits for another one's answer and makes its own.
PATIENCE: Final = 20.0


class Kept(Generic[T]):
    """The last `most` answers by what they were made from. Of two threads that ask at once one makes the answer and the other waits
    for it: both at once would take twice as long."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, T] = OrderedDict()
        self._making: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer for `key`, made now if it is not there. `make` only reads: whoever waits for it may hold a lock."""
        with self._lock:
            if key in self._answers:
                return self._found(key)
            other = self._making.get(key)
            mine = None if other else self._making.setdefault(key, threading.Event())
        if other is not None:
            other.wait(PATIENCE)
            with self._lock:
                if key in self._answers:
                    return self._found(key)
        return self._made(key, make, mine)

    def there(self, key: Hashable) -> T | None:
        """The answer for `key` if it is there; never waits."""
        with self._lock:
            return self._found(key) if key in self._answers else None

    def clear(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            self._answers.clear()

    def _found(self, key: Hashable) -> T:
        self._answers.move_to_end(key)
        return self._answers[key]

    def _made(self, key: Hashable, make: Callable[[], T], mine: threading.Event | None) -> T:
        """A new answer; whoever waits is told, also where there is none. `mine` None: somebody else makes it too, or could not."""
        try:
            answer = make()
            with self._lock:
                self._answers[key] = answer
                self._answers.move_to_end(key)
                while len(self._answers) > self._most:
                    self._answers.popitem(last=False)
            return answer
        finally:
            if mine is not None:
                with self._lock:
                    del self._making[key]
                mine.set()
