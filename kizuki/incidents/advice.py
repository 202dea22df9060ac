"""What known cases advise an incident: those that resemble it, why, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from kizuki.casebook.engine.format import Case as Document
from kizuki.casebook.engine.times import spans
from kizuki.casebook.models import Case
from kizuki.casebook.words import SPANS
from kizuki.incidents.actions.next_steps import TAKEN
from kizuki.incidents.choices import Auto, Kind, TaskState
from kizuki.incidents.engine import signs as signing
from kizuki.incidents.engine.next_steps import MOST, Source, Suggestion, suggestions
from kizuki.incidents.engine.similar import Alike, Library, Seen, SeenEntry, alike
from kizuki.incidents.library import next_steps
from kizuki.incidents.models import AssetOf, Entry, Incident, Task
from kizuki.incidents.telling import in_both
from kizuki.kit.kept import Kept
from kizuki.kit.text import Text
from kizuki.measures.engine.format import Measure
from kizuki.register.library import names as vocabulary_names
from kizuki.register.words import ASSET_KINDS
from kizuki.replay.engine import heat
from kizuki.replay.engine.register import Compiled
from kizuki.ui.templatetags.kizuki import language

#: Cases that are compared, in the library's order; alike cases that advise.
MOST_CASES: Final = 200
MOST_ALIKE: Final = 3
MOST_TITLE: Final = 300
#: Under which heading each part of the suggestions stands.
GROUPS: Final[dict[str, Any]] = {
    "check": gettext_lazy("It happened there as well: check it now"), "entry": gettext_lazy("What they did there"),
    "helped": gettext_lazy("What helped there, and what was missed"), "missed": gettext_lazy("What helped there, and what was missed"),
}  # fmt: skip
_libraries: Kept[Library] = Kept(4)
#: What resembles an incident, by all that it is compared by.
_found: Kept[list[Alike]] = Kept(64)


class CaseLine(NamedTuple):
    """A case that resembles, with the reasons as sentences and how long things took there. `now`: the entry at which the incident
    stands in it, "" where nothing tells."""

    row: Case
    alike: Alike
    reasons: list[str]
    now: str
    times: list[tuple[Any, str]]


class SourceLine(NamedTuple):
    """Where a suggestion stands: sign of the case, place, address, its own words, when that was there."""

    mark: str
    ref: str
    address: str
    text: Text
    when: str
    why: str
    stated: bool


class MeasureLine(NamedTuple):
    """A measure that a suggestion comes from, and how far it holds at the affected assets ("" where none is noted)."""

    measure: Measure
    state: str


class StepLine(NamedTuple):
    """A suggestion as pages show it. `act`: for something done there, what to do about it here, before the words of the case."""

    key: str
    part: str
    act: str
    text: Text
    role: str
    sources: list[SourceLine]
    measures: list[MeasureLine]


class Advice:
    """The cases that resemble an incident and what they suggest, for one reader."""

    def __init__(self, incident: Incident, person: Any, assets: Sequence[AssetOf], register: Compiled | None) -> None:
        self.incident, self.register = incident, register
        rows = list(Case.objects.visible_to(person).defer("document")[:MOST_CASES])
        self.rows = {row.slug: row for row in rows}
        self.assets = [row.key for row in assets]
        self.seen = seen_of(incident, self.assets, register)
        key = (incident.pk, self.seen, tuple(row.digest for row in rows))
        self.alike = _found.get(key, lambda: alike(self.seen, _library(rows), MOST_ALIKE))

    def cases(self) -> list[CaseLine]:
        """The cases that resemble, best first."""
        return [
            CaseLine(
                self.rows[one.case.id], one, reasons(self.seen, one), _now(one),
                [(SPANS[span], duration.label(language())) for span, duration in spans(one.case).items()],
            )
            for one in self.alike
        ]  # fmt: skip

    def suggestions(self, most: int = MOST) -> list[Suggestion]:
        """What they suggest that was neither taken nor set aside."""
        return suggestions(self.alike, next_steps(), done_keys(self.incident), most)

    def front(self, most: int) -> list[StepLine]:
        """The first of them, of every part the best before the second of any, so that few lines show what there is."""
        found = self.suggestions()
        firsts = {one.part: one for one in reversed(found)}
        chosen = [*sorted(firsts.values(), key=found.index), *(one for one in found if firsts[one.part] is not one)]
        return [self._line(one) for one in sorted(chosen[:most], key=found.index)]

    def find(self, key: str) -> Suggestion | None:
        """One suggestion; None where it is not, or no longer, made."""
        return next((one for one in self.suggestions(most=500) if one.key == key), None)

    def steps(self, most: int = MOST) -> list[StepLine]:
        """The suggestions as pages show them."""
        return [self._line(one) for one in self.suggestions(most)]

    def groups(self) -> list[tuple[Any, list[StepLine]]]:
        """All of them, by what they come from: what an attacker did there, what they did themselves, what helped or was missed."""
        made: dict[Any, list[StepLine]] = {name: [] for name in dict.fromkeys(GROUPS.values())}
        for line in self.steps():
            made[GROUPS[line.part]].append(line)
        return [(name, lines) for name, lines in made.items() if lines]

    def _line(self, one: Suggestion) -> StepLine:
        return StepLine(
            one.key, one.part, *_said(one), one.role, [self._source(source) for source in one.sources],
            [self._measure(measure) for measure in one.measures if self._catalogued(measure)],
        )  # fmt: skip

    def _source(self, source: Source) -> SourceLine:
        row = self.rows[source.case]
        anchor = f"e{source.ref}" if source.part == "entry" else source.ref
        when = source.at.label(language()) if source.at and source.at.frame != "order" else ""
        return SourceLine(
            row.mark, source.ref, f"{reverse('casebook:case', args=[row.slug])}#{anchor}", source.text, when,
            _why(source, row.mark), source.stated,
        )  # fmt: skip

    def _catalogued(self, measure: str) -> bool:
        return measure in _measures(self.register)

    def _measure(self, id: str) -> MeasureLine:
        state = ""
        if self.register is not None and id in self.register.catalogue:
            numbers = [self.register.number[key] for key in self.assets if key in self.register.number]
            cell = heat.cell(self.register.cover(id), self.register.spread(numbers), self.register.count)
            state = str(cell.state or "")
        return MeasureLine(_measures(self.register)[id], state)


def _measures(register: Compiled | None) -> dict[str, Measure]:
    from kizuki.measures.library import measures

    return register.catalogue if register is not None else measures()


def _library(rows: Sequence[Case]) -> Library:
    """The cases made ready for comparison; once for each state of the casebook."""

    def make() -> Library:
        documents: list[Document] = [row.read for row in Case.objects.filter(pk__in=[row.pk for row in rows])]
        return Library(documents)

    return _libraries.get(tuple(row.digest for row in rows), make)


def seen_of(incident: Incident, assets: Sequence[str], register: Compiled | None) -> Seen:
    """The incident as it is compared: what people wrote, in the order in which it happened."""
    entries = Entry.objects.filter(incident=incident).standing().exclude(text="").exclude(auto=Auto.NEXT)
    told = entries.order_by("sort", "seq").values_list("seq", "kind", "lane", "text")
    kinds = {str(register.assets[register.number[key]].kind) for key in assets if register and key in register.number}
    about = incident.organisation.head
    return Seen(
        incident.kind, f"{incident.title}\n{incident.stand}", tuple(SeenEntry(*row) for row in told), tuple(sorted(kinds)),
        tuple(about.profile), about.sector,
    )  # fmt: skip


def done_keys(incident: Incident) -> frozenset[str]:
    """The suggestions that were taken as tasks or set aside, and those whose measure a step of a begun procedure sees to."""
    tasks = Task.objects.filter(incident=incident).values_list("once", "step", "state")
    keys = {once.removeprefix(TAKEN) for once, _step, _state in tasks if once.startswith(TAKEN)}
    for _once, step, state in tasks:
        if step and state != TaskState.DROPPED:
            keys.update(f"act:{measure}" for measure in step.get("measures", ()))
    aside = Entry.objects.filter(incident=incident, auto=Auto.NEXT).values_list("data", flat=True)
    return frozenset(keys | {str(data.get("id", "")) for data in aside})


def _said(one: Suggestion) -> tuple[str, Text]:
    """What to do about it, "" where the words say so themselves; the words."""
    if one.text is not None:
        return "", one.text
    looked = one.kind in ("detect", "analyse")
    return _("Look into it as they did") if looked else _("Consider doing the same"), one.sources[0].text


def title_of(one: Suggestion) -> Text:
    """The task, in both languages; an act of a case is to be weighed, something found there to be looked for."""

    def said(tongue: str) -> str:
        act, words = _said(one)
        return f"{act}{_(': ')}{words.in_(tongue)}" if act else words.in_(tongue)

    both = {tongue: in_both(lambda tongue=tongue: said(tongue)).in_(tongue)[:MOST_TITLE] for tongue in ("ja", "en")}  # type: ignore[misc]
    return Text(**both)


def _why(source: Source, mark: str) -> str:
    """Why it is shown, in half a sentence before the words of the case."""
    if source.part == "check":
        return _("In case %(case)s this happened as well (%(ref)s)") % {"case": mark, "ref": source.ref}
    if source.part == "helped":
        return _("It limited the damage in case %(case)s") % {"case": mark}
    if source.part == "missed":
        return _("It was missing in case %(case)s") % {"case": mark}
    if source.behind:
        return _("By this point case %(case)s had done so") % {"case": mark}
    if source.after is not None:
        words = {"case": mark, "after": source.after.label(language())}
        return _("Case %(case)s did it next, %(after)s after it was noticed") % words
    return _("Case %(case)s did it next") % {"case": mark}


def reasons(seen: Seen, one: Alike) -> list[str]:
    """Why a case resembles, as sentences."""
    grounds, here, made = one.grounds, language(), []
    comma = pgettext("between things", ", ")
    if grounds.kind:
        made.append(_("The same kind: %(kind)s") % {"kind": Kind(seen.kind).label})
    if grounds.signs:
        signs = comma.join(signing.BY_ID[sign].name.in_(here) for sign in grounds.signs[:5])
        made.append(_("Seen there as well: %(signs)s") % {"signs": signs})
    if grounds.pairs:
        n = len(grounds.pairs)
        made.append(ngettext("%(n)d entry reads like one there", "%(n)d entries read like those there", n) % {"n": n})
    if kinds := [str(ASSET_KINDS[kind]) for kind in grounds.assets if kind in ASSET_KINDS]:
        made.append(_("The same kinds of asset: %(kinds)s") % {"kinds": comma.join(kinds[:5])})
    words = vocabulary_names("profile")
    if profile := [words[word].name.in_(here) for word in grounds.profile if word in words]:
        made.append(_("An organisation like ours: %(words)s") % {"words": comma.join(profile[:5])})
    return made


def _now(one: Alike) -> str:
    """The number of the entry behind which the incident stands there."""
    entries = one.case.timeline.entries
    return str(entries[one.point - 1].n) if one.point and entries else ""
