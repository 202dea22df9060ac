"""What is wrong in a file, in the reader's language. The engines say it in English, as the commands print it."""

from __future__ import annotations

import functools
import re
from typing import Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from kizuki.kit.faults import Fault

#: The engines' messages, the narrower before the wider; what varies in them is named.
FORMS: Final = (
    # the file as a whole
    _("the file is larger than %(limit)s MB; leave out what is not needed; alike assets fit in one row with a count"),
    _("the file is larger than %(limit)s MB; split it or leave out what is not needed"),
    _("this is %(shape)s; choose a YAML or JSON file"),
    _("the file is UTF-16; save it as UTF-8"),
    _("the file is not UTF-8 (perhaps Shift_JIS); save it as UTF-8"),
    _("a NUL character stands here: this is not a text file; give YAML or JSON"),
    _("the file is empty; choose another one, or start from the template"),
    _("this is %(shape)s, not %(name)s; %(same)s begins with %(start)s"),
    _("this is not %(name)s; %(same)s begins with %(start)s"),
    _("this is %(shape)s, but %(name)s is wanted here; choose another file"),
    _("this file has version %(given)s of its format, and version %(version)s is read here; write %(start)s"),
    _("%(value)s is not a format that is read here; write %(start)s"),
    # reading
    _("not readable as JSON; look for a missing comma, quotation mark or bracket"),
    _("not readable as JSON: %(why)s"),
    _("not readable: %(why)s"),
    _("nested too deep"),
    _("nested deeper than %(n)s levels; make it flatter"),
    _("a text holds a code that is no character (NUL, or half of a pair); remove it"),
    _("the text holds a code that is no character (NUL, or half of a pair); remove it"),
    _("a key is given twice"),
    _("the number %(number)s is too large"),
    _("%(number)s is too large a number; write a smaller one"),
    _("%(number)s is not a number that can be kept"),
    _("anchors and aliases (&, *) are not taken; write the value out"),
    _("the tag %(tag)s is not taken; leave it out"),
    _("more than %(n)s values; give the file as JSON"),
    _("a second document begins here (---); give one document a file"),
    _("a key must be a plain word"),
    _("the key “%(key)s” stands here twice; keep one of them"),
    _("a colon stands where none can; put the text in quotes, or start a new line"),
    _("a sign stands here that cannot begin a value; indent with spaces, or put the text in quotes"),
    _("a key without a colon; write “key: value”"),
    _("the indentation does not fit; keys of one group begin in the same column"),
    _("the indentation does not fit; the rows of a list begin in the same column, with “- ”"),
    _("a list cannot begin here; start it on a new line"),
    _("a quotation mark or bracket is not closed"),
    _("a bracket is not closed, or a comma is missing"),
    _("a bracket is not closed, or a comma stands too much"),
    _("a backslash stands in double quotes; write it twice, or use single quotes"),
    _("a backslash code names no character; write the character itself"),
    _("a control character stands here (perhaps the text is not UTF-8); remove it"),
    _("& and * have a meaning of their own here; put the text in quotes"),
    _("tags (!) are not taken; put the text in quotes"),
    _("a quotation mark or bracket is not closed before “---” or “...”"),
    _("text follows after the end of the document; give one document a file"),
    # the form
    _("the key “%(key)s” is missing; add it"),
    _("%(value)s is out of range; write a whole number from %(low)s to %(high)s"),
    _("%(value)s is out of range; write a whole number, %(low)s or more"),
    _("%(value)s is out of range; write a whole number, %(high)s or less"),
    _("longer than %(n)s characters; shorten it"),
    _("an empty text is not taken here; write something, or leave the key out"),
    _("%(value)s is not taken here; write %(shape)s"),
    _("at least %(n)s needed; add to the list"),
    _("at most %(n)s taken; shorten the list"),
    _("%(value)s does not have the form wanted here; see the description of the format"),
    _("the text is missing; write it in Japanese (ja), in English (en), or in both"),
    # the meaning
    _("the id “%(id)s” is given twice; every id stands once"),
    _("step %(value)s is there twice"),
    _("there is no step %(value)s before this one"),
    _("there is no measure %(value)s"),
    _("the id “%(id)s” is the address of a page; choose another one"),
    _("“%(one)s” and “%(other)s” rule each other out; keep one of them"),
    _("the unit “%(id)s” lies within itself; name another unit above it"),
    _("the zone “%(id)s” is named twice for “%(asset)s”; name it once"),
    _("the realm “%(id)s” is named twice for “%(asset)s”; name it once"),
    _("the link leads from “%(id)s” to itself; name the asset at its other end"),
    _("the scope is empty; write all: true, or unit, zone, kind or asset"),
    _("“all” stands alone; leave it out, or leave out %(keys)s"),
    _("a study has no timeline; leave the entries out, or write kind: casebook"),
    _("a case of the casebook has attack steps; add them, or write kind: study"),
    _("the actions of a public report have no order; leave “after” out"),
    _("the step %(id)s comes after itself; name only steps that come before it"),
    _("%(measure)s neither isolates nor fences; name it under soften"),
    _("%(measure)s is named twice under %(part)s; name it once"),
    _("the matter is already with “%(lane)s”; name the lane that it passes to"),
    # times
    _("“%(at)s” lies before “%(other)s” of entry %(n)s; correct the time, or the number n"),
    _("“%(by)s” does not come after “%(at)s”; write a later time of the same kind"),
    _("no milestone stands here; name it, or leave this out"),
    _("“%(day)s” is a day that does not exist; correct the month or the day"),
    _("%(value)s is not a day; write it as 2026-11-22"),
    _("%(value)s is not a time; write one of: %(forms)s"),
    _("%(value)s is not a possible time of day; hours go to 23, minutes to 59"),
    _("%(value)s is not a possible time"),
    _("%(value)s is not a possible date"),
    _("%(value)s is not a part of a day; known are %(known)s"),
    _("%(value)s: there is no day 0; the day before day 1 is day -1"),
    _("%(value)s: counting starts at %(first)s"),
)
#: Messages about a word, which may end with a hint.
ABOUT_WORDS: Final = (
    _("unknown key %(value)s"),
    _("%(value)s is not one of %(known)s"),
    _("“%(id)s” is not %(thing)s of this file"),
    _("“%(id)s” is not a known %(thing)s"),
)
HINTS: Final = (
    _("; did you mean “%(word)s”?"),
    _("; known are %(known)s"),
    _("; add it or correct the name"),
    _("; remove it"),
)
#: Words that stand for what was given, what is wanted, or what a name should lead to.
WORDS: Final = (
    _("a PNG picture"), _("a JPEG picture"), _("a GIF picture"), _("a PDF"), _("a database"),
    _("a ZIP archive, or an Excel or Word file"), _("an old Excel or Word file"), _("a gzip archive"),
    _("a web page or XML"), _("a table (CSV)"), _("plain text"), _("a single value"),
    _("a case file"), _("an organisation file"), _("a measures file"), _("a vocabulary file"), _("a glossary file"), _("a procedure file"),
    _("text"), _("a list"), _("keys with values"), _("nothing"), _("a whole number"), _("a number"),
    _("true or false"), _("another value"), _("an empty value"), _("a group of keys"), _("this value"),
    _("a unit"), _("a zone"), _("a realm"), _("an asset"), _("an actor"), _("a lane"), _("a step"),
    _("sector"), _("size"), _("cause"), _("word of a profile"), _("kind of asset"), _("trait"), _("measure"),
    _("kind of information"),
    _("1 to 120 characters without spaces"),
    _("1 to 40 letters, digits, hyphens, dots or underscores, beginning with a letter or digit"),
    _("1 to 60 small letters, digits or hyphens, beginning with a letter or digit"),
    _("1 to 80 letters, digits, hyphens, dots or underscores, beginning with a letter or digit"),
    _("1 to 80 small letters, digits, hyphens, dots or underscores, beginning with a letter or digit"),
    _("a word of the vocabulary: small letters, digits and hyphens, at most 60"),
    _("a word of the vocabulary (small letters, digits and hyphens), or “not stated”"),
    _("an ATT&CK technique such as T1078 or T1078.004"),
    _("a measure's id such as P06: 1 to 16 capitals, digits or hyphens, beginning with a capital"),
)  # fmt: skip
_OR: Final = _(" or ")
_KEYS_OF: Final = _("the keys of %(name)s")
_QUOTED: Final = re.compile(r"“([^“”]*)”")
_NAMED: Final = re.compile(r"([a-z_]+): (.+)", re.DOTALL)
#: The parts that hold words of the engines. All others are what a person wrote, or words as they stand in files.
_OURS: Final = frozenset({"name", "same", "thing", "value"})


