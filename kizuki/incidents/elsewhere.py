"""What other rooms hold of incidents – judgements by criteria, bytes of files – and to whom they may show it."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from kizuki.incidents import hooks
from kizuki.incidents.models import Entry, FileOf, Incident

#: How decisions by criteria name an incident as that which they are about.
ABOUT: Final = Incident._meta.label_lower


def hidden_from(person: Any) -> QuerySet[Any, Any]:
    """The ids, as text, of the incidents of which the person may not know."""
    visible = Incident.objects.visible_to(person).order_by().values("pk")
    hidden = Incident.objects.exclude(pk__in=visible).order_by()
    return hidden.annotate(_key=Cast("pk", CharField())).values("_key")


def may_see_file(person: Any, digest: str) -> bool:
    """Whether the file belongs to an incident that the person sees."""
    return FileOf.objects.filter(file__digest=digest, incident__in=Incident.objects.visible_to(person)).exists()


def _propose(entry: Entry) -> None:
    from kizuki.incidents.actions import propose_indicators

    propose_indicators(entry=entry)


def install() -> None:
    """Tell those rooms so; and have indicators found in what people enter."""
    from kizuki.criteria import hooks as criteria
    from kizuki.files import hooks as files

    criteria.hidden_from[ABOUT] = hidden_from
    files.may_see_by.append(may_see_file)
    hooks.after_entry.append(_propose)
