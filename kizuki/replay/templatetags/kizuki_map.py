"""Cells and bars of the measures map. A map has more than a thousand cells: they are written by one function, not by templates."""

from __future__ import annotations

from typing import Any, Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kizuki.replay.engine.heat import Cell
from kizuki.replay.map import CellView, LineView
from kizuki.ui.svg import number
from kizuki.ui.templatetags.kizuki import STATES

register = template.Library()

#: The sign of how a cell went, and its word.
CHANGES: Final[dict[str, tuple[str, Any]]] = {
    "better": ("↑", gettext_lazy("better than then")),
    "worse": ("↓", gettext_lazy("worse than then")),
    "mixed": ("↕", gettext_lazy("better and worse than then")),
    "known": ("?", gettext_lazy("less is unknown than then")),
    "new": ("+", gettext_lazy("new since then")),
    "gone": ("−", gettext_lazy("no asset left")),
}
BAR: Final = 72


@register.simple_tag
def map_cell(view: CellView, line: LineView, name: str, base: str) -> SafeString:
    """One cell: mark, percent in full where mixed, cases that pass, how it went; all of it spelled out for screen readers."""
    cell = view.cell
    if cell.state is None:
        return format_html('<span class="cell c-na" aria-label="{}"></span>', _("no assets"))
    mark, word = STATES[cell.state]
    label = _("%(measure)s, %(where)s: %(state)s") % {"measure": line.measure.id, "where": name, "state": word}
    label += _("; ") + counts(cell)
    text = percent(view.share)
    if view.marks:
        letters = " ".join(view.marks)
        label += _("; ") + _("lets pass: %(cases)s") % {"cases": letters}
    else:
        letters = ""
    sign, went = CHANGES.get(view.change or "", ("", ""))
    label += _("; ") + str(went) if sign else ""
    label += _("; ") + _("contradicted by the register") if view.contradicted else ""
    return format_html(
        '<a class="cell c-{0}" href="{1}{2}" aria-label="{3}" title="{3}">'
        '<svg aria-hidden="true"><use href="#c-{0}"/></svg>{4}{5}{6}{7}</a>',
        mark, base, view.address, label, format_html("<span>{}</span>", text) if text else "",
        format_html("<b>{}</b>", letters) if letters else "",
        format_html('<span class="went went-{}">{}</span>', view.change, sign) if sign else "",
        mark_safe('<svg class="against" aria-hidden="true"><use href="#i-err"/></svg>') if view.contradicted else "",
    )  # fmt: skip


@register.filter
def percent(share: int | None) -> str:
    """A share rounded down; some, but less than one percent, is not nothing."""
    return "" if share is None else f"{share}%" if share else "<1%"


@register.simple_tag
def went(change: str | None) -> SafeString | str:
    """Sign and word of how something went since the earlier day."""
    if change not in CHANGES:
        return ""
    sign, word = CHANGES[change]
    return format_html('<span class="went went-{}">{}</span> {}', change, sign, word)


@register.simple_tag
def coverage_bar(cell: Cell, width: int = BAR) -> SafeString:
    """What is in full, and what is partial, of all that is applicable."""
    total = cell.applicable
    full = width * cell.full / total if total else 0
    partial = width * cell.partial / total if total else 0
    return format_html(
        '<svg width="{0}" height="8" viewBox="0 0 {0} 8" role="img" aria-label="{1}"><rect class="b-bg" width="{0}" height="8"/>'
        '<rect class="b-ink" width="{2}" height="8"/><rect class="b-ink3" x="{2}" width="{3}" height="8"/></svg>',
        width, counts(cell), number(full), number(partial),
    )  # fmt: skip


def counts(cell: Cell) -> str:
    """How many assets are in each state, in words; states that none is in are left out."""
    parts = [
        pgettext("count of a state", "%(state)s %(n)s") % {"state": STATES[state][1], "n": f"{n:,}"}
        for state, n in cell.by_state().items()
        if n
    ]
    return _(", ").join(parts) or _("none that counts")


@register.filter
def state_counts(cell: Cell) -> str:
    return counts(cell)


@register.simple_tag
def change_key() -> list[tuple[str, str, Any]]:
    """Every sign of the difference view: (its word in the data, sign, words)."""
    return [(change, sign, word) for change, (sign, word) in CHANGES.items()]


@register.filter
def at(things: Any, n: int) -> Any:
    """The thing at a place of a list."""
    return things[n]


@register.filter
def safe_address(address: str) -> str:
    """An address that a page may link to: of the web, else none."""
    return address if address.startswith(("https://", "http://")) else "#"
