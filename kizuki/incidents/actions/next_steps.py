"""Next steps that known cases suggest: taken as a task, or dismissed with the reason."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kizuki.incidents import hooks
from kizuki.incidents.actions.tasks import add_task
from kizuki.incidents.actions.timeline import ROOM, hold, must_be_open, note
from kizuki.incidents.choices import Auto, Role
from kizuki.incidents.models import Entry, Incident, Task
from kizuki.journal.actions import By, record
from kizuki.kit.text import Text

#: Before the key of a suggestion, in the `once` of the task that it became. A task's has room for 64 characters.
TAKEN: Final = "next:"
MOST_KEY: Final = 64 - len(TAKEN)
MOST_REASON: Final = 2000


@transaction.atomic
def take_step(*, incident: Incident, key: str, title: Text, role: str, by: By) -> Task:
    """Make a task of a suggestion; the same suggestion becomes a task once."""
    known = role if role in set(Role.values) - {Role.READER} else ""
    return add_task(incident=incident, title=title, by=by, role=known, once=f"{TAKEN}{key[:MOST_KEY]}")


@transaction.atomic
def dismiss_step(*, incident: Incident, key: str, title: Text, reason: str, by: By) -> Entry:
    """Say that a suggestion is not followed, and why; it is no longer shown. One that was dismissed before stays as it is."""
    hold(incident)
    must_be_open(incident)
    there = Entry.objects.filter(incident=incident, auto=Auto.NEXT, data__id=key).first()
    if there is not None:
        return there
    why = reason.replace("\x00", "").strip()
    if not why:
        raise ValidationError({"reason": _("Say why it is not done here.")})
    if len(why) > MOST_REASON:
        raise ValidationError(
            {"reason": _("At most %(most)d characters; these are %(n)d.") % {"most": MOST_REASON, "n": len(why)}}
        )
    values = {"reason": why, "title_ja": title.ja or "", "title_en": title.en or ""}
    entry = note(incident, Auto.NEXT, by=by, kind="decide", id=key, values=values)
    record(by=by, room=ROOM, verb="dismissed_step", obj=incident, data={"entry": entry.seq})
    hooks.happened(incident, "step.dismissed", {"entry": entry.seq})
    return entry
