"""The pictures of the eight cases: no arrow through a box, no milestone's line through another's label, nothing outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from kizuki.casebook.engine.format import Case
from kizuki.casebook.pictures import timeline
from kizuki.casebook.situation import situation
from kizuki.kit import document
from kizuki.ui.svg import balanced, text_width

FILES = sorted((Path(__file__).parents[3] / "library" / "cases").glob("nisc-*.yaml"))
RECT = re.compile(r'<rect class="nd[^"]*" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/>')
ARROW = re.compile(r'<path class="ar(?: [^"]*)?" d="M([\d.]+) ([\d.]+)([HV\d.]*)"/>')
LINE = re.compile(r'<path class="ms-l" d="M([\d.]+) ([\d.]+)V([\d.]+)"/>')
LABEL = re.compile(r'<text class="x11 xb xa( end)?" x="([\d.]+)" y="([\d.]+)">([^<]*)</text>')


def read(file: Path) -> Case:
    return document.parse(file.name, file.read_bytes(), Case)[0]


def stretches(way: re.Match[str]) -> list[tuple[float, float, float, float]]:
    x, y, made = float(way[1]), float(way[2]), []
    for letter, value in re.findall(r"([HV])([\d.]+)", way[3]):
        to_x, to_y = (float(value), y) if letter == "H" else (x, float(value))
        made.append((min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)))
        x, y = to_x, to_y
    return made


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_arrow_runs_through_a_box(file: Path, language: str) -> None:
    with translation.override(language):
        drawn = situation(read(file), language)
    if drawn is None:
        assert file.stem == "nisc-g"
        return
    boxes = [tuple(map(float, found.groups())) for found in RECT.finditer(drawn)]
    arrows = list(ARROW.finditer(drawn))
    assert boxes
    assert arrows
    for arrow in arrows:
        for left, top, right, bottom in stretches(arrow):
            for x, y, width, height in boxes:
                inside = left < x + width - 1 and right > x + 1 and top < y + height - 1 and bottom > y + 1
                assert not inside, arrow[0]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_labels_of_milestones_stand_free(file: Path, language: str) -> None:
    with translation.override(language):
        pictures = timeline(read(file), language)
    for drawn in pictures:
        lines = [tuple(map(float, found.groups())) for found in LINE.finditer(drawn)]
        labels = []
        for end, x, y, text in LABEL.findall(drawn):
            # Real letters run a little narrower than the estimate with which the picture is laid out.
            width = text_width(text, 11) * 0.95
            left = float(x) - width if end else float(x)
            labels.append((left, float(y), left + width))
        assert len(lines) == len(labels)
        for left, y, right in labels:
            assert right <= 988
            assert not [x for x, top, bottom in lines if left < x < right and top < y - 3 < bottom]
        for n, (left, y, right) in enumerate(labels):
            assert not [o for o in labels[n + 1 :] if o[1] == y and o[0] < right and o[2] > left]


def test_a_name_breaks_where_it_reads_well() -> None:
    assert balanced("サイバー攻撃者（犯罪組織）", 12.5, 124, 3) == ["サイバー攻撃者", "（犯罪組織）"]
    assert balanced("広報・コールセンター・コンプライアンス", 12.5, 156, 3) == [
        "広報・コールセンター・",
        "コンプライアンス",
    ]
    assert balanced("Public relations, compliance, call centre", 12, 124, 3) == [
        "Public relations,",
        "compliance,",
        "call centre",
    ]
    assert balanced("EDR", 12, 124, 3) == ["EDR"]


def handed(case: Case, stated: bool) -> Case:
    """The case with every hand-over said by the source, or by an analyst."""
    import msgspec

    change = msgspec.structs.replace
    entries = tuple(
        change(entry, handover=change(entry.handover, stated=stated)) if entry.handover else entry
        for entry in case.timeline.entries
    )
    return change(case, timeline=change(case.timeline, entries=entries))


def test_the_source_of_the_eight_states_no_hand_over() -> None:
    """The source tells who did what; that one act led to another is an analyst's reading, and must be marked as such."""
    found = [entry.handover for file in FILES for entry in read(file).timeline.entries if entry.handover]
    assert len(found) == 11
    assert not any(handover.stated for handover in found)


@pytest.mark.parametrize("stated", [True, False])
def test_a_hand_over_that_an_analyst_reads_is_dashed_and_said(stated: bool) -> None:
    from kizuki.casebook.presenting import timeline_table

    case = handed(read(next(file for file in FILES if file.stem == "nisc-h")), stated)
    drawn = "".join(timeline(case, "en"))
    assert ('<path class="ho"' in drawn, '<path class="ho dash"' in drawn) == (stated, not stated)
    told = [told for row in timeline_table(case, "en") for _, cell in row.cells for told in cell if told.received_from]
    assert [(one.entry.n, list(one.received_from)) for one in told] == [(15, [(7, stated)])]
