"""Putting passages into the index, in place of others, and taking them out: what is found follows at once."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kizuki.kit.passage import Passage
from kizuki.search import actions, queries
from kizuki.search.models import Corpus, Word
from kizuki.search.models import Passage as Row

pytestmark = pytest.mark.django_db


def _keys(text: str, language: str = "ja", room: str = "casebook") -> list[str]:
    return [hit.key for hit in queries.find(room=room, text=text, language=language)]


def _ja(*texts: str) -> list[Passage]:
    return [Passage("ja", "overview", text) for text in texts]


def test_what_is_put_in_is_found_and_what_replaces_it_instead_of_it() -> None:
    actions.replace(room="casebook", passages={"a": _ja("工場の端末が感染した"), "b": _ja("停電が起きた")})
    assert _keys("感染") == ["a"]
    actions.replace(room="casebook", passages={"a": _ja("紛失したパソコン")})
    assert _keys("感染") == []
    assert _keys("紛失") == ["a"]
    assert _keys("停電") == ["b"]


def test_putting_in_the_same_again_changes_no_count() -> None:
    passages = {"a": [*_ja("感染した", "感染が広がる"), Passage("en", "title", "An infection")]}
    actions.replace(room="casebook", passages=passages)
    before = (sorted(Word.objects.values_list("corpus", "word", "passages")), sorted(Corpus.objects.values_list()))
    actions.replace(room="casebook", passages=passages)
    assert (
        sorted(Word.objects.values_list("corpus", "word", "passages")),
        sorted(Corpus.objects.values_list()),
    ) == before
    assert Row.objects.count() == 3


def test_parts_are_replaced_and_the_others_stay() -> None:
    actions.replace(
        room="casebook", passages={"a": [*_ja("工場の端末が感染した"), Passage("ja", "title", "停電が起きた")]}
    )
    whole = {"overview": [Passage("en", "overview", "A lost laptop")], "later": [Passage("ja", "later", "復旧した")]}
    actions.replace_parts(room="casebook", key="a", parts=whole)
    assert _keys("感染") == []
    assert [_keys(text) for text in ("停電", "復旧", "laptop")] == [["a"], ["a"], ["a"]]
    actions.replace_parts(room="casebook", key="a", parts={"overview": [], "later": []})
    assert Row.objects.get().part == "title"
    alone = sorted(Word.objects.values_list("word", "passages"))
    actions.replace(room="casebook", passages={"a": [Passage("ja", "title", "停電が起きた")]})
    assert sorted(Word.objects.values_list("word", "passages")) == alone


def test_no_passages_take_a_thing_out() -> None:
    actions.replace(room="casebook", passages={"a": _ja("感染した")})
    actions.replace(room="casebook", passages={"a": []})
    assert _keys("感染") == []
    assert not Word.objects.exists()


def test_forgetting_takes_out_of_its_own_room_only() -> None:
    for room in ("casebook", "incidents"):
        actions.replace(room=room, passages={"a": _ja("感染した"), "b": _ja("感染した")})
    actions.forget(room="casebook", keys=["a"])
    assert _keys("感染") == ["b"]
    assert _keys("感染", room="incidents") == ["a", "b"]


def test_rooms_never_answer_for_one_another() -> None:
    actions.replace(room="incidents", passages={"secret": _ja("感染した")})
    assert _keys("感染") == []


def test_forgetting_what_is_not_there_does_nothing() -> None:
    actions.forget(room="casebook", keys=["a"])
    actions.replace(room="casebook", passages={"a": _ja("感染した")})
    actions.forget(room="casebook", keys=["b"])
    assert _keys("感染") == ["a"]


def test_text_with_nul_and_broken_characters_is_stored_without_them() -> None:
    actions.replace(room="casebook", passages={"a": _ja("感\x00染\ud800した"), "b": _ja("\x00", "！？", "")})
    assert _keys("感染") == ["a"]
    assert Row.objects.count() == 1


def test_rows_cannot_be_saved_past_the_counts() -> None:
    with pytest.raises(TypeError, match="actions only"):
        Row(key="a", part="title", text="x", words="1_x", length=1).save()


TEXTS = st.text(alphabet="感染被害サーバー復旧abc 019.-_'\"", max_size=12)
PASSAGES = st.lists(st.builds(Passage, st.sampled_from(["ja", "en"]), st.just("overview"), TEXTS), max_size=3)
CHANGES = st.lists(st.tuples(st.sampled_from("abc"), st.none() | PASSAGES), max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_counts_follow_any_changes(db: None, changes: list[tuple[str, list[Passage] | None]]) -> None:
    actions.forget(room="casebook", keys=list("abc"))
    for key, passages in changes:
        if passages is None:
            actions.forget(room="casebook", keys=[key])
        else:
            actions.replace(room="casebook", passages={key: passages})
    counted: Counter[tuple[int, str]] = Counter()
    for corpus, words in Row.objects.values_list("corpus_id", "words"):
        counted.update((corpus, word.split("_", 1)[1]) for word in words.split(" "))
    held = {(corpus, word): n for corpus, word, n in Word.objects.values_list("corpus_id", "word", "passages")}
    assert held == dict(counted)
    for one in Corpus.objects.all():
        lengths = list(Row.objects.filter(corpus=one).values_list("length", flat=True))
        assert (one.passages, one.length) == (len(lengths), sum(lengths))
