"""Small parts of replay's pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kizuki.register.library import names
from kizuki.replay.engine.ranked import Likeness
from kizuki.replay.engine.result import Ask
from kizuki.replay.follow import Followed, key_of
from kizuki.replay.listing import Square
from kizuki.replay.words import COSTS
from kizuki.tasks.models import Task
from kizuki.ui.templatetags.kizuki import language

register = template.Library()


@register.simple_tag
def squares(row: Sequence[Square]) -> SafeString:
    """One square a case: filled where already ended, accented where this row gains."""
    gained = _(", ").join(square.mark for square in row if square.state == "gain")
    marks = format_html_join("", '<b class="sq sq-{}">{}</b>', ((square.state, square.mark) for square in row))
    return format_html('<span class="squares" role="img" aria-label="{}">{}</span>', gained or _("none"), marks)


@register.simple_tag(takes_context=True)
def answer(context: template.Context, measure: str, word: str) -> str:
    """This page's address with one more answer; `word` is yes or no. An answer to the same measure is replaced."""
    values = context["request"].GET.copy()
    for other in ("yes", "no"):
        values.setlist(other, [given for given in values.getlist(other) if given != measure])
    values.appendlist(word, measure)
    return f"?{values.urlencode()}"


@register.simple_tag
def profile_words(like: Likeness) -> str:
    """What a case and we have in common, in words."""
    known, here = names("profile"), language()
    words = [known[word].name.in_(here) if word in known else word for word in like.profile]
    if like.sector:
        words.insert(0, _("sector"))
    if like.size:
        words.append(_("size"))
    return _(", ").join(words) or "–"


class FollowUp(NamedTuple):
    """What a row of the priorities says of its follow-up: the key of the ask, and its newest task, if there is one."""

    key: str
    task: Task | None


@register.filter
def follow_up(ask: Ask, followed: Followed) -> FollowUp:
    key = key_of(ask)
    return FollowUp(key, followed.by_key.get(key))


@register.simple_tag
def cost_word(cost: str) -> str:
    """The class of cost that the catalogue gives, in words."""
    return str(COSTS.get(cost, "–"))
