"""The components that every page is made of. Built in: no template needs to load them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from kizuki.kit.text import NOT_STATED, Text

register = template.Library()

#: The marks of verdicts and coverage: name of the symbol, word. The word always goes with the mark.
VERDICTS = {
    "stopped": ("stop", _("stopped")),
    "hindered": ("hind", _("hindered")),
    "open": ("open", _("open")),
    "unknown": ("unkn", _("unknown")),
    "not applicable": ("na", _("not applicable")),
    "not reached": ("nr", _("not reached")),
    "outside": ("out", _("outside")),
    "through": ("open", _("through")),
    "depends": ("unkn", _("depends")),
    "contained": ("stop", _("contained")),
    "out of reach": ("stop", _("out of reach")),
    "study": ("na", _("study")),
    "cannot be judged": ("na", _("cannot be judged")),
    "taken": ("open", _("taken")),
}
STATES = {
    "full": ("full", _("full")),
    "partial": ("part", _("partial")),
    "none": ("none", _("none")),
    "unknown": ("unkn", _("unknown")),
    "not applicable": ("na", _("not applicable")),
}


def language() -> str:
    return "ja" if (get_language() or "en").startswith("ja") else "en"


@register.filter
def bi(value: Any) -> SafeString | str:
    """A bilingual text in the reader's language. Where it is missing, the other one, marked with its `lang` and a sign that says so."""
    if value is None:
        return ""
    if value == NOT_STATED:
        return not_stated()
    if not isinstance(value, Text):
        return str(value)
    here = language()
    if not value.missing(here):
        return value.in_(here)
    other, note = value.language_shown(here), gettext("not translated")
    return format_html('<span lang="{}">{}</span> <span class="ns">{}</span>', other, value.in_(here), note)


@register.filter
def plain(value: Any) -> str:
    """A bilingual text in the reader's language without markup, for attributes."""
    if value is None or value == NOT_STATED:
        return gettext("not stated") if value else ""
    return value.in_(language()) if isinstance(value, Text) else str(value)


@register.filter
def listed(things: Iterable[Any]) -> str:
    """Things in one line, parted as the reader's language parts them."""
    return pgettext("between things", ", ").join(map(str, things))


@register.simple_tag
def not_stated() -> SafeString:
    """The value "not stated", which looks like what it is."""
    return format_html('<span class="ns">{}</span>', gettext("not stated"))


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html('<svg aria-hidden="true"><use href="#{}"/></svg>', name)


@register.simple_tag
def verdict(word: str, at: str = "", size: str = "") -> SafeString:
    """Mark and word of a verdict or of a replay's result; `at`: the step where it ended."""
    mark, name = VERDICTS[word]
    label = str(name)
    if at and word == "through":
        label = gettext("through to %(step)s") % {"step": at}
    elif at and word != "depends":
        label = gettext("%(word)s at %(step)s") % {"word": name, "step": at}
    css = f"v v-{mark}" if size != "big" else f"big-v v-{mark}"
    return format_html('<span class="{}"><svg aria-hidden="true"><use href="#v-{}"/></svg>{}</span>', css, mark, label)


@register.simple_tag
def state(word: str) -> SafeString:
    """Mark and word of a coverage state."""
    mark, name = STATES[word]
    return format_html(
        '<span class="c c-{}"><svg aria-hidden="true"><use href="#c-{}"/></svg>{}</span>', mark, mark, name
    )


@register.filter
def verdict_mark(word: str) -> str:
    return VERDICTS[word][0]


@register.filter
def verdict_word(word: str) -> Any:
    return VERDICTS[word][1]


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, autofocus: bool = False, errors: bool = True) -> dict[str, Any]:
    """One form field: label, control, help, errors, joined for screen readers. `errors` False: they are told elsewhere."""
    widget = bound.field.widget
    described = [f"{bound.id_for_label}-help"] if bound.help_text else []
    described += [f"{bound.id_for_label}-error"] if bound.errors and errors else []
    attrs: dict[str, Any] = {"class": "input"} if widget.__class__.__name__ not in CHOICES else {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if autofocus:
        attrs["autofocus"] = True
    return {
        "field": bound,
        "errors": bound.errors if errors else [],
        "control": bound.as_widget(attrs=attrs),
        "checkbox": widget.__class__.__name__ == "CheckboxInput",
    }


CHOICES = ("CheckboxInput", "CheckboxSelectMultiple", "RadioSelect")


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """This page's query string with some values changed; None takes one out. Starts with "?"."""
    request: HttpRequest = context["request"]
    values = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = str(value)
    return "?" + values.urlencode()


@register.simple_tag
def wide(text: Any) -> SafeString:
    return mark_safe(str(text))  # noqa: S308 - used for pictures drawn by kizuki.ui.svg, which escapes every text
