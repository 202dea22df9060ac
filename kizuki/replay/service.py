"""Replays for the pages: compiled registers and results kept by the digests of what they were made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from kizuki.casebook.engine.format import Case
from kizuki.casebook.models import Case as CaseRow
from kizuki.kit.kept import Kept
from kizuki.measures.catalogue import current
from kizuki.register.columns import today
from kizuki.register.engine.format import Coverage, Organisation, Scope, State
from kizuki.register.engine.standing import standing
from kizuki.register.library import vocabulary
from kizuki.register.models import Organisation as OrganisationRow
from kizuki.replay.engine.priorities import priorities
from kizuki.replay.engine.ranked import Priorities
from kizuki.replay.engine.register import Compiled, compile_register
from kizuki.replay.engine.replay import replay
from kizuki.replay.engine.result import Replay
from kizuki.replay.past import compiled_for

#: A page needs a handful of cases.
_replays: Kept[Replay] = Kept(32)
_rankings: Kept[Priorities] = Kept(4)


def compiled(organisation: OrganisationRow) -> Compiled:
    """The organisation's register as it counts today, made ready for replays."""
    return compiled_for(organisation, today())


def document_of(case: CaseRow) -> Case:
    """The case's document."""
    return case.read


def replay_of(case: CaseRow, organisation: OrganisationRow, *, whole: bool = True) -> Replay:
    """One case over one organisation; `whole` with what would change it."""
    return _replays.get(
        (case.digest, organisation.digest, whole),
        lambda: replay(document_of(case), compiled(organisation), changes=whole, questions=True),
    )


def answered(organisation: Organisation, answers: Mapping[str, bool]) -> Organisation:
    """The organisation as it would be if these measures were in force (True) or absent (False) wherever nothing is recorded.

    A row over the whole organisation is the weakest there is, so that it fills exactly what is unknown; a row that says unknown,
    because it is no longer valid, says the answer instead.
    """
    said: dict[str, State] = {measure: "full" if yes else "none" for measure, yes in sorted(answers.items())}
    kept = (
        msgspec.structs.replace(row, state=said[row.measure]) if row.state == "unknown" and row.measure in said else row
        for row in organisation.coverage
    )
    rows = (Coverage(measure, Scope(all=True), state) for measure, state in said.items())
    return msgspec.structs.replace(organisation, coverage=(*kept, *rows))


def replay_if(case: CaseRow, organisation: OrganisationRow, answers: Mapping[str, bool]) -> Replay:
    """One case over the organisation with some unknowns answered; nothing is stored."""
    register = compile_register(answered(organisation.standing(today()), answers), current(), vocabulary())
    return replay(document_of(case), register, changes=True, questions=True)


def priorities_of(cases: Sequence[CaseRow], organisation: OrganisationRow) -> Priorities:
    """What to find out and what to do first, over these cases."""
    key = (organisation.digest, *(case.digest for case in cases))
    return _rankings.get(key, lambda: priorities([document_of(case) for case in cases], compiled(organisation)))


def replay_documents(cases: Iterable[Case], organisation: Organisation) -> tuple[Compiled, list[Replay]]:
    """Cases over an organisation that is stored nowhere."""
    register = compile_register(standing(organisation, today()), current(), vocabulary())
    return register, [replay(case, register, changes=True, questions=True) for case in cases]
