"""Makes the measures map ready after each change of the register, in the process that serves it, whoever made the change and where.

A question a second asks for the name of the register's state. Only what stood still for a moment is worked out, so that an import is
not followed portion by portion; and half of the time stays free for whoever works here.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from django.db import DatabaseError, close_old_connections, connection

from kizuki.register.columns import today
from kizuki.register.models import Organisation
from kizuki.replay.map import warm

log = logging.getLogger(__name__)
POLL: Final = 0.7
#: So many times as long as the work took it rests after it.
REST: Final = 1


class Keeper:
    """What was made ready last. `look` is asked again and again."""

    def __init__(self) -> None:
        self._seen: tuple[str, str] | None = None
        self._ready: tuple[str, str] | None = None

    def look(self) -> bool:
        """Make the map of the home organisation ready, if its register has changed and stood still since the last look. Gives whether
        it was."""
        home = Organisation.objects.filter(is_home=True, deleted_at=None).first()
        now = (home.digest, today()) if home else None
        still, self._seen = now == self._seen, now
        if home is None or now == self._ready or not still:
            return False
        warm(home)
        self._ready = now
        return True


def run(*, stop: threading.Event, poll: float = POLL) -> None:
    """Look until `stop` is set. Survives a database that is away for a while, and a register that cannot be made ready."""
    keeper, pause = Keeper(), poll
    while not stop.wait(pause):
        close_old_connections()
        begun, pause = time.monotonic(), poll
        try:
            if keeper.look():
                pause = max(poll, REST * (time.monotonic() - begun))
        except DatabaseError:
            log.warning("the map is not made ready: the database does not answer")
            connection.close()
        except Exception:
            # The page will say what is wrong to whoever opens it; the thread goes on, for the next register may be right.
            log.exception("the map cannot be made ready")
            pause = 60.0
    connection.close()
