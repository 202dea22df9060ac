"""Criteria in the reader's language: conditions, cells, faults, and what is wrong with facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from kizuki.criteria.engine.compile import admitted
from kizuki.criteria.engine.format import AT_LEAST, Criteria, Fact, Rule
from kizuki.criteria.engine.problems import SENTENCES, Cell, Problem
from kizuki.kit.document import BadFile, Fault
from kizuki.ui.faults import told
from kizuki.ui.templatetags.kizuki import language

#: Parts of faults of form that only criteria files have; the rest is known to `kizuki.ui.faults`.
PHRASES: Final = (
    _("1 to 60 small letters, digits or hyphens, beginning with a letter or digit"),
    _("the id of a value, or “at least” and the id of a value"),
    _("1 to 40 small letters, digits or underscores, beginning with a letter"),
    _("a criteria file"),
)


def name(fact: Fact, value: str | None) -> str:
    """The name of a fact's value; “unknown” for None."""
    if value is None:
        return gettext("unknown")
    return next((one.name.in_(language()) for one in fact.values if one.id == value), value)


def listed(parts: Iterable[str]) -> str:
    """Several things of which any one will do."""
    return gettext(" or ").join(parts)


def condition(fact: Fact, rule: Rule) -> str:
    """What a rule asks of a fact, such as “Low or Middle” or “Middle or worse”; "" where it asks nothing."""
    asked = rule.when.get(fact.id)
    if asked is None:
        return ""
    if isinstance(asked, str) and asked.startswith(AT_LEAST):
        first = name(fact, asked.removeprefix(AT_LEAST))
        return first if len(admitted(fact, rule)) == 1 else gettext("%(value)s or worse") % {"value": first}
    return listed(name(fact, value) for value in ((asked,) if isinstance(asked, str) else asked))


def outcome(criteria: Criteria, id: str) -> str:
    """The name of an outcome; its id where these criteria no longer have it."""
    return next((one.name.in_(language()) for one in criteria.outcomes if one.id == id), id)


def cell(criteria: Criteria, named: Cell) -> str:
    """A cell as `fact: value; …` in names."""
    parts = [
        gettext("%(name)s: %(value)s") % {"name": fact.name.in_(language()), "value": name(fact, value)}
        for id, value in named
        if (fact := criteria.fact(id))
    ]
    return gettext("; ").join(parts)


def numbered(criteria: Criteria, id: str) -> str:
    """A rule by its place in the table and its id."""
    at = next((n for n, rule in enumerate(criteria.rules, 1) if rule.id == id), 0)
    return gettext("no. %(n)d %(id)s") % {"n": at, "id": id} if at else id


def problem(criteria: Criteria, one: Problem) -> str:
    """One fault in a sentence, with names where the engine has ids."""
    words = dict(one.words)
    facts = {fact.id: fact.name.in_(language()) for fact in criteria.facts}
    if one.kind in ("everything", "unordered", "value", "milder"):
        words["fact"] = facts.get(words["fact"], words["fact"])
    for key in ("rule", "other"):
        if key in words:
            words[key] = numbered(criteria, words[key])
    for key in ("strict", "mild"):
        if key in words:
            words[key] = outcome(criteria, words[key])
    quoted = [gettext("“%(text)s”") % {"text": numbered(criteria, rule)} for rule in one.rules]
    filled = {"cell": cell(criteria, one.cell), "worse": cell(criteria, one.worse), "rules": gettext(", ").join(quoted)}
    return gettext(SENTENCES[one.kind]) % {**words, **filled}


_WHY: Final = {
    "no fact": _("“%(fact)s” is not a fact of these criteria."),
    "no value": _("This is not a value of “%(fact)s”."),
    "needed": _("“%(fact)s” cannot stay unknown; answer it."),
}


def explained(criteria: Criteria, wrong: Mapping[str, str]) -> list[str]:
    """Why facts cannot be taken, one sentence each."""
    facts = {fact.id: fact.name.in_(language()) for fact in criteria.facts}
    return [gettext(_WHY[why]) % {"fact": facts.get(fact, fact)} for fact, why in wrong.items()]


def said(error: BadFile) -> list[str]:
    """The faults of a file, one line each, in the reader's language."""
    return [f"{fault.file}:{fault.line}: {_told(fault)}" for fault in error.faults]


def _pattern(sentence: str) -> re.Pattern[str]:
    """Finds the words that a sentence was filled with."""
    seen: set[str] = set()
    pieces = re.split(r"%\((\w+)\)s", sentence)
    for n in range(1, len(pieces), 2):
        again = pieces[n] in seen
        seen.add(pieces[n])
        pieces[n] = f"(?P={pieces[n]})" if again else f"(?P<{pieces[n]}>.*?)"
    pieces[::2] = map(re.escape, pieces[::2])
    return re.compile("".join(pieces), re.DOTALL)


_PATTERNS: Final = [(sentence, _pattern(sentence)) for sentence in SENTENCES.values()]


def _told(fault: Fault) -> str:
    if language() == "en":
        return fault.message
    for sentence, pattern in _PATTERNS:
        if match := pattern.fullmatch(fault.message):
            return gettext(sentence) % {key: _quoted(value) for key, value in match.groupdict().items()}
    text = fault.message
    for n, phrase in enumerate(PHRASES):  # signs of no language stand for our own parts while the rest is translated
        text = text.replace(phrase, chr(_PRIVATE + n))
    text = told(text)
    for n, phrase in enumerate(PHRASES):
        text = text.replace(chr(_PRIVATE + n), gettext(phrase))
    return text


_PRIVATE: Final = 0xE000


def _quoted(text: str) -> str:
    return re.sub("“([^“”]*)”", gettext("“%(text)s”").replace("%(text)s", r"\1"), text)
