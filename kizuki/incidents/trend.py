"""Figures over many incidents: how many of what kind and severity, and how long things took, by month or quarter of their opening."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from kizuki.casebook.engine.format import Span
from kizuki.casebook.engine.times import ENDS
from kizuki.incidents.choices import Kind, Severity
from kizuki.incidents.engine.figures import Mark, Spread, durations, spread
from kizuki.incidents.figures import marks_of
from kizuki.incidents.models import Incident
from kizuki.kit.kept import Kept
from kizuki.kit.when import Duration

_kept: Kept[Trend] = Kept(32)


class Group(NamedTuple):
    """The incidents of one period, or all of them. `spans`: only those that some incident has."""

    name: str
    n: int
    kinds: Mapping[str, int]
    severities: Mapping[int, int]
    spans: Mapping[Span, Spread]


class Trend(NamedTuple):
    """All incidents that were asked for, and each period from the first to the last, also those without any."""

    whole: Group
    periods: Sequence[Group]


class _Row(NamedTuple):
    period: str
    kind: str
    severity: int
    marks: Sequence[Mark]


def trend(incidents: QuerySet[Incident], by: str) -> Trend:
    """The figures of these incidents, which the caller has narrowed to what the reader may see. `by`: month or quarter, by the
    reader's clock. Kept until any of them changes."""
    rows = incidents.order_by()
    state = rows.aggregate(n=Count("pk"), last=Max("changed_at"))
    key = (str(rows.query), by, str(timezone.get_current_timezone()), state["n"], str(state["last"]))
    return _kept.get(key, lambda: _made(rows, by))


def _made(rows: QuerySet[Incident], by: str) -> Trend:
    marks = marks_of(rows)
    read = [
        _Row(period_of(timezone.localtime(opened).date(), by), kind, severity, marks.get(key, ()))
        for key, opened, kind, severity in rows.values_list("pk", "opened_at", "kind", "severity")
    ]
    grouped: dict[str, list[_Row]] = {}
    for row in read:
        grouped.setdefault(row.period, []).append(row)
    names = all_periods(min(grouped), max(grouped)) if grouped else ()
    return Trend(_group("", read), tuple(_group(name, grouped.get(name, [])) for name in names))


def _group(name: str, rows: Sequence[_Row]) -> Group:
    found: dict[str, list[Duration]] = {}
    for row in rows:
        for span, duration in durations(row.marks).items():
            found.setdefault(span, []).append(duration)
    spans = {span: made for span in ENDS if (made := spread(found.get(span, ()))) is not None}
    kinds, severities = Counter(row.kind for row in rows), Counter(row.severity for row in rows)
    return Group(name, len(rows), kinds, severities, spans)


def period_of(day: dt.date, by: str) -> str:
    """2026-11, or 2026-Q4."""
    return f"{day:%Y}-Q{(day.month + 2) // 3}" if by == "quarter" else f"{day:%Y-%m}"


def all_periods(first: str, last: str) -> Iterator[str]:
    """Every period from the first to the last."""
    quarters = "Q" in first
    at = first
    while at <= last:
        yield at
        year, part = int(at[:4]), int(at[6:] if quarters else at[5:])
        year, part = (year + 1, 1) if part == (4 if quarters else 12) else (year, part + 1)
        at = f"{year:04}-Q{part}" if quarters else f"{year:04}-{part:02}"


#: The columns of a span, in minutes.
SPAN_PARTS: Final = ("n", "middle_low", "middle_high", "quarters_low", "quarters_high")
COLUMNS: Final = (
    "period", "n", *(f"kind {kind}" for kind in Kind.values), *(f"severity {level}" for level in Severity.values),
    *(f"{span} {part}" for span in ENDS for part in SPAN_PARTS),
)  # fmt: skip


def document(made: Trend, by: str) -> dict[str, Any]:
    """The figures as JSON holds them: durations in minutes, null where nothing bounds them."""
    return {
        "schema": "kizuki/incident-figures/1",
        "by": by,
        "whole": _told(made.whole),
        "periods": [{"period": group.name, **_told(group)} for group in made.periods],
    }


def _told(group: Group) -> dict[str, Any]:
    severities = {str(level): n for level, n in sorted(group.severities.items())}
    spans = {span: dict(zip(SPAN_PARTS, _parts(one), strict=True)) for span, one in group.spans.items()}
    return {"n": group.n, "kinds": dict(sorted(group.kinds.items())), "severities": severities, "spans": spans}


def table(made: Trend) -> Iterable[Sequence[Any]]:
    """The figures as lines: the head, then a period a line. Nothing in them was typed by anybody."""
    yield COLUMNS
    for group in made.periods:
        cells: list[Any] = [group.name, group.n]
        cells += [group.kinds.get(kind, 0) for kind in Kind.values]
        cells += [group.severities.get(level, 0) for level in Severity.values]
        for span in ENDS:
            parts = _parts(group.spans[span]) if span in group.spans else (0, None, None, None, None)
            cells += ["" if part is None else part for part in parts]
        yield cells


def _parts(one: Spread) -> tuple[int | None, ...]:
    return one.n, one.middle.low, one.middle.high, one.low, one.high
