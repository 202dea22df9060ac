"""The glossary file `kizuki/glossary/1`: terms that readers of cases may not know, explained in both languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from kizuki.kit import document
from kizuki.kit.document import BadFile, Fault, Lines
from kizuki.kit.text import Text

TermId: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Source: TypeAlias = Literal["casebook", "kizuki"]
Words: TypeAlias = tuple[Annotated[str, Meta(min_length=1, max_length=120)], ...]


class Aliases(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Other ways to write a term."""

    ja: Words = ()
    en: Words = ()


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One term. `ja`, `en`: as it is written. `source`: explained by the casebook itself, or added by Kizuki."""

    id: TermId
    ja: Annotated[str, Meta(min_length=1, max_length=120)]
    en: Annotated[str, Meta(min_length=1, max_length=120)]
    text: Text
    source: Source
    aliases: Aliases = Aliases()

    def written(self, language: str) -> tuple[str, ...]:
        """Every way the term is written in `language`, the usual one first."""
        if language.startswith("ja"):
            return (self.ja, *self.aliases.ja)
        return (self.en, *self.aliases.en)


class Glossary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"schema_": "schema"}):
    """All terms, in the order they are shown where nothing else is asked for."""

    schema_: Literal["kizuki/glossary/1"]
    terms: tuple[Term, ...]

    def by_id(self) -> dict[str, Term]:
        return {term.id: term for term in self.terms}

    def find(self, written: str) -> Term | None:
        """The term written so in either language; width of letters and capitals do not matter."""
        wanted = _folded(written)
        for term in self.terms:
            if any(_folded(form) == wanted for form in (*term.written("ja"), *term.written("en"))):
                return term
        return None


def read(file: str, raw: bytes) -> Glossary:
    """Read a glossary file. Raises `BadFile` with every fault and its line."""
    glossary, lines = document.parse(file, raw, Glossary)
    if faults := list(_repeated(glossary, lines)):
        raise BadFile(faults)
    return glossary


def _repeated(glossary: Glossary, lines: Lines) -> Iterable[Fault]:
    ids: set[str] = set()
    owners: dict[tuple[str, str], str] = {}
    for n, term in enumerate(glossary.terms):
        if term.id in ids:
            yield lines.fault(["terms", n, "id"], f"the term “{term.id}” is given twice; ids are unique")
        ids.add(term.id)
        for language in ("ja", "en"):
            for form in term.written(language):
                owner = owners.setdefault((language, _folded(form)), f"{term.id} {n}")
                if owner != f"{term.id} {n}":
                    message = f"“{form}” already stands for “{owner.split()[0]}”; one writing, one term"
                    yield lines.fault(["terms", n], message)


def _folded(written: str) -> str:
    return unicodedata.normalize("NFKC", written).casefold().strip()
