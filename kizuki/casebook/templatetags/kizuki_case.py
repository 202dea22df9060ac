"""Small parts of the casebook's pages."""

from __future__ import annotations

import functools
import re
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kizuki.casebook.engine.glossary import Term
from kizuki.casebook.library import glossary
from kizuki.casebook.words import ANCHORS
from kizuki.kit.text import Text
from kizuki.ui.svg import small_kind
from kizuki.ui.templatetags.kizuki import bi, language

register = template.Library()
_KATAKANA = re.compile("[ァ-ヶー・]+")


@register.simple_tag
def anchor(word: str) -> Any:
    return ANCHORS[word]


@register.simple_tag
def kind_key() -> SafeString:
    """What the four shapes of entries mean."""
    families = (
        ("attack", _("attack, enable")),
        ("detect", _("detect, analyse")),
        ("contain", _("contain, eradicate, recover")),
        ("escalate", _("escalate, decide, communicate, report, learn")),
    )
    return format_html_join("", "<span>{}{}</span>", ((small_kind(kind), words) for kind, words in families))


@register.simple_tag
def term_names(term: Term) -> SafeString:
    """A term in the reader's language, and below it as the other language writes it."""
    here, other = ("ja", "en") if language() == "ja" else ("en", "ja")
    first, second = term.written(here)[0], term.written(other)[0]
    if first == second:
        return format_html("{}", first)
    return format_html('{}<br><span class="faint tiny" lang="{}">{}</span>', first, other, second)


@functools.cache
def _finder(here: str) -> tuple[re.Pattern[str], dict[str, Term]]:
    """A pattern that finds any glossary term as it is written in a language, longest first; Latin words stand alone."""
    written = {form.casefold(): term for term in glossary().terms for form in term.written(here) if len(form) > 1}
    parts = []
    for form in sorted(written, key=lambda f: (-len(f), f)):
        part = re.escape(form)
        # A word of letters or of katakana must stand alone: ログ is not meant in ログイン.
        if form.isascii():
            part = rf"(?<![A-Za-z0-9]){part}(?![A-Za-z0-9])"
        elif _KATAKANA.fullmatch(form):
            part = rf"(?<![ァ-ヶー]){part}(?![ァ-ヶー])"
        parts.append(part)
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE), written


@register.simple_tag(takes_context=True)
def explained(context: template.Context, text: Any) -> SafeString | str:
    """A bilingual text in which each glossary term, once a section, leads to its meaning and says it when pointed at."""
    if not isinstance(text, Text) or text.missing(language()):
        return bi(text)
    here = language()
    pattern, written = _finder(here)
    seen: set[str] = context.render_context.setdefault("explained", set())  # type: ignore[assignment,arg-type]
    made, last, whole = [], 0, text.in_(here)
    for match in pattern.finditer(whole):
        term = written[match.group().casefold()]
        if term.id in seen:
            continue
        seen.add(term.id)
        made.append(escape(whole[last : match.start()]))
        made.append(
            format_html(
                '<a class="term" href="{}#{}" title="{}">{}</a>',
                reverse("casebook:glossary"), term.id, term.text.in_(here), match.group(),
            )
        )  # fmt: skip
        last = match.end()
    return mark_safe("".join([*made, escape(whole[last:])]))  # noqa: S308 - each part was escaped above
