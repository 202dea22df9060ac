"""What the entries say that Kizuki writes by itself, in the reader's language. They never name another incident: not everyone
who reads here may know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from kizuki.casebook.words import MILESTONES
from kizuki.incidents.choices import (
    AssetState,
    Auto,
    IndicatorState,
    Kind,
    Role,
    SettingState,
    Severity,
    Status,
    TaskState,
)
from kizuki.incidents.models import Entry
from kizuki.incidents.naming import text_of
from kizuki.incidents.review_words import PARTS, POINTS, REVIEW_FIELDS
from kizuki.ui.templatetags.kizuki import language

Values = Mapping[str, Any]


def told(entry: Entry) -> str:
    """The entry in one sentence. Its links are read: prefetch them."""
    data: Values = entry.data or {}
    say = _SAY.get(entry.auto, _other)
    labels = [link.label for link in entry.links.all()]
    return say(entry, str(data.get("id") or ""), data.get("set") or {}, data.get("was") or {}, labels)


def _other(entry: Entry, _id: str, _values: Values, _was: Values, _labels: Sequence[str]) -> str:
    return str(entry.get_auto_display())


def _opened(_entry: Entry, _id: str, values: Values, _was: Values, _labels: Sequence[str]) -> str:
    return _("Incident opened: %(title)s") % {"title": values.get("title", "")}


def _changed(_entry: Entry, _id: str, values: Values, was: Values, _labels: Sequence[str]) -> str:
    parts = [_field(name, value, was.get(name)) for name, value in values.items()]
    return pgettext("between changes", "; ").join(part for part in parts if part)


#: What it means when a field of an incident is set, or taken out.
_FLAGS: Final[dict[tuple[str, bool], Any]] = {
    ("restricted", True): pgettext_lazy("incident", "Restricted: only those who have a role in it know of it"),
    ("restricted", False): pgettext_lazy("incident", "No longer restricted"),
    ("exercise", True): pgettext_lazy("incident", "An exercise"),
    ("exercise", False): pgettext_lazy("incident", "Not an exercise"),
    ("parent", True): pgettext_lazy("incident", "Part of another incident"),
    ("parent", False): pgettext_lazy("incident", "No longer part of another incident"),
    ("stand", False): pgettext_lazy("incident", "How it stands: taken out"),
}
_NAMES: Final[dict[str, Any]] = {
    "status": pgettext_lazy("incident", "Status"), "kind": pgettext_lazy("incident", "Kind"),
    "title": pgettext_lazy("incident", "Title"), "tlp": "TLP", "zone": pgettext_lazy("incident", "Time zone"),
    "day_one": pgettext_lazy("incident", "Day 1"),
}  # fmt: skip
_CHOICES: Final[dict[str, Any]] = {"status": Status, "kind": Kind}


def _field(name: str, value: Any, was: Any) -> str:
    if (name, bool(value)) in _FLAGS:
        return str(_FLAGS[name, bool(value)])
    if name == "stand":
        return _("How it stands: %(text)s") % {"text": value}
    if name == "reason":
        return _("Reason: %(text)s") % {"text": value}
    if name not in _NAMES:
        return ""
    return _("%(name)s: %(value)s (was %(before)s)") % {
        "name": _NAMES[name], "value": _value(name, value), "before": _value(name, was) or "–",
    }  # fmt: skip


def _value(name: str, value: Any) -> str:
    choices = _CHOICES.get(name)
    return str(choices(value).label) if choices and value in choices.values else str(value or "")


def _severity(_entry: Entry, _id: str, values: Values, was: Values, _labels: Sequence[str]) -> str:
    said = _("Severity %(now)s (was %(before)s)") % {
        "now": _severity_name(values.get("severity")), "before": _severity_name(was.get("severity")),
    }  # fmt: skip
    return _with_reason(said, values) if values.get("reason") else _("%(said)s, by the criteria") % {"said": said}


def _severity_name(value: Any) -> str:
    if value not in Severity.values:
        return "–"
    name = str(Severity(value).label)
    return f"{value} {name}" if value else name


def _with_reason(said: str, values: Values) -> str:
    reason = values.get("reason")
    return _("%(said)s. Reason: %(text)s") % {"said": said, "text": reason} if reason else said


def _role(_entry: Entry, _id: str, values: Values, _was: Values, _labels: Sequence[str]) -> str:
    role = values.get("role")
    words = {"name": values.get("name", ""), "role": Role(role).label if role in Role.values else role}
    if values.get("until"):
        return _("%(name)s is no longer: %(role)s") % words
    return _("%(name)s is from now on: %(role)s") % words


def _milestone(_entry: Entry, id: str, values: Values, _was: Values, _labels: Sequence[str]) -> str:
    words = {"name": MILESTONES.get(id, id), "entry": values.get("entry"), "until": values.get("by")}
    if not values.get("entry"):
        return _("Milestone %(name)s: no longer marked") % words
    if words["until"]:
        return _("Milestone %(name)s: entry %(entry)s, at the latest %(until)s") % words
    return _("Milestone %(name)s: entry %(entry)s") % words


def _task(entry: Entry, id: str, values: Values, _was: Values, labels: Sequence[str]) -> str:
    tasks = values.get("tasks")
    if isinstance(tasks, Mapping):
        return _tasks(values, tasks)
    said = _("Task %(n)s %(title)s") % {
        "n": id,
        "title": text_of(values, "title").in_(language()) or next(iter(labels), ""),
    }
    # What came of it is the text of the entry itself.
    names = ("state", "owner_name", "due") if entry.text else ("state", "owner_name", "due", "result")
    parts = [_task_field(name, values[name]) for name in names if values.get(name)]
    return f"{said}{_(': ')}{pgettext('between changes', '; ').join(parts)}" if parts else said


def _tasks(values: Values, tasks: Values) -> str:
    if title := text_of(values, "title").in_(language()):
        return ngettext(
            "Procedure begun: %(title)s, %(n)d task", "Procedure begun: %(title)s, %(n)d tasks", len(tasks)
        ) % {"title": title, "n": len(tasks)}
    names = {one.get("owner_name") or _("nobody") for one in tasks.values() if isinstance(one, Mapping)}
    words = {
        "numbers": pgettext("between things", ", ").join(tasks),
        "name": pgettext("between things", ", ").join(names),
    }
    return _("Tasks %(numbers)s given to: %(name)s") % words


def _task_field(name: str, value: Any) -> str:
    if name == "state":
        return str(TaskState(value).label) if value in TaskState.values else str(value)
    if name == "due" and (due := parse_datetime(str(value))) is not None:
        return _("due %(at)s") % {"at": f"{timezone.localtime(due):%m-%d %H:%M}"}
    return str(value)


def _decision(_entry: Entry, id: str, values: Values, _was: Values, _labels: Sequence[str]) -> str:
    if "holds" in values:
        return (_("Decision %(n)s still holds") if values["holds"] else _("Decision %(n)s no longer holds")) % {"n": id}
    return _("Decision %(n)s") % {"n": id}


def _asset(_entry: Entry, id: str, values: Values, _was: Values, _labels: Sequence[str]) -> str:
    state = values.get("state")
    words = {
        "name": text_of(values, "label").in_(language()) or id,
        "state": AssetState(state).label if state in AssetState.values else state,
    }
    return _("Asset %(name)s: %(state)s") % words


def _indicator(_entry: Entry, id: str, values: Values, _was: Values, labels: Sequence[str]) -> str:
    state = values.get("state")
    known = IndicatorState(state).label if state in IndicatorState.values else state
    # The link's name is the defanged form, which nothing takes for an address.
    return _("Indicator %(name)s: %(state)s") % {"name": next(iter(labels), id), "state": known}


def _file(_entry: Entry, _id: str, values: Values, _was: Values, _labels: Sequence[str]) -> str:
    return _("File kept: %(name)s") % {"name": values.get("name", "")}


def _closed(_entry: Entry, _id: str, values: Values, _was: Values, _labels: Sequence[str]) -> str:
    passed = values.get("overrides") or {}
    if not passed:
        return _with_reason(_("Incident closed"), values)
    points = (f"{POINTS[point].name if point in POINTS else point} – {reason}" for point, reason in passed.items())
    return _("Incident closed, although something is missing: %(points)s") % {
        "points": pgettext("between changes", "; ").join(points)
    }


def _review(_entry: Entry, id: str, values: Values, was: Values, _labels: Sequence[str]) -> str:
    if "setting" in values:
        return _same_setting(values)
    if not id:
        names = (str(REVIEW_FIELDS[name]) for name in values if name in REVIEW_FIELDS)
        return _("Review, written: %(fields)s") % {"fields": pgettext("between things", ", ").join(names)}
    words = {"part": PARTS.get(values.get("part", ""), ""), "text": values.get("text") or was.get("text", "")}
    if values.get("text") is None:
        return _("Review, taken out of “%(part)s”: %(text)s") % words
    if was:
        return _("Review, changed in “%(part)s”: %(text)s") % words
    return _("Review, “%(part)s”: %(text)s") % words


def _same_setting(values: Values) -> str:
    words = {"measure": values["setting"], "n": values.get("found") or len(values.get("assets") or ())}
    if "found" in values:
        text = ngettext(
            "Same setting: %(n)d asset to look at for %(measure)s", "Same setting: %(n)d assets to look at for %(measure)s",
            words["n"],
        )  # fmt: skip
        return text % words
    state = values.get("state")
    words["state"] = SettingState(state).label if state in SettingState.values else state
    return _("Same setting, %(measure)s: %(n)d × %(state)s") % words


def _merged(_entry: Entry, _id: str, values: Values, _was: Values, _labels: Sequence[str]) -> str:
    if "into" in values:
        return _("Merged into another incident; work goes on there")
    if "apart" in values:
        return _("An incident that was merged into this one is worked on apart again")
    return _("Another incident was merged into this one")


def _escalation(_entry: Entry, _id: str, values: Values, _was: Values, _labels: Sequence[str]) -> str:
    return _("To be told, by the criteria: %(who)s") % {"who": text_of(values, "name").in_(language())}


def _authority(_entry: Entry, _id: str, values: Values, _was: Values, _labels: Sequence[str]) -> str:
    return _("Authority to stop, by the criteria: %(who)s") % {"who": text_of(values, "name").in_(language())}


def _next(_entry: Entry, _id: str, values: Values, _was: Values, _labels: Sequence[str]) -> str:
    return _with_reason(
        _("Next step not taken: %(title)s") % {"title": text_of(values, "title").in_(language())}, values
    )


_SAY: Final[dict[str, Callable[[Entry, str, Values, Values, Sequence[str]], str]]] = {
    Auto.OPENED: _opened, Auto.CHANGED: _changed, Auto.SEVERITY: _severity, Auto.ROLE: _role, Auto.MILESTONE: _milestone,
    Auto.TASK: _task, Auto.DECISION: _decision, Auto.ASSET: _asset, Auto.INDICATOR: _indicator, Auto.FILE: _file,
    Auto.CLOSED: _closed, Auto.MERGED: _merged, Auto.ESCALATION: _escalation, Auto.AUTHORITY: _authority,
    Auto.NEXT: _next, Auto.REVIEW: _review,
}  # fmt: skip
