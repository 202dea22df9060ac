"""The review: its items, what came of the incident, what is published; lessons that become tasks and are followed.

The entries say in `data` what is so from now on: of an item {"id": its id, "set": {"part", "text", …}} (`text` None: taken out), of the
rest {"id": "", "set": {field: value}}."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from kizuki.incidents import hooks
from kizuki.incidents.actions.tasks import fit, plain
from kizuki.incidents.actions.timeline import MOST_TEXT, ROOM, Stale, hold, must_be_open, note
from kizuki.incidents.choices import MILESTONES, Auto, Publication
from kizuki.incidents.engine import review as engine
from kizuki.incidents.engine.review import PARTS, Item
from kizuki.incidents.follow import KIND
from kizuki.incidents.models import Entry, Incident, MilestoneAt, Review
from kizuki.journal.actions import By, record
from kizuki.kit.text import Text
from kizuki.measures import catalogue
from kizuki.register.models import Contact
from kizuki.tasks import actions as tasks
from kizuki.tasks.choices import FOLLOWED
from kizuki.tasks.models import Task

MOST_MEASURES: Final = 12
#: So many items one part can hold.
MOST_ITEMS: Final = 200
COMMON: Final = ("", "common", "particular")
#: What `write_review` writes.
WRITTEN: Final = ("outcome", "publication", "publication_reason", "same_setting", "absent")


class StaleItem(Stale):
    """Somebody else changed the item, or took it out (`item` None); nothing was written."""

    def __init__(self, review: Review, item: Item | None) -> None:
        super().__init__(review)
        self.item = item


@transaction.atomic
def save_item(
    *,
    incident: Incident,
    part: str,
    text: str,
    by: By,
    id: str = "",
    version: int = 0,
    source: str = "",
    entry: int | None = None,
    measures: Sequence[str] = (),
    root: bool = False,
    common: str = "",
    owner: str = "",
    due: dt.date | None = None,
    once: str = "",
) -> Item:
    """Add an item to a part of the review, or with `id` and `version` change the one that is there. `source`, `entry`: where a new one
    comes from; of one source a part takes one item, and gives it back when it comes again. A lesson with measure, owner and due
    day is a task of the tasks room from now on."""
    fit(once)
    hold(incident)
    review = _held(incident)
    parts = engine.read(review.parts)
    if (there := _there(incident, parts, part=part, source=source, id=id, once=once)) is not None:
        return there
    must_be_open(incident)
    before = _as_seen(review, parts, id, version) if id else None
    values = _checked(
        incident, parts, part=part, text=text, measures=measures, root=root, common=common, owner=owner, due=due
    )
    first = Item(id=f"{part[0]}{incident.last_seq + 1}", text="", version=0, source=source, entry=entry)
    base = before or first
    item = msgspec.structs.replace(base, version=base.version + 1, **values)
    item = msgspec.structs.replace(item, task=_follow(incident, part, item, by))
    _store(review, engine.put(parts, part, item))
    told, was = {"part": part, **msgspec.to_builtins(item)}, {"text": before.text} if before else None
    note(incident, Auto.REVIEW, by=by, kind="learn", id=item.id, values=told, was=was, once=once)
    _record(incident, by, {"part": part, "item": item.id})
    return item


@transaction.atomic
def remove_item(*, incident: Incident, id: str, version: int, by: By) -> None:
    """Take an item out; the entry keeps what it said. Its task is dropped. One that is gone already stays gone."""
    hold(incident)
    review = _held(incident)
    parts = engine.read(review.parts)
    found = engine.find(parts, id)
    if found is None:
        return
    must_be_open(incident)
    part, item = found
    _as_seen(review, parts, id, version)
    _let_go(item, by)
    _store(review, engine.without(parts, id))
    note(
        incident, Auto.REVIEW, by=by, kind="learn", id=id, values={"part": part, "text": None}, was={"text": item.text}
    )
    _record(incident, by, {"part": part, "item": id})


@transaction.atomic
def write_review(*, incident: Incident, version: int, by: By, **values: Any) -> Review:
    """Write what came of it, what is published and why, what came of looking for the same setting elsewhere, or which milestones do not
    apply (`absent`: milestone → why). Stale where somebody was faster."""
    if set(values) - set(WRITTEN):
        raise TypeError(values)
    hold(incident)
    review = _held(incident)
    if review.version != version:
        raise Stale(review)
    must_be_open(incident)
    made = _fields(incident, review, values)
    changed = {name: value for name, value in made.items() if getattr(review, name) != value}
    if not changed:
        return review
    was = {name: getattr(review, name) for name in changed}
    for name, value in changed.items():
        setattr(review, name, value)
    review.version += 1
    _store(review, None)
    note(incident, Auto.REVIEW, by=by, kind="learn", values=changed, was=was)
    _record(incident, by, {"fields": sorted(changed)})
    return review


def _held(incident: Incident) -> Review:
    """The review, made where there is none; the incident is held, so that nobody else makes one."""
    review, _new = Review.objects.get_or_create(incident=incident)
    return review


def _there(incident: Incident, parts: engine.Parts, *, part: str, source: str, id: str, once: str) -> Item | None:
    """What this sending made when it came before, or what came of the same source."""
    if once and (sent := Entry.objects.filter(incident=incident, once=once).first()) is not None:
        found = engine.find(parts, sent.data.get("id", ""))
        return found[1] if found else msgspec.convert(_item_told(sent.data["set"]), Item)
    if source and not id:
        return next((item for item in parts.get(part, ()) if item.source == source), None)
    return None


def _item_told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "part"}


def _as_seen(review: Review, parts: engine.Parts, id: str, version: int) -> Item:
    """The item as the reader saw it, else StaleItem."""
    found = engine.find(parts, id)
    if found is None or found[1].version != version:
        raise StaleItem(review, found[1] if found else None)
    return found[1]


def _store(review: Review, parts: engine.Parts | None) -> None:
    """Write the review; the items alone do not raise its version."""
    if parts is not None:
        review.parts = engine.written(parts)
    review.changed_at = timezone.now()
    review.save()


def _record(incident: Incident, by: By, data: dict[str, Any]) -> None:
    record(by=by, room=ROOM, verb="reviewed", obj=incident, data=data)
    hooks.happened(incident, "review.changed", data)


def _checked(
    incident: Incident,
    parts: engine.Parts,
    *,
    part: str,
    text: str,
    measures: Sequence[str],
    root: bool,
    common: str,
    owner: str,
    due: dt.date | None,
) -> dict[str, Any]:
    """The content of an item; what its part does not have is left out. ValidationError by field."""
    faults: dict[str, str] = {}
    said, chosen = plain(text), tuple(dict.fromkeys(measures)) if part in engine.WITH_MEASURES else ()
    if part not in PARTS:
        raise ValidationError({"part": _("Choose one of the six parts.")})
    if not said:
        faults["text"] = _("Write it in one sentence.")
    elif len(said) > MOST_TEXT:
        faults["text"] = _("At most %(most)s characters; these are %(n)s.") % {
            "most": f"{MOST_TEXT:,}", "n": f"{len(said):,}",
        }  # fmt: skip
    if len(parts[part]) > MOST_ITEMS:
        faults["text"] = _("This part has %(n)d items already; put some of them together.") % {"n": len(parts[part])}
    if len(chosen) > MOST_MEASURES:
        faults["measures"] = _("Name at most %(n)d measures.") % {"n": MOST_MEASURES}
    elif strange := [one for one in chosen if catalogue.find(one) is None]:
        faults["measures"] = _("There is no measure “%(id)s”.") % {"id": strange[0][:40]}
    if common not in COMMON:
        faults["common"] = _("Choose one of the values.")
    if owner and not Contact.objects.filter(organisation=incident.organisation_id, deleted_at=None, key=owner).exists():
        faults["owner"] = _("This is not a contact of the register.")
    if faults:
        raise ValidationError(faults)
    lesson = part == "lessons"
    return {
        "text": said, "measures": chosen, "root": root and part == "causes", "common": common if lesson else "",
        "owner": owner if lesson else "", "due": due.isoformat() if lesson and due else "",
    }  # fmt: skip


def _fields(incident: Incident, review: Review, values: Mapping[str, Any]) -> dict[str, Any]:
    """What `write_review` was given, checked together with what stands there."""
    made: dict[str, Any] = {name: value if name == "absent" else plain(value) for name, value in values.items()}
    faults: dict[str, str] = {}
    for name in ("outcome", "publication_reason", "same_setting"):
        if len(made.get(name, "")) > MOST_TEXT:
            faults[name] = _("At most %(most)s characters; these are %(n)s.") % {
                "most": f"{MOST_TEXT:,}", "n": f"{len(made[name]):,}",
            }  # fmt: skip
    publication = made.get("publication", review.publication)
    if publication and publication not in Publication.values:
        faults["publication"] = _("Choose one of the values.")
    if publication in (Publication.LATER, Publication.NO) and not made.get(
        "publication_reason", review.publication_reason
    ):
        faults["publication_reason"] = _("Say why it is not published, or not yet.")
    if "absent" in made:
        made["absent"], fault = _absent(incident, made["absent"])
        if fault:
            faults["absent"] = fault
    if faults:
        raise ValidationError(faults)
    return made


def _absent(incident: Incident, said: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Milestones that do not apply, each with its reason, and what is wrong with them."""
    made = {name: plain(reason)[:500] for name, reason in said.items() if reason.strip()}
    if set(made) - set(MILESTONES):
        return made, _("There is no such milestone.")
    marked = MilestoneAt.objects.filter(incident=incident, name__in=list(made)).values_list("name", flat=True)
    if marked:
        return made, _("A milestone that is marked applies. Take the mark away first.")
    return made, ""


