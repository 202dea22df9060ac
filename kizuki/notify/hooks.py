"""What rooms above tell about their events: which there are, and who may know of what they are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Sight(NamedTuple):
    """Who knows of a room's things. `sees(person, key)`: whether the person may know of the thing; `keys(person)`: a query for the keys
    of all that they may know of, to be used inside another one."""

    sees: Callable[[Any, str], bool]
    keys: Callable[[Any], Any]


#: Types of events (“task.finished”) with their names, in the order in which they are shown.
events: dict[str, Any] = {}
#: Room → who knows of its things. Of a room that is not here, nobody does.
sights: dict[str, Sight] = {}
