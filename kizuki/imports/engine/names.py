"""What a file means by the names that it writes for units, zones, owners and realms."""

from __future__ import annotations

from typing import Any

from kizuki.imports.engine.held import Held, folded
from kizuki.imports.engine.lines import NAMED, Settings
from kizuki.register.engine.kinds import RecordKind


class Names:
    """Names and ids as a file writes them → keys of the register and of what the file brings."""

    def __init__(self, held: Held, settings: Settings) -> None:
        self._held, self._settings = held, settings
        self._new: dict[tuple[RecordKind, str], set[str]] = {}
        self._brought: set[tuple[RecordKind, str]] = set()
        self._known: dict[tuple[RecordKind, str], str | None] = {}

    def bring(self, kind: RecordKind, key: str, fields: dict[str, Any]) -> None:
        """Make a record of the file known under what it is called by."""
        self._brought.add((kind, key))
        for written in (key, fields.get("id"), fields.get("name"), fields.get("mail")):
            if written:
                self._new.setdefault((kind, folded(str(written))), set()).add(key)

    def key(self, kind: RecordKind, written: str) -> str | None:
        """The key that is meant; None where none is, several are, or somebody chose to leave it out."""
        at = (kind, written)
        if at not in self._known:
            self._known[at] = self._key(kind, written)
        return self._known[at]

    def _key(self, kind: RecordKind, written: str) -> str | None:
        chosen = self._settings.names.get(kind, {}).get(written)
        if chosen is not None:
            return chosen or None
        if self._held.has(kind, written) or (kind, written) in self._brought:
            return written
        found = set(self._held.called(kind, written)) | self._new.get((kind, folded(written)), set())
        return found.pop() if len(found) == 1 else None

    def resolved(self, kind: RecordKind, fields: dict[str, Any]) -> dict[str, Any]:
        """A proposal with keys for names; what means nothing is left out."""
        wanted = NAMED.get(kind)
        if not wanted or not any(field in fields for field in wanted):
            return fields
        made = dict(fields)
        for field, of in wanted.items():
            if (written := made.pop(field, None)) and (key := self.key(of, str(written))):
                made[field] = key
        return made
