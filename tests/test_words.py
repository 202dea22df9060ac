"""Japanese: one word for a thing, wherever it is spoken of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext, pgettext

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "kizuki" / "locale" / "parts"
#: A word that is not used, and the one that is.
RATHER = {
    "課題にする": "対応事項にする", "追跡中の課題": "追跡中の対応事項", "隣接表": "近隣の一覧", "近隣テーブル": "近隣の一覧",
    "製造番号": "シリアル番号", "払い出し": "DHCPリース", "フォルダー": "フォルダ", "未登録の機器": "不明な機器",
    "自ら作ったMACアドレス": "ランダムMACアドレス", "短い名前": "略称",
}  # fmt: skip


def japanese(path: Path) -> list[str]:
    """The lines of a part that are shown to readers."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", line)]


@pytest.mark.parametrize("word", RATHER)
def test_one_thing_has_one_word(word: str) -> None:
    used = [f"{path.name}: {line}" for path in sorted(PARTS.glob("*.po")) for line in japanese(path) if word in line]
    assert not used, f"rather {RATHER[word]}"


@pytest.mark.parametrize("room", ["devices", "imports", "measures", "tasks"])
def test_a_manager_is_not_called_an_administrator(room: str) -> None:
    heading = "例：管理番号"  # of people's own tables, where it means whoever keeps a thing
    told = [line for line in japanese(PARTS / f"{room}.po") if "管理者" in line and heading not in line]
    assert not [line for line in told if "システム管理者" not in line]


def test_a_check_by_others_is_not_called_as_the_rounds_of_questions_are() -> None:
    assert not [line for line in japanese(PARTS / "benchmark.po") if "自己点検" in line]


@pytest.mark.parametrize(
    ("context", "english", "here", "elsewhere"),
    [
        ("line of an import", "Taken", "取り込みの選択", None), ("line of an import", "taken", "取り込む", "奪取"),
        ("an import", "Go on", "続きを反映する", "次へ"), ("a register", "Begin", "始める", "着手する"),
        ("requests", "Waiting", "決定待ち", "判断待ち"), ("tasks", "Mine", "自分の担当", "自分の処理"),
        ("kind of file", "not known", "不明", "分からない"),
    ],
)  # fmt: skip
def test_an_english_word_of_two_meanings_has_two_words(
    context: str, english: str, here: str, elsewhere: str | None
) -> None:
    with translation.override("ja"):
        assert pgettext(context, english) == here
        assert elsewhere is None or gettext(english) == elsewhere
