"""Asking the index: what comes first, what is marked, and that no text typed can do harm."""

from __future__ import annotations

import random
import re

import pytest
from django.template import engines
from django.test.utils import CaptureQueriesContext

from kizuki.kit.library import library_path
from kizuki.kit.passage import Passage
from kizuki.search import actions, queries
from kizuki.search.engine import ranking
from kizuki.search.engine.hits import excerpt
from kizuki.search.engine.memory import search_passages

pytestmark = pytest.mark.django_db

PASSAGES = {
    "worm": [
        Passage("ja", "title", "海外拠点から広がったワーム型ランサムウェア"),
        Passage("en", "title", "A ransomware worm that spread from a site abroad"),
    ],
    "mail": [
        Passage("ja", "overview", "添付ファイルを開いた端末が感染し、サーバーが暗号化された"),
        Passage("en", "overview", "An attachment was opened; servers were encrypted"),
    ],
    "mining": [Passage("en", "attack", "Password guessing, T1110.001, then mining of coins")],
    "lost": [Passage("ja", "summary", "鍵のかからない机から端末が紛失した")],
}


@pytest.fixture
def index(db: None) -> None:
    actions.replace(room="casebook", passages=PASSAGES)


def _find(text: str, language: str = "ja") -> list[queries.Hit]:
    return queries.find(room="casebook", text=text, language=language)


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("ワーム", "ja", "worm"),
        ("サーバ 暗号化", "ja", "mail"),
        ("ｻｰﾊﾞｰ", "ja", "mail"),
        ("鍵", "ja", "lost"),
        ("失", "ja", "lost"),
        ("T1110.001", "ja", "mining"),
        ("t1110", "en", "mining"),
        ("encrypting a server", "en", "mail"),
        ("worms abroad", "en", "worm"),
        ("総当たり 採掘 mining", "ja", "mining"),
    ],
)
def test_the_right_thing_is_first(text: str, language: str, first: str) -> None:
    assert _find(text, language)[0].key == first


@pytest.mark.usefixtures("index")
def test_readers_get_the_passage_in_their_language_where_there_is_one() -> None:
    for text in ("ransomware", "ランサムウェア"):
        assert [_find(text, language)[0].language for language in ("en", "ja")] == ["en", "ja"]
    assert _find("紛失", "en")[0].language == "ja"


def test_synonyms_of_the_library_reach_the_other_language(index: None) -> None:
    actions.replace(room="casebook", passages={"only-en": [Passage("en", "title", "Threat hunting")]})
    assert "only-en" in [hit.key for hit in _find("脅威ハンティング")]


def test_what_is_found_in_the_language_asked_comes_first(db: None) -> None:
    passages = {
        "a": [Passage("en", "title", "A worm")],
        "b": [Passage("ja", "title", "ワーム")],
        "c": [Passage("ja", "title", "停電")],
        "d": [Passage("en", "title", "An outage of power")],
    }
    actions.replace(room="casebook", passages=passages)
    assert [hit.key for hit in _find("ワーム")] == ["b", "a"]


@pytest.mark.usefixtures("index")
def test_the_excerpt_marks_what_was_found_and_escapes_the_rest() -> None:
    assert _find("暗号化")[0].excerpt == "添付ファイルを開いた端末が感染し、サーバーが<mark>暗号化</mark>された"
    nasty = {"x": [Passage("en", "title", "<script>alert('mining')</script> & more")]}
    actions.replace(room="casebook", passages=nasty)
    (hit,) = [hit for hit in _find("alert script", "en") if hit.key == "x"]
    assert hit.excerpt == (
        "&lt;<mark>script</mark>&gt;<mark>alert</mark>(&#x27;mining&#x27;)&lt;/<mark>script</mark>&gt; &amp; more"
    )
    shown = engines["django"].from_string("{{ hit.excerpt }}").render({"hit": hit})
    assert shown == hit.excerpt


def test_a_long_passage_is_cut_around_what_was_found() -> None:
    text = "前置き。" * 60 + "ここで感染した。" + "後書き。" * 60
    cut = excerpt(text, {"感染"}, 110)
    assert "<mark>感染</mark>" in cut
    assert cut.startswith("… ")
    assert cut.endswith(" …")
    assert len(cut) < 150


