"""From a line that somebody wrote to an entry: what is understood, of whom and what it speaks, and what could be meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Case, Q, When
from django.utils import timezone

from kizuki.accounts.models import Person
from kizuki.casebook.words import KINDS, MILESTONES
from kizuki.incidents.actions.timeline import About, add_entry, lane_of
from kizuki.incidents.choices import KINDS as KIND_WORDS
from kizuki.incidents.choices import LANES
from kizuki.incidents.engine.human import read_moment
from kizuki.incidents.engine.line import Line, longest_known, read_line
from kizuki.incidents.engine.moment import BadMoment
from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.people import who_see
from kizuki.incidents.words import LANE_NAMES, bad_moment
from kizuki.kit import when
from kizuki.register.models import Asset
from kizuki.search.engine.tokens import folded
from kizuki.ui.templatetags.kizuki import language

#: So many completions are shown, and so many mentions of one line are looked up.
MOST_SHOWN: Final = 8
MOST_MENTIONS: Final = 50


class Understood(NamedTuple):
    """A line, and what it speaks of. `lane`, `kind`: as they will be entered, "" where it has to be asked; `strange`: mentions that mean
    nobody and nothing here."""

    line: Line
    lane: str
    kind: str
    about: tuple[About, ...]
    strange: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """What has to be asked: lane, kind, text."""
        asked = (("lane", self.lane), ("kind", self.kind), ("text", self.line.text))
        return tuple(name for name, value in asked if not value)


def understand(incident: Incident, text: str, *, by: Person, chosen: Mapping[str, str] | None = None) -> Understood:
    """What a line says. `chosen`: lane and kind as they were picked for what the line leaves out. ValidationError by field for a time
    that cannot be."""
    picked = chosen or {}
    try:
        line = read_line(
            text, now=timezone.now(), zone=incident.zone, day_one=incident.day_one, lane=lane_of(by, incident)
        )
    except BadMoment as error:
        raise ValidationError({"line": bad_moment(error)}) from None
    lane = line.lane or (picked.get("lane", "") if picked.get("lane") in LANES else "")
    kind = line.kind or (picked.get("kind", "") if picked.get("kind") in KIND_WORDS else "")
    people, nobody = people_meant(incident, line.people)
    assets, nothing = assets_meant(by, line.assets)
    strange = (*(f"@{name}" for name in nobody), *(f"#{name}" for name in nothing), *line.unknown)
    return Understood(line, lane, kind, (*people, *assets), strange)


def enter(incident: Incident, read: Understood, *, by: Person, once: str) -> Entry:
    """Enter a line of which nothing is missing."""
    line = read.line
    return add_entry(
        incident=incident, text=line.text, lane=read.lane, kind=read.kind, by=by, at=line.at or "", handover=line.handover,
        about=read.about, milestone=line.milestone, once=once,
    )  # fmt: skip


def time_read(incident: Incident, written: str) -> str:
    """A time that a person wrote, by the incident's clock where it names none, in a form of `kizuki.kit.when`. ValidationError for what
    cannot be."""
    plain = written.strip()
    try:
        return read_moment(plain, now=timezone.now(), zone=incident.zone, day_one=incident.day_one)
    except BadMoment as error:
        bad = error
    try:
        # Forms that nobody types, but that stand in a timeline: `week 3+`, `over 1 month before`.
        if bad.code == "form":
            return when.parse(plain).written
    except ValueError:
        pass
    raise ValidationError(bad_moment(bad))


def about_of(incident: Incident, text: str, *, by: Person) -> list[About]:
    """What a text mentions as @person and #asset."""
    # With a time, a lane and a kind before it, nothing of the text is taken for one.
    line = read_line(f"undated security learn {text}", now=timezone.now(), zone=incident.zone, day_one=incident.day_one)
    return [*people_meant(incident, line.people)[0], *assets_meant(by, line.assets)[0]]


def people_meant(incident: Incident, mentions: Iterable[str]) -> tuple[list[About], list[str]]:
    """Those whom mentions mean – by the whole name, or by the first part of it where only one has that – and the mentions that mean
    nobody."""
    said = list(dict.fromkeys(mentions))[:MOST_MENTIONS]
    if not said:
        return [], []
    names = _names(incident)
    found, strange = [], []
    for mention in said:
        name = longest_known(mention, tuple(names))
        person = names.get(name)
        if person is None:
            strange.append(mention)
        else:
            found.append(About("person", str(person.pk), person.name))
    return found, strange


