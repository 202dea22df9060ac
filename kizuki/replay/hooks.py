"""What other rooms tell the pages of replay. They register here when the program starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from kizuki.register.engine.format import Organisation


class Contradiction(NamedTuple):
    """The register knows better than a claim of coverage: the measure, the assets concerned, and what it knows."""

    measure: str
    assets: frozenset[str]
    text: Any


#: What contradicts the coverage of an organisation as it counts on a day.
contradictions: Callable[[Organisation], Sequence[Contradiction]] = lambda _organisation: ()  # noqa: E731
#: How many devices were seen that the register does not know; None where nobody has looked.
unknown_devices: Callable[[int], int | None] = lambda _organisation: None  # noqa: E731
