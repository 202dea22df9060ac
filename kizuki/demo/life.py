"""Telling the demo's life to the rooms, each time through the room's own actions: what it shows was made as people make it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec
from django.utils import timezone
from django.utils.translation import override

from kizuki.accounts.models import Person
from kizuki.criteria.engine.decide import Given
from kizuki.demo import story as told
from kizuki.demo.incidents import tell_incidents
from kizuki.demo.story import Story, raw
from kizuki.devices import actions as devices
from kizuki.devices.models import Device
from kizuki.measures import actions as measures
from kizuki.measures import catalogue
from kizuki.measures.actions.proposals import Decided, Said
from kizuki.measures.actions.rounds import Asked
from kizuki.measures.benchmark.actions import bring_peers, enter_scores
from kizuki.measures.benchmark.checks import checks
from kizuki.measures.benchmark.engine.table import read_table
from kizuki.measures.engine import format as measures_file
from kizuki.measures.forms.rounds import unit_lines
from kizuki.measures.library import measures as of_library
from kizuki.measures.models import Proposal
from kizuki.measures.models import Round as RoundRow
from kizuki.register.engine.format import Scope
from kizuki.register.engine.kinds import plain
from kizuki.register.engine.observation import Observation
from kizuki.register.engine.sources import Options, source_of, stream
from kizuki.register.models import Coverage, Organisation, Unit
from kizuki.replay import affected, follow
from kizuki.replay.actions import rank, refresh, save_note, stale, take_snapshot
from kizuki.replay.engine.described import sketch
from kizuki.tasks import actions as tasks
from kizuki.tasks.models import Task


class Telling(NamedTuple):
    """The story, the company to which it happens, its people by role, and the day of the first start."""

    story: Story
    company: Organisation
    people: Mapping[str, Person]
    today: date

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    @property
    def now(self) -> Organisation:
        """The company as it stands now."""
        return Organisation.objects.get(pk=self.company.pk)


def tell(telling: Telling) -> None:
    """Tell all of it. Devices come after everything that changes the register, and what is worked out from the register comes last."""
    _measures(telling)
    _lapses(telling)
    requests = telling.story.admissions
    for request in (one for one in requests if not one.device):
        _admission(telling, request)
    _network(telling)
    for request in (one for one in requests if one.device):
        _admission(telling, request)
    for task in telling.story.tasks:
        _task(telling, task)
    _round(telling)
    _maturity(telling)
    tell_incidents(telling.people)
    _worked_out(telling)


# ── measures ──


def _measures(telling: Telling) -> None:
    """The company's own measures, and what is known of them."""
    given = measures_file.read("measures.yaml", raw("measures.yaml"), known=of_library())
    measures.import_measures(given=given, by=telling.people["manager"])
    for row in telling.story.coverage:
        by = telling.people[row.by]
        document = {
            "measure": row.measure, "scope": plain(row.scope), "state": row.state, "evidence": plain(row.evidence),
            "verified": telling.day(-row.verified_ago).isoformat(), "verified_by": str(by),
        }  # fmt: skip
        measures.change_coverage(organisation=telling.now, document=document, base=0, by=by)


def _lapses(telling: Telling) -> None:
    for lapse in telling.story.lapses:
        row = Coverage.objects.get(organisation=telling.company, key=lapse.key)
        document = {**row.document, "valid_until": telling.day(lapse.in_).isoformat()}
        measures.change_coverage(
            organisation=telling.now, document=document, base=row.version, by=telling.people[lapse.by]
        )


def _round(telling: Telling) -> None:
    """A round under way: every unit has its link, some have answered; and what somebody proposed outside of it."""
    of = telling.story.round
    by = telling.people[of.by]
    asked = [_asked(telling, part) for part in of.units]
    made = measures.start_round(title=of.title, due=telling.day(of.due_in), measures=of.measures, asked=asked, by=by)
    rows = {row.unit: row for row in made.parts.all()}
    for part in of.units:
        row = rows[part.unit]
        measures.make_link(part=row, by=by)
        if part.name:
            measures.name_answerer(part=row, name=part.name)
        for measure, answer in part.answers.items():
            measures.save_answer(part=row, measure=measure, said=Said(answer.state, answer.evidence))
        if part.finished:
            measures.finish_part(part=row)
    _proposals(telling, made)


def _asked(telling: Telling, part: told.Part) -> Asked:
    with override(part.language):
        line = next(line for line in unit_lines(telling.company) if line.unit.key == part.unit)
    unit = Unit.objects.get(organisation=telling.company, key=part.unit)
    return Asked(part.unit, unit.name_ja, unit.name_en, line.owner, part.language, telling.story.round.measures)


def _proposals(telling: Telling, made: RoundRow) -> None:
    for back in telling.story.round.returned:
        row = Proposal.objects.get(part__round=made, unit=back.unit, measure=back.measure)
        measures.return_proposals(
            decided=[Decided(row, row.version, None)], remark=back.remark, by=telling.people[back.by]
        )
    for one in telling.story.proposals:
        measures.propose(
            measure=one.measure, unit=one.unit, scope=Scope(unit=one.unit), said=Said(one.state, one.evidence),
            by=telling.people[one.by], language=one.language,
        )  # fmt: skip


