"""What the timeline shows: which entries, in which order, and everything that stands in a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kizuki.casebook.words import KINDS, MILESTONES
from kizuki.incidents import pictures
from kizuki.incidents.engine import lanes
from kizuki.incidents.engine.lanes import Link, Step, Strokes
from kizuki.incidents.models import Entry, Incident, MilestoneAt
from kizuki.incidents.times import Shown, moment_of, original_of_text, shown, since
from kizuki.incidents.told import told
from kizuki.incidents.words import LANE_NAMES

#: So many entries are shown at once unless all are asked for.
WINDOW: Final = 200
#: A text longer than this is folded.
LONG: Final = 700


class Sketch(NamedTuple):
    """An entry as the whole timeline needs it."""

    seq: int
    lane: str
    handover: list[str]
    quiet: bool
    sort: dt.datetime
    by: int | None
    by_name: str


class Row(NamedTuple):
    """One row of the timeline. `day`: the name of its day and the lanes beside it, where a new day begins. `quiet`: what Kizuki wrote
    by itself and has no text. `said`: the sentence for what Kizuki wrote. `given`, `taken`: the hand-overs, for those who do not
    see the lines. `old`: what it replaced, the newest first. `back`: the entry that took this one back."""

    entry: Entry
    day: tuple[str, SafeString] | None
    time: Shown
    since: str
    picture: SafeString
    quiet: bool
    said: str
    lane: Any
    kind: Any
    milestones: list[str]
    given: list[Any]
    taken: list[tuple[int, Any]]
    old: list[Entry]
    back: Entry | None

    @property
    def folded(self) -> bool:
        return len(self.entry.text) > LONG or self.entry.text.count("\n") > 9


class Whole(NamedTuple):
    """The timeline of an incident as a whole: its standing entries in their order, hand-overs, milestones, columns."""

    sketches: list[Sketch]
    links: list[Link]
    milestones: list[MilestoneAt]
    columns: tuple[tuple[str, ...], ...]

    @property
    def noticed(self) -> Entry | None:
        return next((one.entry for one in self.milestones if one.name == "noticed"), None)


class Piece(NamedTuple):
    """One row of the table as HTML, with the id that it has in the page."""

    id: str
    html: SafeString


class Run(NamedTuple):
    """Several rows in a row that Kizuki wrote by itself, folded into one. `day`, `time`, `picture`: of the first."""

    day: tuple[str, SafeString] | None
    time: Shown
    picture: SafeString
    run: list[Row]


def whole(incident: Incident) -> Whole:
    """Two queries, however long the timeline is."""
    rows = Entry.objects.filter(incident=incident).standing().order_by("sort", "seq")
    quiet = ExpressionWrapper(~Q(auto="") & Q(text=""), output_field=BooleanField())
    fields = ("seq", "lane", "handover", "quiet", "sort", "by", "by_name")
    sketches = [Sketch(*values) for values in rows.annotate(quiet=quiet).values_list(*fields)]
    return whole_of(sketches, milestones_of(incident))


def sketch(entry: Entry) -> Sketch:
    """What the whole timeline needs of an entry that is there already."""
    quiet = bool(entry.auto) and not entry.text
    return Sketch(entry.seq, entry.lane, entry.handover, quiet, entry.sort, entry.by_id, entry.by_name)


def milestones_of(incident: Incident) -> list[MilestoneAt]:
    """The milestones that are marked, in the order of the timeline."""
    return list(incident.milestones.select_related("entry").order_by("entry__sort", "entry__seq"))


def whole_of(sketches: list[Sketch], milestones: list[MilestoneAt]) -> Whole:
    """The timeline of these entries, which are in its order."""
    steps = [Step(one.seq, one.lane, tuple(one.handover), one.quiet) for one in sketches]
    used = {one.lane for one in sketches if not one.quiet}
    return Whole(sketches, lanes.links(steps), milestones, lanes.columns(used))


def rows(
    incident: Incident, entries: Sequence[Entry], all_: Whole, zone: ZoneInfo, until: dt.datetime | None = None
) -> list[Row]:
    """The rows of these entries, which must be standing and in the order of the timeline. Three queries for any number. `until`: nothing
    that was written down later is told of them."""
    strokes = lanes.strokes([one.seq for one in entries], all_.links, all_.columns)
    return dated(undated(incident, entries, all_, strokes, zone, until=until), strokes)


def undated(
    incident: Incident, entries: Sequence[Entry], all_: Whole, strokes: Mapping[int, Strokes], zone: ZoneInfo,
    *, until: dt.datetime | None = None,
) -> list[Row]:  # fmt: skip
    """The rows of these entries, which may be some of those that are shown: without the names of their days."""
    known = {"recorded_at__lte": until} if until else {}
    old, back = _before(incident, entries, known), _taken_back(entries, known)
    marked, taken = marks_by_entry(all_), taken_by_entry(all_)
    first = moment_of(all_.noticed) if all_.noticed else None
    found = []
    for entry in entries:
        quiet = bool(entry.auto) and not entry.text
        found.append(
            Row(
                entry, None, shown(entry, zone), "" if quiet else since(first, moment_of(entry)),
                pictures.strip(entry.seq, entry.kind, entry.lane, strokes[entry.seq], all_.columns, quiet=quiet), quiet,
                told(entry) if entry.auto else "", LANE_NAMES[entry.lane], KINDS[entry.kind], marked.get(entry.seq, []),
                [LANE_NAMES[lane] for lane in entry.handover],
                [(seq, LANE_NAMES[lane]) for seq, lane in taken.get(entry.seq, ())], old.get(entry.pk, []), back.get(entry.pk),
            )
        )  # fmt: skip
    return found


def dated(rows: Iterable[Row], strokes: Mapping[int, Strokes]) -> list[Row]:
    """The rows with the name of the day where a new one begins."""
    found, day = [], None
    for row in rows:
        if row.time.day != day:
            day = row.time.day
            found.append(row._replace(day=(day_name(day), pictures.between(strokes[row.entry.seq]))))
        else:
            found.append(row)
    return found


def marks_by_entry(all_: Whole) -> dict[int, list[str]]:
    """The names of the milestones at each entry, by its number."""
    found: dict[int, list[str]] = {}
    for one in all_.milestones:
        found.setdefault(one.entry.seq, []).append(milestone_name(one))
    return found


def taken_by_entry(all_: Whole) -> dict[int, list[tuple[int, str]]]:
    """What each entry takes up, by its number: the giver's number and lane."""
    lane = {one.seq: one.lane for one in all_.sketches}
    found: dict[int, list[tuple[int, str]]] = {}
    for link in all_.links:
        if link.to is not None:
            found.setdefault(link.to, []).append((link.giver, lane[link.giver]))
    return found