def said(fault: Fault) -> str:
    """`FILE:LINE: what is wrong and what would be right`; a message without translation stays English."""
    if (get_language() or "en").startswith("en"):
        return str(fault)
    return f"{fault.file}:{fault.line}: {told(fault.message)}"


def told(message: str) -> str:
    """One message of an engine in the reader's language."""
    if named := _NAMED.fullmatch(message):
        return named[1] + gettext(": ") + told(named[2])
    for match in re.finditer("; ", message):
        core, hint = _phrase(message[: match.start()], ABOUT_WORDS), _phrase(message[match.start() :], HINTS)
        if core and hint:
            return core + hint
    if phrase := _phrase(message, FORMS) or _phrase(message, ABOUT_WORDS):
        return phrase
    return message


def _phrase(text: str, forms: tuple[str, ...]) -> str:
    """The first of the forms that the text has, translated with its parts; "" where it has none."""
    for pattern, form in _compiled(forms):
        if match := pattern.fullmatch(text):
            return gettext(form) % {name: _part(name, value) for name, value in match.groupdict().items()}
    return ""


def _part(name: str, value: str) -> str:
    if name == "why":
        return told(value)
    if name == "shape":
        value = _word_at().sub(lambda m: (gettext(_OR) if m[1] else "") + gettext(m[2]), value)
        value = re.sub(r"the keys of (\w+)", lambda m: gettext(_KEYS_OF) % {"name": m[1]}, value).replace(
            _OR, gettext(_OR)
        )
    elif name in _OURS and value in WORDS:
        value = gettext(value)
    return _QUOTED.sub(gettext("“%(text)s”").replace("%(text)s", r"\1"), value)


@functools.cache
def _compiled(forms: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    made = []
    for form in forms:
        pieces = re.split(r"%\((\w+)\)s", form)
        source = "".join(f"(?P<{p}>.+?)" if n % 2 else re.escape(p) for n, p in enumerate(pieces))
        made.append((re.compile(source, re.DOTALL), form))
    return tuple(made)


@functools.cache
def _word_at() -> re.Pattern[str]:
    """A word that stands alone or as one of several, the longest first."""
    words = "|".join(re.escape(word) for word in sorted(WORDS, key=len, reverse=True))
    return re.compile(rf"(^| or )({words})(?= or |$)")
