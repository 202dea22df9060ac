"""Finding incidents by what is written in them.

The index is kept in step by a job, so that writing does not wait for it: `index_all` takes in what was added since the mark of each
incident. Restricted incidents stand in an index of their own, which nobody searches as a whole: whoever is in one searches the
passages of their own ones alone. So neither hits nor their order tell anything of incidents that the person may not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from kizuki.accounts import rules
from kizuki.incidents.choices import IndicatorState
from kizuki.incidents.models import Decision, Entry, Incident, IncidentQuerySet, Indicator, SearchMark, Task
from kizuki.kit.passage import Passage
from kizuki.search import actions, queries
from kizuki.search.engine.hits import Hit
from kizuki.search.engine.memory import search_passages
from kizuki.search.models import Passage as Row

ROOM: Final = "incidents"
CLOSED_ROOM: Final = "incidents-restricted"
#: A passage is about a sentence long: in a long one a single word would say little.
LONGEST: Final = 400
MOST_HITS: Final = 1000
_ENDS: Final = re.compile(r"(?<=[。．！？!?])\s*|(?<=\.)\s+|\n+")
_JAPANESE: Final = re.compile(r"[぀-ヿ㐀-鿿豈-﫿ｦ-ﾟ]")


def matching(rows: QuerySet[Incident], text: str, language: str, person: Any) -> QuerySet[Incident]:
    """Those of the incidents, all of which the person may know, that answer `text`: by what is written in them, by number, title and
    line of standing as they are this moment, and by indicators. `language`: the reader's. Order as it was."""
    words = text.split()[:8]
    if not words:
        return rows
    plain = Q()
    for word in words:
        plain &= Q(number__icontains=word) | Q(title__icontains=word) | Q(stand__icontains=word)
    known = [hit.key for hit in hits(rows, text, language, person)]
    found = plain | Q(number__in=known)
    if len(words) == 1 and len(words[0]) > 3:
        values = Indicator.objects.filter(value__icontains=words[0]).exclude(state=IndicatorState.REJECTED)
        found |= Q(pk__in=values.values("incident"))
    return rows.filter(found)


def hits(rows: QuerySet[Incident], text: str, language: str, person: Any) -> list[Hit]:
    """What was found in the incidents, all of which the person may know, best first; the key of a hit is the incident's number."""
    if not rules.may_read_all(person):
        return _own(rows, text, language)
    found = queries.find(room=ROOM, text=text, language=language, limit=MOST_HITS)
    numbers = set(rows.filter(number__in=[hit.key for hit in found]).values_list("number", flat=True))
    return [hit for hit in found if hit.key in numbers] + _own(rows.filter(restricted=True), text, language)


def _own(rows: QuerySet[Incident], text: str, language: str) -> list[Hit]:
    """Searching these incidents as if there were no others."""
    numbers = list(rows.order_by().values_list("number", flat=True))
    if not numbers:
        return []
    if Row.objects.filter(corpus__room=ROOM, key__in=numbers).exists():
        return _in_memory(numbers, text, language)
    return queries.find_among(room=CLOSED_ROOM, keys=numbers, text=text, language=language, limit=MOST_HITS)


def _in_memory(numbers: list[str], text: str, language: str) -> list[Hit]:
    """The same where some of them stand in the common index: with those of everybody else, of whom there may be far more."""
    held: dict[str, list[Passage]] = {}
    passages = Row.objects.filter(corpus__room__in=(ROOM, CLOSED_ROOM), key__in=numbers)
    for key, tongue, part, written in passages.values_list("key", "corpus__language", "part", "text"):
        held.setdefault(key, []).append(Passage(tongue, part, written))
    return search_passages(held, text, language, limit=MOST_HITS)


def behind() -> IncidentQuerySet:
    """The incidents of which the search does not know all."""
    late = Q(search_mark=None) | Q(search_mark__seq__lt=F("last_seq"))
    return Incident.objects.filter(late | ~Q(search_mark__restricted=F("restricted"))).order_by("-changed_at")


def index_all(most: int = 200) -> int:
    """Take in what is new in the incidents, at most so many of them. Returns how many."""
    found = list(behind()[:most])
    for incident in found:
        index(incident)
    return len(found)


@transaction.atomic
def index(incident: Incident) -> None:
    """Have all be found that stands in the incident now. Two at once do it one after the other."""
    SearchMark.objects.get_or_create(incident=incident, defaults={"restricted": incident.restricted})
    mark = SearchMark.objects.select_for_update().get(incident=incident)
    fresh = Incident.objects.get(pk=incident.pk)
    room, other = (CLOSED_ROOM, ROOM) if fresh.restricted else (ROOM, CLOSED_ROOM)
    if mark.restricted != fresh.restricted:
        actions.forget(room=other, keys=[fresh.number])
        mark.seq = 0
    parts = {**_of_entries(fresh, mark.seq), **_changed(room, fresh)}
    if parts:
        actions.replace_parts(room=room, key=fresh.number, parts=parts)
    SearchMark.objects.filter(pk=mark.pk).update(seq=fresh.last_seq, restricted=fresh.restricted)


def _of_entries(incident: Incident, after: int) -> dict[str, list[Passage]]:
    """The parts of the entries after that number, up to the newest that the incident knows of; those that were corrected or taken
    back have none any more."""
    rows = Entry.objects.filter(incident=incident, seq__gt=after, seq__lte=incident.last_seq, auto="").order_by("seq")
    parts: dict[str, list[Passage]] = {}
    for seq, text, withdrawn, corrects in rows.values_list("seq", "text", "withdrawn", "corrects__seq"):
        if corrects is not None:
            parts[f"entry.{corrects}"] = []
        parts[f"entry.{seq}"] = [] if withdrawn else list(_cut(f"entry.{seq}", text))
    return parts


def _changed(room: str, incident: Incident) -> dict[str, list[Passage]]:
    """Those of the other parts, of which there are few, that read differently now."""
    now: dict[str, list[Passage]] = {}
    for passage in _others(incident):
        now.setdefault(passage.part, []).append(passage)
    before: dict[str, list[Passage]] = {}
    rows = Row.objects.filter(corpus__room=room, key=incident.number).exclude(part__startswith="entry.")
    for tongue, part, text in rows.order_by("pk").values_list("corpus__language", "part", "text"):
        before.setdefault(part, []).append(Passage(tongue, part, text))
    return {part: now.get(part, []) for part in now.keys() | before.keys() if now.get(part, []) != before.get(part, [])}


def _others(incident: Incident) -> Iterator[Passage]:
    yield from _cut("title", incident.title)
    yield from _cut("stand", incident.stand)
    for decision in Decision.objects.filter(incident=incident):
        for text in (decision.question, decision.answer, decision.reason):
            yield from _cut(f"decision.{decision.number}", text)
    for task in Task.objects.filter(incident=incident):
        part = f"task.{task.number}"
        titles = (("ja", task.title_ja), ("en", task.title_en))
        yield from (Passage(tongue, part, title) for tongue, title in titles if title)
        yield from _cut(part, task.result)
    indicators = Indicator.objects.filter(incident=incident).exclude(state=IndicatorState.REJECTED)
    for indicator in indicators:
        yield from _cut(f"indicator.{indicator.pk}", f"{indicator.value}\n{indicator.note}")


def _cut(part: str, text: str) -> Iterator[Passage]:
    """A text of people as passages of about a sentence, each in the language that it is written in."""
    for piece in _ENDS.split(text):
        for start in range(0, len(piece), LONGEST):
            said = piece[start : start + LONGEST].strip()
            if said:
                yield Passage("ja" if _JAPANESE.search(said) else "en", part, said)
