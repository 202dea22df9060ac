"""What a review holds: the casebook's six parts, each a list of items, as JSON keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

import msgspec

Part: TypeAlias = Literal["background", "impact", "causes", "mitigations", "lessons", "challenges"]
PARTS: Final[tuple[Part, ...]] = ("background", "impact", "causes", "mitigations", "lessons", "challenges")
#: Parts whose items speak of measures.
WITH_MEASURES: Final = frozenset({"causes", "mitigations", "lessons", "challenges"})


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """One sentence. `source`: what it was proposed from, such as "entry 12"; `entry`: the entry that tells it. `root`: a root cause.
    `common`: a lesson shared with others ("common"), peculiar to us ("particular"), or nothing said. `owner`: a contact of the register
    who sees to it until `due` (a day); `task`: its number in the tasks room. `version` rises with each change."""

    id: str
    text: str
    source: str = ""
    entry: int | None = None
    measures: tuple[str, ...] = ()
    root: bool = False
    common: str = ""
    owner: str = ""
    due: str = ""
    task: int | None = None
    version: int = 1

    @property
    def is_followed(self) -> bool:
        """Whether it says what is done, by whom and until when."""
        return bool(self.measures and self.owner and self.due)


Parts: TypeAlias = dict[str, tuple[Item, ...]]


def read(stored: Mapping[str, Any]) -> Parts:
    """The items of every part; a part that holds nothing is empty."""
    return {part: msgspec.convert(stored.get(part, ()), tuple[Item, ...]) for part in PARTS}


def written(parts: Mapping[str, tuple[Item, ...]]) -> dict[str, Any]:
    """The same as JSON holds it."""
    return {part: msgspec.to_builtins(items) for part, items in parts.items() if items}


def items(parts: Parts) -> Iterator[tuple[str, Item]]:
    """(part, item), in the order of the page."""
    for part in PARTS:
        for item in parts[part]:
            yield part, item


def find(parts: Parts, id: str) -> tuple[str, Item] | None:
    """The part and the item of that id."""
    return next(((part, item) for part, item in items(parts) if item.id == id), None)


def put(parts: Parts, part: str, item: Item) -> Parts:
    """With this item: in place of the one of its id, which may have stood in another part, else last in its part."""
    if any(old.id == item.id for old in parts[part]):
        return {**parts, part: tuple(item if old.id == item.id else old for old in parts[part])}
    rest = without(parts, item.id)
    return {**rest, part: (*rest[part], item)}


def without(parts: Parts, id: str) -> Parts:
    """Without the item of that id."""
    return {part: tuple(item for item in found if item.id != id) for part, found in parts.items()}
