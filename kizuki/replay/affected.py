"""“Are we affected?”: a question, the answer by the register as it stands, and what a note keeps of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from kizuki.accounts.access import get_visible
from kizuki.casebook.engine.format import Case as Document
from kizuki.casebook.models import Case
from kizuki.kit.kept import Kept
from kizuki.kit.text import shown
from kizuki.measures import catalogue
from kizuki.register.engine.format import Asset, Contact
from kizuki.register.library import vocabulary
from kizuki.register.models import Organisation
from kizuki.register.words import ASSET_KINDS, CHANNELS
from kizuki.replay import affected_words, logs
from kizuki.replay.affected_forms import AffectedForm
from kizuki.replay.engine import affected as engine
from kizuki.replay.engine import described, heat
from kizuki.replay.engine.affected import Affected, Call, Standing
from kizuki.replay.engine.described import Described, Like, Named
from kizuki.replay.map import Naming
from kizuki.replay.past import compiled_now
from kizuki.ui.templatetags.kizuki import language

#: Cases whose steps lend their measures and lessons to a description.
KNOWN = 200
#: A note keeps so many ids, and shows so many assets by name.
MOST_IDS, MOST_SHOWN = 5000, 50
_texts: Kept[list[str]] = Kept(1)
_canonical = msgspec.json.Encoder(order="deterministic")


class Question(NamedTuple):
    """What is asked: a case of the library, or a description."""

    case: Document
    row: Case | None
    what: Described | None
    named: tuple[Named, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """What was known, as a note keeps it."""
        return {"case": self.row.slug} if self.row else {"described": msgspec.to_builtins(self.what)}


class Answer(NamedTuple):
    """What came of a question. `rows`: number of each asset concerned and how it stands."""

    question: Question
    found: Affected
    rows: list[tuple[int, Standing]]
    calls: list[Call]
    products: int | None


def known_cases(person: Any) -> list[Document]:
    return [row.read for row in Case.objects.visible_to(person).exclude(kind="study")[:KNOWN]]


def question_of(data: QueryDict, form: AffectedForm, person: Any) -> Question | None:
    """The question in an address; None where there is none yet, or the form is not filled in well. 404 for an unknown case."""
    if slug := data.get("case"):
        row: Case = get_visible(Case.objects, person, slug=slug)
        return Question(row.read, row, None, ())
    if not form.is_bound or not form.is_valid():
        return None
    made = described.sketch(form.described, known_cases(person))
    return Question(made.case, None, form.described, made.named)


def answer_to(question: Question, organisation: Organisation) -> Answer:
    """The answer by the register as it stands now."""
    register, products = compiled_now(organisation), None
    product = question.what.product if question.what else ""
    if described.alternatives(product):
        document = register.organisation
        said = _texts.get(organisation.digest, lambda: described.texts(document))
        matching = described.matching(said, product)
        products = len(matching)
        register = described.compile_marked(document, catalogue.current(), vocabulary(), matching)
    found = engine.affected(question.case, register)
    rows = engine.listed(found)
    calls = engine.calls(found.register.organisation, rows, found.register)
    return Answer(question, found, rows, calls, products)


class AssetLine(NamedTuple):
    id: str
    name: Any
    kind: str
    machines: int
    unit: str
    zone: str
    standing: Standing
    word: Any
    mark: str
    lost: bool
    match: str
    importance: int | None


class Lines:
    """The assets concerned, in words."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.register = answer, answer.found.register
        self.names = Naming(self.register)
        what = answer.question.what
        self.wanted = described.alternatives(what.product) if what else ()
        self.lost = set(heat.numbers(self.register, answer.found.lost))

    def of(self, number: int, standing: Standing) -> AssetLine:
        asset, most = self.register.assets[number], self.register.assets[number].importance
        mark, word = affected_words.STANDINGS[standing]
        return AssetLine(
            asset.id, asset.name, str(ASSET_KINDS.get(asset.kind, asset.kind)), asset.count,
            self.names.unit(asset.unit or ""),
            ", ".join(self.names.zone(zone) for zone in asset.all_zones()) or self.names.zone(""), standing, word, mark,
            number in self.lost, self._match(asset),
            None if most is None else max(most.confidentiality, most.integrity, most.availability),
        )  # fmt: skip

    def _match(self, asset: Asset) -> str:
        """Where the product was found; "" where it is the name, which stands beside it."""
        match = described.matched(asset, self.wanted) if self.wanted else ""
        return "" if match in described.names(asset) else match

    def first(self, most: int) -> list[AssetLine]:
        return [self.of(number, standing) for number, standing in self.answer.rows[:most]]


def table(answer: Answer) -> Iterator[dict[str, Any]]:
    """Every asset concerned with whom to call, as rows of a file."""
    here, lines = language(), Lines(answer)
    who = {asset: call for call in answer.calls for asset in call.assets}
    for number, standing in answer.rows:
        line = lines.of(number, standing)
        call = who.get(line.id)
        contact = call.contact if call else None
        yield {
            "asset": line.id, "name": shown(line.name, here), "kind": line.kind, "count": line.machines, "unit": line.unit,
            "zone": line.zone, "standing": line.standing, "lost": line.lost, "match": line.match,
            "importance": "" if line.importance is None else line.importance,
            "call": shown(contact.name, here) if contact else "",
            "channels": "; ".join(channels(contact)) if contact else "",
        }  # fmt: skip