def _follow(incident: Incident, part: str, item: Item, by: By) -> int | None:
    """The number of the task in which the item is followed: made, changed, or dropped where nothing is to be followed any more."""
    if part != "lessons" or not item.is_followed:
        _let_go(item, by)
        return None
    there = Task.objects.filter(pk=item.task).first() if item.task else None
    if there is not None and there.state not in FOLLOWED:
        return item.task
    owner = Contact.objects.get(organisation=incident.organisation_id, deleted_at=None, key=item.owner)
    values: dict[str, Any] = {
        "title": " ".join(item.text.split())[:200], "text": _in_full(incident, item), "unit": owner.unit, "owner": item.owner,
        "due": dt.date.fromisoformat(item.due), "by": by,
    }  # fmt: skip
    if there is not None:
        return tasks.edit_task(task=there, cost=there.cost, version=there.version, **values).pk
    made = tasks.create_task(
        **values, origin=tasks.Origin.REVIEW, about=tasks.About(KIND, incident.number),
        once=f"{KIND}:{incident.pk}:{item.id}", organisation=incident.organisation,
    )  # fmt: skip
    return made.pk


def _in_full(incident: Incident, item: Item) -> Text:
    """What the task says besides its title, in both languages."""
    made = {}
    for here in ("ja", "en"):
        with override(here):
            found = [catalogue.find(id) for id in item.measures]
            named = _(", ").join(f"{one.id} {one.name.in_(here)}" for one in found if one is not None)
            lead = _("A lesson of incident %(number)s. Measures: %(measures)s.")
            made[here] = f"{lead % {'number': incident.number, 'measures': named}}\n\n{item.text}"
    return Text(**made)


def _let_go(item: Item, by: By) -> None:
    """Drop the task of an item that is no longer followed."""
    task = Task.objects.filter(pk=item.task, state__in=FOLLOWED).first() if item.task else None
    if task is not None:
        made = {}
        for here in ("ja", "en"):
            with override(here):
                made[here] = _("The review no longer asks for it.")
        tasks.drop(task=task, reason=Text(**made), version=task.version, by=by)