def folded(made: Sequence[Row], least: int = 3) -> list[Row | Run]:
    """The rows with what Kizuki wrote by itself folded, wherever at least so many of one day follow each other."""
    found: list[Row | Run] = []
    run: list[Row] = []

    def close() -> None:
        if len(run) >= least:
            found.append(Run(run[0].day, run[0].time, run[0].picture, run.copy()))
        else:
            found.extend(run)
        run.clear()

    for row in made:
        if not row.quiet or row.day:
            close()
        if row.quiet:
            run.append(row)
        else:
            found.append(row)
    close()
    return found


def drawn(incident: Incident, made: Iterable[Row | Run], all_: Whole) -> SafeString:
    """The table of these rows."""
    return table([piece for row in made for piece in pieces(incident, row)], len(all_.columns))


def pieces(incident: Incident, row: Row | Run) -> list[Piece]:
    """What is drawn of it: the name of the day where one begins, and the row."""
    return [*heading(row), piece(incident, row)]


def heading(row: Row | Run) -> list[Piece]:
    """The name of the day where a new one begins, else nothing."""
    if row.day is None:
        return []
    id_ = f"d{first_of(row)}"
    return [Piece(id_, SafeString(render_to_string("incidents/day.html", {"id": id_, "day": row.day})))]


def first_of(row: Row | Run) -> int:
    """The number of the (first) entry that stands there."""
    return row.run[0].entry.seq if isinstance(row, Run) else row.entry.seq


def piece(incident: Incident, row: Row | Run) -> Piece:
    """The row itself."""
    context = {"row": row, "number": incident.number}
    if isinstance(row, Run):
        return Piece(f"n{first_of(row)}", SafeString(render_to_string("incidents/run.html", context)))
    return Piece(f"e{row.entry.seq}", SafeString(render_to_string("incidents/row.html", context)))


def table(pieces: Sequence[Piece], columns: int) -> SafeString:
    """The table of these pieces under the heads of that many lanes."""
    heads = pictures.heads(lanes.COLUMNS[-columns:])
    body = mark_safe("".join(one.html for one in pieces))  # noqa: S308 - rendered templates
    context = {"heads": heads, "columns": columns, "lines": pictures.lines(columns), "body": body}
    return SafeString(render_to_string("incidents/rows.html", context))


def milestone_name(mark: MilestoneAt) -> str:
    """What the milestone is called, and until when it was reached where only that is known."""
    name = str(MILESTONES[mark.name])
    return (
        _("%(name)s, at the latest %(until)s") % {"name": name, "until": original_of_text(mark.by)} if mark.by else name
    )


def day_name(day: dt.date) -> str:
    """Sun 22 Nov 2026."""
    return date_format(day, pgettext("format of a day", "D j M Y"))


def _before(incident: Incident, entries: Sequence[Entry], known: dict[str, Any]) -> dict[int, list[Entry]]:
    """What each entry replaced, the newest first."""
    if not any(entry.corrects_id for entry in entries):
        return {}
    replaced = Entry.objects.filter(incident=incident, corrections__withdrawn=False, **known).distinct()
    there = {one.pk: one for one in replaced}
    found: dict[int, list[Entry]] = {}
    for entry in entries:
        above = there.get(entry.corrects_id) if entry.corrects_id else None
        while above is not None:
            found.setdefault(entry.pk, []).append(above)
            above = there.get(above.corrects_id) if above.corrects_id else None
    return found


def _taken_back(entries: Iterable[Entry], known: dict[str, Any]) -> dict[int, Entry]:
    """The entry that took each one back, where one did."""
    pks = [entry.pk for entry in entries if not entry.auto]
    found = Entry.objects.filter(corrects__in=pks, withdrawn=True, **known)
    return {one.corrects_id: one for one in found if one.corrects_id}