def channels(contact: Contact) -> list[str]:
    """The ways to reach somebody, best first, in words."""
    made = []
    for channel in contact.channels:
        said = {"kind": CHANNELS.get(channel.kind, channel.kind), "address": channel.address, "hours": channel.hours}
        made.append(_("%(kind)s %(address)s (%(hours)s)") % said if channel.hours else _("%(kind)s %(address)s") % said)
    if contact.mail and not any(channel.kind == "mail" for channel in contact.channels):
        made.append(_("%(kind)s %(address)s") % {"kind": CHANNELS["mail"], "address": contact.mail})
    return made


class CallLine(NamedTuple):
    """Whom to call about what: `who` None where nobody is recorded."""

    who: Any
    roles: str
    ways: list[str]
    deputies: list[tuple[Any, list[str]]]
    unit: str
    urgent: int
    total: int
    assets: list[Any]


def call_lines(answer: Answer, most: int | None = None) -> list[CallLine]:
    register = answer.found.register
    names = Naming(register)
    return [
        CallLine(
            call.contact.name if call.contact else None, _(", ").join(call.contact.roles) if call.contact else "",
            channels(call.contact) if call.contact else [],
            [(deputy.name, channels(deputy)) for deputy in call.deputies],
            names.unit(call.unit), call.urgent, call.count,
            [register.assets[register.number[asset]].name for asset in call.assets[:4]],
        )
        for call in answer.calls[:most]
    ]  # fmt: skip


class CheckLine(NamedTuple):
    measure: Any
    cell: heat.Cell


def checks(answer: Answer) -> list[CheckLine]:
    """The measures by which the attack would be seen, and how far each holds at the assets concerned."""
    register, where = answer.found.register, answer.found.concerned
    return [
        CheckLine(register.catalogue[id], heat.cell(register.cover(id), where, register.count))
        for id in answer.found.seen_by
        if id in register.catalogue and where
    ]


def log_sources(answer: Answer) -> list[Any]:
    case, register = answer.question.case, answer.found.register
    ways = [step.via for step in case.attack]
    kinds = [kind for kind, bits in register.exact_kinds.items() if bits & answer.found.concerned]
    return logs.sources(ways, kinds, (technique.id for step in case.attack for technique in step.techniques))


class Basis(NamedTuple):
    """The measures that a step of a description takes over for one purpose, each with the steps that name it."""

    step: str
    part: Any
    named: list[Named]


def basis(question: Question) -> list[Basis]:
    groups: dict[tuple[str, str], list[Named]] = {}
    for one in question.named:
        groups.setdefault((one.step, one.part), []).append(one)
    return [Basis(step, affected_words.PARTS[part], named) for (step, part), named in groups.items()]


class LessonLine(NamedTuple):
    row: Case
    like: Like
    lessons: list[Any]


def lessons(answer: Answer, person: Any, most: int = 3) -> list[LessonLine]:
    """What like cases learned: the lessons that speak of the measures in question, else their first ones."""
    case = answer.question.case
    bearing = {
        bears.measure for step in case.attack for bears in (*step.prevent, *step.detect, *step.contain, *step.soften)
    }
    own = [Like(case, (), True, ())] if answer.question.row else []
    alike = [*own, *described.like(case, known_cases(person), most)]
    rows = {row.slug: row for row in Case.objects.visible_to(person).filter(slug__in=[one.case.id for one in alike])}
    made = []
    for one in alike:
        speaking = [item for item in one.case.lessons if bearing & set(item.measures)] or list(one.case.lessons)
        if one.case.id in rows and speaking:
            made.append(LessonLine(rows[one.case.id], one, speaking[:most]))
    return made


def summary(answer: Answer) -> dict[str, Any]:
    """What a note keeps of the assets and calls: counts, ids up to a limit, the first assets and calls in words of both tongues."""
    register = answer.found.register
    counts = {word: register.count(answer.found.standing[word]) for word in engine.STANDINGS}
    ids = [register.assets[number].id for number, _standing in answer.rows]
    return {
        "counts": counts, "rows": len(ids), "ids": ids[:MOST_IDS], "products": answer.products,
        "assets": [
            {"id": register.assets[n].id, "name": msgspec.to_builtins(register.assets[n].name), "standing": standing}
            for n, standing in answer.rows[:MOST_SHOWN]
        ],
        "calls": [
            {
                "contact": msgspec.to_builtins(call.contact) if call.contact else None, "unit": call.unit,
                "assets": call.count, "urgent": call.urgent,
            }
            for call in answer.calls[:MOST_SHOWN]
        ],
    }  # fmt: skip


def digest_of(case: Document) -> str:
    """SHA-256 of the case that was replayed."""
    return hashlib.sha256(_canonical.encode(case)).hexdigest()


class Difference(NamedTuple):
    """A note beside the answer of now. `cut`: the note did not keep all ids."""

    before: dict[str, Any]
    now: dict[str, Any]
    more: list[str]
    fewer: list[str]
    cut: bool


def compare(then: dict[str, Any], now: dict[str, Any]) -> Difference:
    """Which assets have come and gone between two summaries."""
    before, after = set(then["ids"]), set(now["ids"])
    cut = then["rows"] > len(then["ids"]) or now["rows"] > len(now["ids"])
    return Difference(then["counts"], now["counts"], sorted(after - before), sorted(before - after), cut)


def question_again(case: Document, facts: dict[str, Any]) -> Question:
    """The question of a note, with the case as it was replayed then."""
    if "described" in facts:
        return Question(case, None, msgspec.convert(facts["described"], Described), ())
    if "case" not in facts:
        raise Http404
    return Question(case, None, None, ())
