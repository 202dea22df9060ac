"""Replays for the pages: compiled registers and results kept by the digests of what they were made from."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from kizuki.casebook.engine.format import Case
from kizuki.casebook.models import Case as CaseRow
from kizuki.measures.library import catalogue
from kizuki.register.engine.format import Coverage, Organisation, Scope
from kizuki.register.library import vocabulary
from kizuki.register.models import Organisation as OrganisationRow
from kizuki.replay.engine.priorities import priorities
from kizuki.replay.engine.ranked import Priorities
from kizuki.replay.engine.register import Compiled, compile_register
from kizuki.replay.engine.replay import replay
from kizuki.replay.engine.result import Replay

#: So many cases are kept read: more than priorities weigh, so that they find all of theirs, and few enough to stay small.
MOST_CASES = 64
#: Documents by digest; small, because a page needs one organisation and a handful of cases.
_organisations: dict[str, Organisation] = {}
_cases: dict[str, Case] = {}


def _keep(store: dict[str, Any], key: str, value: Any, most: int) -> None:
    if len(store) >= most:
        store.pop(next(iter(store)))
    store[key] = value


@functools.lru_cache(maxsize=4)
def _compiled(digest: str) -> Compiled:
    return compile_register(_organisations[digest], catalogue(), vocabulary())


@functools.lru_cache(maxsize=32)
def _replayed(case_digest: str, organisation_digest: str, whole: bool) -> Replay:
    return replay(_cases[case_digest], _compiled(organisation_digest), changes=whole, questions=True)


@functools.lru_cache(maxsize=8)
def _ranked(case_digests: tuple[str, ...], organisation_digest: str) -> Priorities:
    return priorities([_cases[digest] for digest in case_digests], _compiled(organisation_digest))


def compiled(organisation: OrganisationRow) -> Compiled:
    if organisation.digest not in _organisations:
        _keep(_organisations, organisation.digest, organisation.read, 8)
    return _compiled(organisation.digest)


def document_of(case: CaseRow) -> Case:
    if case.digest not in _cases:
        _keep(_cases, case.digest, case.read, MOST_CASES)
    return _cases[case.digest]


def replay_of(case: CaseRow, organisation: OrganisationRow, *, whole: bool = True) -> Replay:
    """One case over one organisation; `whole` with what would change it."""
    document_of(case)
    compiled(organisation)
    return _replayed(case.digest, organisation.digest, whole)


def answered(organisation: Organisation, answers: Mapping[str, bool]) -> Organisation:
    """The organisation as it would be if these measures were in force (True) or absent (False) wherever nothing is recorded.

    A row over the whole organisation is the weakest there is, so that it fills exactly what is unknown.
    """
    rows = tuple(
        Coverage(measure, Scope(all=True), "full" if yes else "none") for measure, yes in sorted(answers.items())
    )
    return msgspec.structs.replace(organisation, coverage=(*organisation.coverage, *rows))


def replay_if(case: CaseRow, organisation: OrganisationRow, answers: Mapping[str, bool]) -> Replay:
    """One case over the organisation with some unknowns answered; nothing is stored."""
    register = compile_register(answered(organisation.read, answers), catalogue(), vocabulary())
    return replay(document_of(case), register, changes=True, questions=True)


def priorities_of(cases: Sequence[CaseRow], organisation: OrganisationRow) -> Priorities:
    for case in cases:
        document_of(case)
    compiled(organisation)
    return _ranked(tuple(case.digest for case in cases), organisation.digest)


def replay_documents(cases: Iterable[Case], organisation: Organisation) -> tuple[Compiled, list[Replay]]:
    """Cases over an organisation that is stored nowhere."""
    register = compile_register(organisation, catalogue(), vocabulary())
    return register, [replay(case, register, changes=True, questions=True) for case in cases]
