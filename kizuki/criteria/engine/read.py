"""Reading a criteria file: its form, whether its names hang together, and whether it decides every case soundly."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from kizuki.criteria.engine.checks import names
from kizuki.criteria.engine.compile import Compiled, compile_criteria
from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.engine.problems import NotSound, Problem
from kizuki.kit import document
from kizuki.kit.document import MAX_FAULTS, BadFile, Lines


def read(file: str, raw: bytes) -> Criteria:
    """Read a criteria file that may still have holes. Raises `BadFile` with every fault of form and names, and its line."""
    criteria, lines = document.parse(file, raw, Criteria)
    raise_for(names(criteria), lines)
    return criteria


def read_sound(file: str, raw: bytes) -> Compiled:
    """Read and compile a criteria file. Raises `BadFile` also where it is not total, has dead rules or is not monotone."""
    criteria, lines = document.parse(file, raw, Criteria)
    try:
        return compile_criteria(criteria)
    except NotSound as error:
        raise _bad_file(error.problems, lines) from None


def raise_for(problems: Iterable[Problem], lines: Lines) -> None:
    """Raise `BadFile` if there are problems, each with the line of its place."""
    found = list(itertools.islice(problems, MAX_FAULTS))
    if found:
        raise _bad_file(found, lines)


def _bad_file(problems: Iterable[Problem], lines: Lines) -> BadFile:
    # What concerns a part as a whole stands at its key.
    return BadFile(lines.fault(one.place, str(one), key=len(one.place) == 1) for one in problems)
