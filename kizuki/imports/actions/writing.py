"""From the lines of a plan to the portions in which the register is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, overload

from kizuki.imports.actions.marking import Pair, mark, refuse
from kizuki.imports.choices import LineState, Outcome
from kizuki.imports.engine.lines import May
from kizuki.imports.engine.ordering import STAGES, Step, in_order, stripped, without_left
from kizuki.imports.models import Import, PlanLine
from kizuki.jobs.worker import progress
from kizuki.journal.actions import By
from kizuki.kit.text import Text
from kizuki.register.actions import Edit, apply_portions
from kizuki.register.engine.kinds import KINDS, RecordKind
from kizuki.register.models import TABLES, Organisation
from kizuki.register.writing import unit_of

#: What is taken out goes before what it names. Units and contacts name each other and go together.
GOING: tuple[RecordKind, ...] = tuple(kind for kind in reversed(KINDS) if kind not in ("unit", "contact"))
#: So many records go in one portion for sure (`apply_portions`).
TOGETHER = 50


class Writing:
    """One import as it is written. `wrote`: whether anything was."""

    def __init__(self, imported: Import, may: May, by: By) -> None:
        self.imported, self.may, self.by = imported, may, by
        self.organisation = Organisation.objects.get(pk=imported.organisation_id)
        self.lines = PlanLine.objects.filter(of=imported, take=True, outcome="")
        self.total = self.lines.count()
        self.done = 0
        self.wrote = False
        self.resumed = PlanLine.objects.filter(of=imported).exclude(outcome="").exists()
        self._there: dict[Pair, bool] = {}
        #: Of the records that are being written, the lines that they come from.
        self._pks: dict[Pair, int] = {}

    def all(self) -> None:
        """Write every line that is taken, in the order in which records name each other."""
        first, *others = STAGES
        for edits in self._first(first):
            self._write(edits)
        if self.resumed:
            self._write(self._still_waiting(first))
        for kinds in others:
            self._there.clear()
            lines = self.lines.filter(kind__in=kinds).exclude(state=LineState.GONE)
            self._write(LazyEdits(self, list(lines.order_by("n").values_list("pk", flat=True))))
        self._take_out()

    # ── what is there ──

    def rows(self, pairs: Iterable[Pair]) -> dict[Pair, Any]:
        """The records of these that there are."""
        by_kind: dict[RecordKind, set[str]] = defaultdict(set)
        for kind, key in pairs:
            by_kind[kind].add(key)
        found: dict[Pair, Any] = {}
        for kind, keys in by_kind.items():
            ordered = sorted(keys)
            for start in range(0, len(ordered), 5000):
                rows = TABLES[kind].objects.filter(
                    organisation=self.organisation, deleted_at=None, key__in=ordered[start : start + 5000]
                )
                found |= {(kind, row.key): row for row in rows.only("key", "unit")}
        return found

    def _look(self, documents: Iterable[tuple[RecordKind, dict[str, Any]]]) -> None:
        """Find out which of the records that these name are there."""
        wanted = {pair for kind, document in documents for pair in named(kind, document)} - self._there.keys()
        rows = self.rows(wanted)
        self._there |= {pair: pair in rows for pair in wanted}

    def left(self, kind: RecordKind, key: str) -> bool:
        """Whether something is not there, and was not brought."""
        return not self._there.get((kind, key), False)

    # ── edits ──

    def allowed(self, lines: Sequence[PlanLine]) -> list[PlanLine]:
        """Those lines that the person may write still, as the records are now and as they will be; the others are refused."""
        if self.may("unit", ""):
            return list(lines)  # whoever may write units may write all
        pairs = [pair_of(line) for line in lines]
        rows = self.rows(pairs)
        kept = []
        for line, pair in zip(lines, pairs, strict=True):
            units = {unit_of(line.document or {})} | ({rows[pair].unit} if pair in rows else set())
            if all(self.may(pair[0], unit) for unit in units):
                kept.append(line)
        refuse(self.imported, [pair_of(line) for line in lines if line not in kept])
        return kept

    def _first(self, kinds: Sequence[RecordKind]) -> list[list[Edit]]:
        """The first stage as a whole, since its records name each other: what is written, and what is written afterwards."""
        lines = self.allowed(list(self.lines.filter(kind__in=kinds).exclude(state=LineState.GONE).order_by("n")))
        self._look((pair_of(line)[0], line.document or {}) for line in lines)
        there = {pair for pair, is_there in self._there.items() if is_there}
        self._there |= {pair_of(line): True for line in lines}
        steps = [Step(*pair_of(line), document, line.base) for line, document in self.whole(lines)]
        ordered = in_order(steps, lambda kind, key: (kind, key) in there)
        return [[Edit(step.kind, step.key, step.document, step.base) for step in part] for part in ordered]

    def _still_waiting(self, kinds: Sequence[RecordKind]) -> list[Edit]:
        """What an earlier run, which was stopped, wrote without the fields that had to wait."""
        lines = PlanLine.objects.filter(of=self.imported, kind__in=kinds, outcome=Outcome.DONE).exclude(document=None)
        self._look((pair_of(line)[0], line.document or {}) for line in lines)
        made = []
        for line, document in self.whole(list(lines)):
            kind, key = pair_of(line)
            row = TABLES[kind].objects.filter(organisation=self.organisation, key=key, deleted_at=None).first()
            waits = row is not None and row.document != document
            if waits and stripped(kind, row.document) == stripped(kind, document) != document:
                made.append(Edit(kind, key, document, row.version))
        return made

    def whole(self, lines: Sequence[PlanLine]) -> list[tuple[PlanLine, dict[str, Any]]]:
        """Lines with their documents, in which nothing is named that is not there; what is nothing without it is refused."""
        made = [(line, without_left(pair_of(line)[0], line.document or {}, self.left)) for line in lines]
        refuse(self.imported, [pair_of(line) for line, document in made if document is None])
        self._pks |= {pair_of(line): line.pk for line, _document in made}
        return [(line, document) for line, document in made if document is not None]

    def edits_of(self, pks: Sequence[int]) -> list[Edit]:
        lines = self.allowed(list(PlanLine.objects.filter(pk__in=pks).order_by("n")))
        self._look((pair_of(line)[0], line.document or {}) for line in lines)
        return [Edit(*pair_of(line), document, line.base) for line, document in self.whole(lines)]

    def _take_out(self) -> None:
        for kind in GOING:
            self._write(self._going((kind,)))
        going = self._going(("contact", "unit"))
        if len(going) > TOGETHER:  # too many to go together: nothing in them may hold the rest
            self._write([Edit(e.kind, e.key, stripped(e.kind, row.document)) for e, row in self._as_they_are(going)])
            going = [edit._replace(base=None) for edit in going]
        self._write(going)

    def _going(self, kinds: Sequence[RecordKind]) -> list[Edit]:
        lines = self.lines.filter(kind__in=kinds, state=LineState.GONE).order_by("n")
        if not self.may("unit", ""):
            return []
        self._pks |= {pair_of(line): line.pk for line in lines}
        return [Edit(*pair_of(line), None, line.base) for line in lines]

    def _as_they_are(self, edits: Sequence[Edit]) -> list[tuple[Edit, Any]]:
        rows = self.rows((edit.kind, edit.key) for edit in edits)
        return [(edit, rows[edit.kind, edit.key]) for edit in edits if (edit.kind, edit.key) in rows]

    # ── writing ──

    def _write(self, edits: Sequence[Edit]) -> None:
        if not len(edits):
            return
        before = 0

        def tell(done: int, _of: int) -> None:
            nonlocal before
            portion, before = edits[before:done], done
            pairs = {(edit.kind, edit.key) for edit in portion}
            self.wrote |= mark(self.imported, {pair: self._pks.pop(pair) for pair in pairs if pair in self._pks})
            self.done = min(self.done + len(portion), self.total)
            text = Text(ja=f"{self.total:,}件中{self.done:,}件", en=f"{self.done:,} of {self.total:,} records")
            progress(min(99, 100 * self.done // max(self.total, 1)), text)

        done = apply_portions(
            organisation=self.organisation, edits=edits, by=self.by, verb="imported", batch=self.imported.batch,
            data={"import": self.imported.pk, "file": self.imported.name}, tell=tell,
        )  # fmt: skip
        for problem in done.refused:
            place = ".".join(map(str, problem.place))
            refuse(
                self.imported,
                [(problem.kind, problem.key)],
                f"{place}: {problem.message}" if place else problem.message,
            )


class LazyEdits(Sequence[Edit]):
    """The edits of many lines, read from the database portion by portion."""

    def __init__(self, writing: Writing, pks: list[int]) -> None:
        self._writing, self._pks = writing, pks
        self._last: tuple[range, list[Edit]] = (range(0), [])

    def __len__(self) -> int:
        return len(self._pks)

    @overload
    def __getitem__(self, at: int) -> Edit: ...
    @overload
    def __getitem__(self, at: slice) -> list[Edit]: ...
    def __getitem__(self, at: int | slice) -> Edit | list[Edit]:
        if isinstance(at, int):
            return self._writing.edits_of([self._pks[at]])[0]
        span = range(*at.indices(len(self._pks)))
        if span != self._last[0]:
            self._last = (span, self._writing.edits_of(self._pks[at]))
        return self._last[1]


def pair_of(line: PlanLine) -> Pair:
    """Kind and key of a line's record."""
    return line.kind, line.key  # type: ignore[return-value]  # the table holds no other kinds


def named(kind: RecordKind, document: dict[str, Any]) -> set[Pair]:
    """What a document names."""
    found: set[Pair] = set()
    for attribute, of in KINDS[kind].references.items():
        value = document.get(attribute.rstrip("_"))
        found |= {(of, key) for key in ([value] if isinstance(value, str) else value or ())}
    return found