NASTY = [
    "", " ", "\x00", "感染\x00", '"', "''", "'; DROP TABLE search_passage; --", "a OR b", "NEAR(a b)", "words : a", "-a",
    "a*", "^a", "(((", ")", "a AND NOT b", "{a b} : c", "a & !b | c:*", "<->", "\\", "\\'", "%s %d %(x)s", "{}", "{0}",
    "🙂", "👨‍👩‍👧‍👦 感染", "\ud800", "\u202e感染", "a" * 400, "感" * 400, "感染拡大" * 100, "パ" * 4000, "_", "1_感染", "é" * 400,
    "﷽" * 400, "ば゙" * 200, "٣", "𠮷野家", "ￃﾞ", "tab\tnew\nline", "AND", "OR", "NOT", "null", "⅓²", "ǅ", "İ", "ß",
]  # fmt: skip


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_text_does_harm(text: str, language: str) -> None:
    hits = _find(text, language)
    assert {hit.key for hit in hits} <= set(PASSAGES)
    for hit in hits:
        assert "<" not in re.sub("</?mark>", "", hit.excerpt)
    assert [hit.key for hit in _find("ワーム")] == ["worm"]


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("text", [text for text in NASTY if "\ud800" not in text])
def test_the_same_texts_can_be_held(text: str) -> None:
    actions.replace(room="casebook", passages={"nasty": [Passage("ja", "title", text), Passage("en", "title", text)]})
    actions.forget(room="casebook", keys=["nasty"])
    assert [hit.key for hit in _find("ワーム")] == ["worm"]


def _sentences(number: int) -> dict[str, list[Passage]]:
    """Made-up things of the library's own words, many with equal scores."""
    lines = (library_path() / "glossary.yaml").read_text().splitlines()
    words = {
        "ja": [line.split("ja: ")[1] for line in lines if line.startswith("    ja: ")],
        "en": [line.split("en: ")[1] for line in lines if line.startswith("    en: ")],
    }
    chance = random.Random(7)
    joint = {"ja": "と", "en": " and "}
    return {
        f"thing-{n:03d}": [
            Passage(language, "overview", joint[language].join(chance.sample(words[language], chance.randint(1, 4))))
            for language in chance.choices(["ja", "en"], k=4)
        ]
        for n in range(number)
    }


QUESTIONS = [
    "ランサムウェア",
    "パッチ 脆弱性診断",
    "incident response",
    "ログ",
    "攻",
    "EDR SOC",
    "threat hunting 標的型攻撃",
    "と",
]


@pytest.mark.parametrize("small", [False, True], ids=["usual bounds", "bounds reached"])
def test_the_database_and_memory_give_the_same_hits_in_the_same_order(
    db: None, monkeypatch: pytest.MonkeyPatch, small: bool
) -> None:
    """Run on SQLite and on PostgreSQL this shows that both give the same."""
    if small:
        monkeypatch.setattr(ranking, "OWN", ranking.Bounds(places=20, passages=12))
        monkeypatch.setattr(ranking, "OTHER", ranking.Bounds(places=9, passages=5))
        monkeypatch.setattr(ranking, "MOST_WORDS", 4)
    things = _sentences(120)
    for start in range(0, 120, 50):
        actions.replace(room="casebook", passages=dict(list(things.items())[start : start + 50]))
    for text in QUESTIONS:
        for language in ("ja", "en"):
            hits = _find(text, language)
            assert hits == search_passages(things, text, language)
            assert hits, text


@pytest.mark.parametrize("small", [False, True], ids=["usual bounds", "bounds reached"])
def test_among_some_things_others_have_no_part(db: None, monkeypatch: pytest.MonkeyPatch, small: bool) -> None:
    """Neither in what is found nor in order or score: the same as if the room held only these."""
    if small:
        monkeypatch.setattr(ranking, "OWN", ranking.Bounds(places=20, passages=12))
        monkeypatch.setattr(ranking, "OTHER", ranking.Bounds(places=9, passages=5))
        monkeypatch.setattr(ranking, "MOST_WORDS", 4)
        monkeypatch.setattr(queries, "_PORTION", 3)
    things = _sentences(120)
    actions.replace(room="casebook", passages=things)
    some = dict(list(things.items())[::3])
    for text in (*QUESTIONS, "何もない", "攻撃" * 200):
        for language in ("ja", "en"):
            hits = queries.find_among(room="casebook", keys=some, text=text, language=language)
            assert hits == search_passages(some, text, language)
    assert queries.find_among(room="casebook", keys=some, text="ログ", language="ja", limit=2)[2:] == []
    for keys, room in (([], "casebook"), (["nobody"], "casebook"), (list(some), "nowhere")):
        assert queries.find_among(room=room, keys=keys, text="ログ", language="ja") == []


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("text", NASTY)
def test_no_text_does_harm_among_some(text: str) -> None:
    hits = queries.find_among(room="casebook", keys=["mail", "lost"], text=text, language="ja")
    assert {hit.key for hit in hits} <= {"mail", "lost"}


@pytest.mark.usefixtures("index")
def test_at_most_as_many_as_asked_for() -> None:
    assert len(queries.find(room="casebook", text="端末 worm attachment mining", language="ja", limit=2)) == 2


@pytest.mark.usefixtures("index")
def test_a_search_takes_at_most_six_queries() -> None:
    from django.db import connection

    with CaptureQueriesContext(
        connection,
    ) as asked:
        _find("サーバーの暗号化 ransomware")
    assert len(asked) == 6


def test_an_empty_index_finds_nothing(db: None) -> None:
    assert _find("感染") == []
