"""How measures stand in the cases: who was helped by each, lacked it, brought it in, still wishes for it.

The casebook fills this in through `set_source`, since cases speak of measures and not the other way round.
"""

from __future__ import annotations

from collections.abc import Callable

#: measure → case mark → letters of H (helped), M (missing), L (introduced later), W (wished for).
Standing = dict[str, dict[str, str]]

_source: Callable[[], Standing] | None = None


def set_source(source: Callable[[], Standing]) -> None:
    global _source  # noqa: PLW0603 - set once while the program starts
    _source = source


def standing() -> Standing:
    return _source() if _source else {}


def common_measures() -> frozenset[str]:
    """Measures that three or more organisations speak of."""
    return frozenset(measure for measure, cases in standing().items() if len(cases) >= 3)
