"""The vocabulary file `kizuki/vocabulary/1`: the words that case and organisation files share, with their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

import msgspec

from kizuki.kit import document
from kizuki.kit.document import BadFile, Fault, Lines
from kizuki.kit.text import Text
from kizuki.register.engine.format import Word

Kind: TypeAlias = Literal["sectors", "sizes", "causes", "profile", "traits", "information"]
Group: TypeAlias = Literal["system", "fear", "data"]
KINDS: Final[tuple[Kind, ...]] = ("sectors", "sizes", "causes", "profile", "traits", "information")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word and what it is called in both languages."""

    id: Word
    name: Text


class Tag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word of an organisation's profile: how its systems are made up, what it fears, or what is at stake."""

    id: Word
    group: Group
    name: Text


class Trait(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A property of an asset. `contrary`: the trait that rules it out, and is ruled out by it."""

    id: Word
    contrary: Word
    name: Text


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"schema_": "schema"}):
    """All shared words. A word missing here is still taken in files; it is then shown by its id."""

    schema_: Literal["kizuki/vocabulary/1"]
    sectors: tuple[Entry, ...]
    sizes: tuple[Entry, ...]
    causes: tuple[Entry, ...]
    profile: tuple[Tag, ...]
    traits: tuple[Trait, ...]
    information: tuple[Entry, ...]

    def of_kind(self, kind: Kind) -> tuple[Entry | Tag | Trait, ...]:
        """The words of one kind, in the file's order."""
        words: tuple[Entry | Tag | Trait, ...] = getattr(self, kind)
        return words

    def ids(self, kind: Kind) -> frozenset[str]:
        return frozenset(word.id for word in self.of_kind(kind))

    def name_of(self, kind: Kind, id: str, language: str) -> str:
        """What the word `id` is called in `language`; the id itself where the vocabulary does not have it."""
        return next((word.name.in_(language) for word in self.of_kind(kind) if word.id == id), id)

    def contraries(self) -> dict[str, str]:
        """Each trait with the trait that rules it out."""
        return {trait.id: trait.contrary for trait in self.traits}


def read(file: str, raw: bytes) -> Vocabulary:
    """Read a vocabulary file. Raises `BadFile` with every fault and its line."""
    vocabulary, lines = document.parse(file, raw, Vocabulary)
    if faults := [*_repeated(vocabulary, lines), *_one_sided(vocabulary, lines)]:
        raise BadFile(faults)
    return vocabulary


def _repeated(vocabulary: Vocabulary, lines: Lines) -> Iterable[Fault]:
    for kind in KINDS:
        seen: set[str] = set()
        for n, word in enumerate(vocabulary.of_kind(kind)):
            if word.id in seen:
                yield lines.fault([kind, n, "id"], f"the word “{word.id}” stands in {kind} twice; keep one of them")
            seen.add(word.id)


def _one_sided(vocabulary: Vocabulary, lines: Lines) -> Iterable[Fault]:
    contraries = vocabulary.contraries()
    for n, trait in enumerate(vocabulary.traits):
        place: list[str | int] = ["traits", n, "contrary"]
        if trait.contrary == trait.id:
            yield lines.fault(place, f"“{trait.id}” cannot be its own contrary; name the trait that rules it out")
        elif trait.contrary not in contraries:
            yield lines.fault(place, f"“{trait.contrary}” is not a trait of this file; add it or name one that is")
        elif contraries[trait.contrary] != trait.id:
            yield lines.fault(
                place,
                f"“{trait.id}” names “{trait.contrary}” as its contrary, which names “{contraries[trait.contrary]}”; "
                "contraries name each other",
            )
