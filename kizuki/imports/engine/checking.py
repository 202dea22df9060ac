"""Whether what a record would become can be meant, before anybody tries to write it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import msgspec

from kizuki.imports.engine.held import Held
from kizuki.register.engine import checks
from kizuki.register.engine.kinds import KINDS, RecordKind, built, plain
from kizuki.register.engine.vocabulary import Vocabulary

LONGEST: Final = {"name": checks.LONGEST_NAME, "notes": checks.LONGEST_NOTES}


class Keys:
    """The keys of one kind: those of the register that stay, and those that come."""

    def __init__(self, kind: RecordKind, held: Held) -> None:
        self._kind, self._held = kind, held
        self.new: set[str] = set()
        self.gone: set[str] = set()

    def __contains__(self, key: object) -> bool:
        return key in self.new or (key not in self.gone and self._held.has(self._kind, str(key)))

    def __iter__(self) -> Any:
        return iter(self.new)

    def __len__(self) -> int:
        return 1_000_000  # never few enough that a finding names them all


class Checker:
    """Checks documents against the vocabulary, the measures, and the keys that there will be."""

    def __init__(self, held: Held, vocabulary: Vocabulary, measures: Collection[str] = ()) -> None:
        self.keys: dict[RecordKind, Keys] = {kind: Keys(kind, held) for kind in KINDS}
        self._vocabulary, self._measures = vocabulary, measures
        self.traits = vocabulary.contraries()

    def sound(self, kind: RecordKind, document: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
        """The document in its one form, or None and what is wrong with it, as the files' faults say it."""
        try:
            record = built(kind, document)
        except msgspec.ValidationError as error:
            return None, str(error)
        wrong = next(checks.of_record(kind, record, self.keys, self._vocabulary, self._measures), None)
        if wrong is not None:
            place, message = wrong
            return None, f"{'.'.join(map(str, place))}: {message}"
        return plain(record), ""

    def known_traits(self, document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """The document with those traits only that the vocabulary knows and that do not rule each other out; the others."""
        kept: list[str] = []
        left: list[str] = []
        for trait in document.get("traits", ()):
            (kept if trait in self.traits and self.traits[trait] not in kept else left).append(trait)
        return ({**document, "traits": kept}, left) if left else (document, left)


def cut(fields: dict[str, Any]) -> list[str]:
    """Shorten in place what the register holds only in part; gives the names of those fields."""
    found = [name for name, most in LONGEST.items() if isinstance(fields.get(name), str) and len(fields[name]) > most]
    for name in found:
        fields[name] = fields[name][: LONGEST[name]].rstrip()
    return found
