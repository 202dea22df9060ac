"""Where the register of a day knows better than a claim of coverage, for the measures map."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import NamedTuple

from django.utils import timezone

from kizuki.kit.kept import Kept
from kizuki.kit.text import shown
from kizuki.measures import hooks
from kizuki.measures.engine.contradictions import Contradiction, contradictions
from kizuki.measures.words import WHYS
from kizuki.replay.engine.register import Compiled
from kizuki.ui.templatetags.kizuki import language

_found: Kept[tuple[Contradiction, ...]] = Kept(6)


class Against(NamedTuple):
    """A measure, the assets at which it is contradicted, and what the register knows, in the reader's language."""

    measure: str
    assets: frozenset[str]
    text: str


def against(register: Compiled, state: Hashable, day: date) -> list[Against]:
    """What contradicts the coverage of a register on a day; `state` names the register. What speaks of no single asset is left out."""
    unknown = hooks.unknown_devices()[0] if day >= timezone.localdate() else 0
    found = _found.get(
        (state, day, unknown),
        lambda: contradictions(register.organisation, day.isoformat(), unknown_devices=unknown),
    )
    return [Against(one.measure, frozenset(one.assets), _said(one)) for one in found if one.assets]


def _said(found: Contradiction) -> str:
    values = {name: value if isinstance(value, int) else shown(value, language()) for name, value in found.values}
    return str(WHYS[found.why]) % values
