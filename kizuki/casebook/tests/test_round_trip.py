"""Case files: import, export, import again, through files, database and page, and nothing has changed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kizuki.casebook import actions, library
from kizuki.casebook.engine import format as f
from kizuki.casebook.engine.read import read
from kizuki.casebook.models import Case as Row
from kizuki.casebook.models import CaseTag
from kizuki.journal.models import Entry
from kizuki.kit import document
from kizuki.kit.tests.strategies import BOTH, SHORT, WORDS, of_type
from kizuki.measures.library import catalogue
from kizuki.register.library import vocabulary

IDS = st.lists(of_type(f.Id), min_size=1, max_size=3, unique=True)
STEP_IDS = st.lists(of_type(f.StepId), min_size=1, max_size=3, unique=True)
MEASURES = sorted(catalogue().by_id())
CONTAINING = sorted(id for id, measure in catalogue().by_id().items() if measure.power.contains != "no")


def _read(file: str, raw: bytes) -> f.Case:
    return read(file, raw, vocabulary=vocabulary(), measures=catalogue())


def _some(words: Any) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(words)), max_size=2, unique=True).map(tuple)


def _bears(measures: list[str]) -> st.SearchStrategy[tuple[f.Bears, ...]]:
    one = st.builds(
        f.Bears, measure=st.sampled_from(measures), stated=st.booleans(), at=st.sampled_from(["target", "source"])
    )
    return st.lists(one, max_size=2, unique_by=lambda bears: bears.measure).map(tuple)


@st.composite
def attacks(draw: Any, ids: list[str]) -> tuple[f.AttackStep, ...]:
    targets = st.builds(f.Targets, kinds=_some(["server", "pc", "saas"]), traits=_some(["always-on"]))

    def step(n: int) -> st.SearchStrategy[f.AttackStep]:
        return st.builds(
            f.AttackStep, id=st.just(ids[n]), text=BOTH, via=of_type(f.Via), targets=targets, effect=of_type(f.Effect),
            after=st.none() | _some(ids[:n]) if n else st.none(), pace=of_type(f.Pace),
            techniques=st.lists(of_type(f.Technique), max_size=2).map(tuple), condition=st.just("not stated") | of_type(f.Condition),
            prevent=_bears(MEASURES), detect=_bears(MEASURES), contain=_bears(CONTAINING), soften=_bears(MEASURES),
            note=st.none() | BOTH,
        )  # fmt: skip

    return tuple(draw(step(n)) for n in range(len(ids)))


@st.composite
def timelines(draw: Any, steps: list[str]) -> f.Timeline:
    lanes = draw(IDS)
    days = sorted(draw(st.lists(st.integers(1, 99), max_size=3)))
    ends = st.sampled_from(["", " 22:00", " early", "+"])
    entries = []
    for n, day in enumerate(days):
        lane, end = draw(st.sampled_from(lanes)), draw(ends)
        others = tuple(other for other in lanes if other != lane)[:1]
        at = draw(st.sampled_from(["undated", f"week {day}+" if end == "+" else f"day {day * 7 - n % 2}{end}"]))
        entries.append(
            f.Entry(
                n=n + 1,
                at=at,
                lane=lane,
                kind=draw(of_type(f.EntryKind)),
                text=draw(BOTH),
                holiday=draw(st.booleans()),
                step=draw(st.none() | st.sampled_from(steps)),
                milestone=draw(st.none() | of_type(f.Milestone)),
                handover=draw(st.none() | st.builds(f.Handover, st.just(others), st.booleans())) if others else None,
                lane_stated=draw(st.booleans()),
            )
        )
    rows = tuple(f.Lane(id, draw(st.lists(of_type(f.Role), max_size=2).map(tuple)), draw(BOTH)) for id in lanes)
    return f.Timeline(draw(st.sampled_from(["attack", "detection", "none"])), rows, tuple(_in_order(entries)))


def _in_order(entries: list[f.Entry]) -> list[f.Entry]:
    """The entries with times that may stand in this order: one that would lie before another becomes undated."""
    from kizuki.kit.when import parse

    latest, kept = -(10**9), []
    for entry in entries:
        moment = parse(entry.at)
        if moment.high is not None and moment.high < latest:
            kept.append(msgspec.structs.replace(entry, at="undated"))
            continue
        latest = max(latest, moment.low if moment.low is not None else latest)
        kept.append(entry)
    return kept


@st.composite
def cases(draw: Any) -> f.Case:
    """A case whose parts know each other, with texts that are hard to write down."""
    words, steps, actors, items = (
        vocabulary(),
        draw(STEP_IDS),
        draw(IDS),
        iter(draw(st.permutations(["a", "b", "C", "d-1"]))),
    )
    texts = st.lists(BOTH, max_size=2).map(tuple)

    def item(kind: type[f.Item]) -> st.SearchStrategy[Any]:
        return st.builds(kind, id=st.just(next(items)), text=BOTH, measures=_some(MEASURES))

    arrow = st.builds(
        f.SituationStep, n=st.just(1), from_=st.sampled_from(actors), to=st.sampled_from(actors), text=BOTH,
        kind=st.sampled_from(["attack", "act", "tell"]),
    )  # fmt: skip
    return f.Case(
        schema_="kizuki/case/1",
        id=draw(of_type(f.Id).filter(lambda id: id not in ("import", "glossary"))),
        kind="casebook",
        source=draw(st.builds(f.Source, title=BOTH, publisher=WORDS, number=st.none() | st.integers(0, 10**6), url=st.none() | WORDS)),
        tlp=draw(of_type(f.Tlp)), title=draw(SHORT),
        organisation=f.Organisation(draw(SHORT), draw(st.sampled_from(["not stated", *words.ids("sectors")])), "not stated", draw(BOTH)),
        causes=draw(st.just("not stated") | _some(words.ids("causes"))),
        level=draw(st.sampled_from(["basic", "advanced", "not stated"])),
        profile=draw(_some(words.ids("profile"))),
        overview=draw(texts), situation=f.Situation(
            tuple(f.Actor(id, draw(of_type(f.ActorKind)), draw(of_type(f.ActorZone)), draw(BOTH)) for id in actors), (draw(arrow),)
        ),
        attack=draw(attacks(steps)),
        timeline=draw(timelines(steps)),
        times=draw(st.lists(of_type(f.Time), max_size=2).map(tuple)),
        background=draw(st.lists(of_type(f.Statement), max_size=2).map(tuple)),
        causes_found=(draw(item(f.Cause)),),
        mitigations=(draw(item(f.Item)),),
        lessons=(draw(item(f.Lesson)),), challenges=(draw(item(f.Item)),),
        ambiguities=draw(texts),
    )  # fmt: skip


SETTINGS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@SETTINGS
@given(cases())
def test_any_case_comes_back_the_same_as_yaml_and_as_json(made: f.Case) -> None:
    assert _read("c.yaml", document.dump(made).encode()) == made
    assert _read("c.json", msgspec.json.encode(made)) == made


@SETTINGS
@given(of_type(f.Case))
def test_whatever_its_form_allows_comes_back_the_same(made: f.Case) -> None:
    assert document.parse("c.yaml", document.dump(made).encode(), f.Case)[0] == made


@pytest.mark.parametrize("case", library.cases(), ids=lambda case: case.id)
def test_the_cases_of_the_library_come_back_the_same(case: f.Case) -> None:
    written = document.dump(case)
    assert _read("c.yaml", written.encode()) == case
    assert _read("c.json", msgspec.json.encode(case)) == case
    assert document.dump(_read("c.yaml", written.encode())) == written


class ThroughTheDatabase(TestCase):
    """Hypothesis rolls back after each example."""

    @settings(SETTINGS, max_examples=20)
    @given(cases())
    def test_any_case_comes_back_the_same_and_once_more_changes_nothing(self, made: f.Case) -> None:
        assert actions.import_cases(documents=[made], by="a test") == {"added": 1, "changed": 0, "same": 0}
        row = Row.objects.get(slug=made.id)
        assert row.read == made
        entries, tags = Entry.objects.count(), CaseTag.objects.count()
        again = _read("c.yaml", document.dump(row.read).encode())
        assert actions.import_cases(documents=[again], by="a test") == {"added": 0, "changed": 0, "same": 1}
        assert (Entry.objects.count(), CaseTag.objects.count()) == (entries, tags)
        assert Row.objects.get(slug=made.id).version == row.version


@pytest.mark.django_db
def test_what_the_page_gives_out_can_be_brought_in_again_and_changes_nothing(cast: Any, signed_in: Any) -> None:
    actions.import_cases(documents=library.cases(), by="a test")
    client = signed_in(cast.manager)
    files = []
    for case in library.cases():
        answer = client.get(reverse("casebook:case_file", args=[case.id]))
        assert _read("c.yaml", answer.content) == case
        files.append(SimpleUploadedFile(f"{case.id}.yaml", answer.content))
    before = list(Row.objects.values_list("slug", "version", "digest", "changed_at")), Entry.objects.count()
    answer = client.post(reverse("casebook:bring_in"), {"files": files}, follow=True)
    assert "added: 0, changed: 0, unchanged: 8" in answer.content.decode()
    assert (list(Row.objects.values_list("slug", "version", "digest", "changed_at")), Entry.objects.count()) == before
