"""Observations matched to the register: which devices there are, and which asset each of them is.

The rule, in the order in which it is applied (`rules` holds its numbers and why each is as it is):

1. *Fold.* Observations that say the same of the same thing become one trace with the times at which it was seen (`fold`).
   Traces are all that is kept from day to day, and folding does not depend on order; so a day's observations on top of
   yesterday's state give exactly what all observations at once give.
2. *Place.* An address lies in the narrowest range that holds it; a range whose use is not stated is judged by what was seen
   in it: fixed, leased, or translated (`places`).
3. *Group.* Serial numbers and cloud ids are things; hardware addresses join them unless they are carried from machine to
   machine, stand for many or are shared by design; then names, unless several things bear them; then whoever held the IP
   address at the time (`group`).
4. *Assign.* Every identifier that a device shares with an asset counts for it, every one that differs counts against it. One
   asset clearly ahead: known. None: unknown, with the best near miss. Evidence for two: a conflict, for a person (`assign`).
5. *Ask the other way.* An asset that no device is: gone, if somebody looked; not looked for, if nobody did (`absent`).
"""

from __future__ import annotations

from kizuki.register.engine.matching.fold import fold, forget
from kizuki.register.engine.matching.match import devices_of, match
from kizuki.register.engine.matching.result import (
    AssetSeen,
    Conflict,
    Device,
    Known,
    Matching,
    NearMiss,
    Range,
    Reason,
    State,
    Trace,
)

__all__ = [
    "AssetSeen", "Conflict", "Device", "Known", "Matching", "NearMiss", "Range", "Reason", "State", "Trace",
    "devices_of", "fold", "forget", "match",
]  # fmt: skip
