"""Which assets of the register are meant by a word: an id, a host's name, an address, or the name that people use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from kizuki.register.engine import identity
from kizuki.register.engine.format import Asset, Organisation
from kizuki.search.engine.tokens import folded

#: Words looked at of one pasted text, and assets given for a word that means several.
MOST_WORDS: Final = 500
MOST_MEANT: Final = 8


class Meant(msgspec.Struct, frozen=True):
    """A word and the assets that it means: one where it is clear, none where it is not known, several where it is not clear."""

    word: str
    keys: tuple[str, ...]


class Index:
    """The words of a register. Made once for each state of it."""

    def __init__(self, organisation: Organisation) -> None:
        self._keys: dict[str, str] = {}
        self._words: dict[str, list[str]] = {}
        for asset in organisation.assets:
            self._keys[asset.id] = asset.id
            for word in dict.fromkeys(_words(asset)):
                self._words.setdefault(word, []).append(asset.id)

    def meant(self, word: str) -> Meant:
        """The assets that a word means: by id first, else by any of the other words."""
        plain = word.strip()
        if plain in self._keys:
            return Meant(plain, (plain,))
        for form in _forms(plain):
            if found := self._words.get(form):
                return Meant(plain, tuple(found[: MOST_MEANT + 1]))
        return Meant(plain, ())


def _words(asset: Asset) -> Iterable[str]:
    """How an asset is called, in the forms in which words are compared."""
    yield folded(asset.id)
    names = (asset.name,) if isinstance(asset.name, str) else (asset.name.ja, asset.name.en)
    yield from (folded(" ".join(name.split())) for name in names if name)
    for written in asset.hosts:
        if name := identity.host(written):
            yield name
            yield name.partition(".")[0]
    yield from (address for written in asset.ips if (address := identity.ip(written)))
    yield from (address for written in asset.macs if (address := identity.mac(written)))
    yield from (folded(written) for written in (*asset.serials, *asset.cloud_ids))


def _forms(word: str) -> Iterable[str]:
    if address := identity.ip(word) or identity.mac(word):
        yield address
    name = identity.host(word)
    if name:
        yield name
    yield folded(" ".join(word.split()))
    if name and "." in name:
        yield name.partition(".")[0]


def words(text: str) -> tuple[list[str], int]:
    """The words of a pasted text, one a line or between commas and tabs, each once; and how many were left out beyond `MOST_WORDS`."""
    pieces = text.replace("、", ",").replace(",", "\n").replace("\t", "\n").replace(";", "\n").splitlines()
    found = list(dict.fromkeys(piece.strip().strip("\"'") for piece in pieces if piece.strip()))
    return found[:MOST_WORDS], max(0, len(found) - MOST_WORDS)


def sorted_out(meant: Sequence[Meant]) -> tuple[list[str], list[Meant], list[str]]:
    """The ids that are clear, the words that mean several assets, and the words that mean none."""
    clear = [one.keys[0] for one in meant if len(one.keys) == 1]
    return (
        list(dict.fromkeys(clear)),
        [one for one in meant if len(one.keys) > 1],
        [one.word for one in meant if not one.keys],
    )