def _names(incident: Incident) -> dict[str, Person]:
    """How those who see the incident may be called."""
    names: dict[str, list[Person]] = {}
    for person in who_see(incident).order_by("name"):
        for name in _called(person.name):
            names.setdefault(name, []).append(person)
    return {name: people[0] for name, people in names.items() if len(people) == 1}


def _called(name: str) -> set[str]:
    """A whole name without its spaces, and its first word; of each, where the name is written in two scripts (林 健 / Ken Hayashi)."""
    found = set()
    for written in name.split("/"):
        words = written.split()
        found |= {"".join(words), *words[:1], *(words[-1:] if written.isascii() else ())}
    return found - {""}


def assets_meant(person: Person, mentions: Iterable[str]) -> tuple[list[About], list[str]]:
    """The assets of the register, as far as the person sees it, that mentions mean – by id, name or host – and the mentions that mean
    none or several."""
    found, strange = [], []
    for mention in list(dict.fromkeys(mentions))[:MOST_MENTIONS]:
        asset = _asset(person, mention)
        if asset is None:
            strange.append(mention)
        else:
            found.append(About("asset", asset.key, asset.name))
    return found, strange


def _asset(person: Person, word: str) -> Asset | None:
    visible: Any = Asset.objects.visible_to(person)
    named = Q(name_ja=word) | Q(name_en__iexact=word)
    for rows in (visible.filter(key__in={word, word.lower()}), visible.filter(named)):
        some: list[Asset] = list(rows[:2])
        if some:
            return some[0] if len(some) == 1 else None
    plain = folded(word)
    held: list[Asset] = [one for one in visible.filter(text__contains=plain)[:20] if plain in _hosts(one)]
    return held[0] if len(held) == 1 else None


def _hosts(asset: Asset) -> set[str]:
    """The names of its hosts, whole and without their domain, and its addresses."""
    document: dict[str, Any] = asset.document
    hosts = [folded(name) for name in document.get("hosts", ())]
    return {*hosts, *(name.partition(".")[0] for name in hosts), *document.get("ips", ())}


class Completion(NamedTuple):
    """What may be meant: what is put into the line, and what it is called."""

    word: str
    name: str

    @property
    def tells(self) -> bool:
        """Whether the name says more than the word."""
        return self.name != self.word.lstrip("!>")


def completions(incident: Incident, text: str, *, by: Person) -> list[Completion]:
    """What the last word of a line may become: @person, #asset, !milestone, >lane; a lane or a kind by its beginning."""
    word = text.rsplit(maxsplit=1)[-1] if text and not text[-1].isspace() else ""
    sign, begun = word[:1], folded(word[1:])
    if sign in ("@", "＠"):
        people = who_see(incident).order_by("name")
        return [_person(one) for one in people if begun in folded(one.name)][:MOST_SHOWN]
    if sign in ("#", "＃"):
        return _assets(by, begun)
    if sign in ("!", "！"):
        return _words("!", MILESTONES, begun)
    if sign in (">", "＞", "→"):
        return _words(">", LANE_NAMES, begun)
    begun = folded(word)
    if len(begun) < (2 if begun.isascii() else 1) or len(text.split()) > 4:
        return []
    return [*_words("", LANE_NAMES, begun), *_words("", KINDS, begun)][:MOST_SHOWN]


def _person(person: Person) -> Completion:
    return Completion(f"@{''.join(person.name.split('/')[0].split())}", person.name)


def _assets(person: Person, begun: str) -> list[Completion]:
    """Those that begin so come before those that only hold it."""
    rows, order = Asset.objects.visible_to(person), ["key"]
    if begun:
        first = Q(key__startswith=begun) | Q(name_ja__istartswith=begun) | Q(name_en__istartswith=begun)
        rows = rows.filter(first | Q(text__contains=begun)).annotate(later=Case(When(first, then=0), default=1))
        order = ["later", "key"]
    named = rows.only("key", "name_ja", "name_en").order_by(*order)[:MOST_SHOWN]
    return [Completion(f"#{one.key}", one.name.in_(language())) for one in named]


def _words(sign: str, names: Mapping[str, Any], begun: str) -> list[Completion]:
    """Words of one sort by their beginning; what is put into the line is the reader's word."""
    found = [(word, str(name)) for word, name in names.items()]
    fitting = [(word, name) for word, name in found if folded(name).startswith(begun) or word.startswith(begun)]
    return [Completion(f"{sign}{name if ' ' not in name else word}", name) for word, name in fitting][:MOST_SHOWN]