def _maturity(telling: Telling) -> None:
    known = checks()
    for score in telling.story.scores:
        enter_scores(
            organisation=telling.company, check=known[score.check, score.version], day=telling.day(-score.ago),
            scores=score.scores, note=score.note, by=telling.people[score.by],
        )  # fmt: skip
    found = read_table("peers.csv", raw("peers.csv"), telling.story.peers, list(known.values()))
    bring_peers(found=found, by=telling.people["manager"])


# ── devices ──


def _network(telling: Telling) -> None:
    """What the network told, as it is read from files like anybody's, moved so that it ends on the day before the first start."""
    shift = telling.today - timedelta(days=1) - telling.story.written
    for look in telling.story.network:
        devices.take_observations(
            source=f"{look.format}:{look.file}", observations=_seen(look, shift), by=telling.people["manager"],
            organisation=telling.company,
        )  # fmt: skip
    devices.match_devices(organisation=telling.company, by=telling.people["manager"])
    for guest in telling.story.guests:
        device = _device(telling, guest.mac)
        devices.set_aside(
            device=device, reason=guest.reason, until=telling.day(guest.days), version=device.version,
            by=telling.people[guest.by],
        )  # fmt: skip


def _seen(look: told.Look, shift: timedelta) -> Iterator[Observation]:
    options = Options(seen_at=datetime.fromisoformat(look.at) if look.at else None)
    for item in stream(source_of(look.format, look.file, raw(look.file), options)):
        if isinstance(item, Observation):
            yield msgspec.structs.replace(item, at=item.at + shift)


def _device(telling: Telling, mac: str) -> Device:
    rows = Device.objects.filter(organisation=telling.company, state="unknown")
    return next(row for row in rows if mac in row.macs)


def _admission(telling: Telling, request: told.Request) -> None:
    made = devices.ask(
        what=request.what, purpose=request.purpose, kind=request.kind, zone=request.zone, unit=request.unit,
        facts={fact: Given(value) for fact, value in request.facts.items()}, by=telling.people[request.by],
        device=_device(telling, request.device) if request.device else None, organisation=telling.company,
    )  # fmt: skip
    if request.decided_by:
        devices.confirm(
            admission=made, outcome=made.suggested, reason="", until=None, version=made.version,
            by=telling.people[request.decided_by],
        )  # fmt: skip


# ── tasks ──


def _task(telling: Telling, one: told.Task) -> None:
    """A task, and what was done with it since."""
    task = tasks.create_task(
        title=one.title, text=one.text, origin=tasks.Origin.OWN, about=tasks.About(one.about.kind, one.about.key),
        unit=one.unit, owner=one.owner, due=telling.day(one.due_in), cost=one.cost, by=telling.people["manager"],
        organisation=telling.company,
    )  # fmt: skip
    for move in one.moves:
        _move(task, move, telling.people[move.by])


def _move(task: Task, move: told.Move, by: Person) -> None:
    if move.to == "taken":
        tasks.take(task=task, version=task.version, by=by)
    elif move.to == "done":
        tasks.finish(task=task, result=move.said, evidence=move.evidence, version=task.version, by=by)
    elif move.to == "verified":
        tasks.verify(task=task, version=task.version, by=by)
    else:
        tasks.drop(task=task, reason=move.said, version=task.version, by=by)


# ── what is worked out ──


def _worked_out(telling: Telling) -> None:
    """Results of the cases by the register as it is now, tasks from the priorities, a note, the figures of the day."""
    company = telling.now
    refresh(organisation=company, cases=stale(company))
    _priorities(telling, company)
    _note(telling, company)
    take_snapshot(organisation=company, day=telling.today)


def _priorities(telling: Telling, company: Organisation) -> None:
    wanted = telling.story.priorities
    known = catalogue.measures()
    for row in rank(organisation=company).do.rows[: wanted.rows]:
        ask = row.asks[0]
        key, measure = follow.key_of(ask), known[ask.measure]
        unit = ask.units[0] if len(ask.units) == 1 else wanted.unit
        owner = Unit.objects.get(organisation=company, key=unit).document.get("owner", "")
        tasks.create_task(
            title=follow.title_of(ask, measure, company.read), text=measure.text, origin=tasks.Origin.PRIORITY,
            about=follow.about(key), unit=unit, owner=owner, due=telling.day(wanted.due_in),
            cost="" if measure.cost == "not stated" else measure.cost, once=follow.once(key), by=telling.people[wanted.by],
            organisation=company,
        )  # fmt: skip


def _note(telling: Telling, company: Organisation) -> None:
    note = telling.story.note
    by = telling.people[note.by]
    made = sketch(note.described, affected.known_cases(by))
    question = affected.Question(made.case, None, note.described, made.named)
    answer = affected.answer_to(question, company)
    save_note(
        organisation=company, title=note.title, text=note.text, facts=question.facts, case=question.case,
        case_digest=affected.digest_of(question.case), result=answer.found.replay, concerned=affected.summary(answer), by=by,
    )  # fmt: skip


def today() -> date:
    """The day of the first start, in the time zone of the installation."""
    return timezone.localdate()
