"""Words that people write for lanes, kinds of entries and milestones, in both languages, and what a text hints at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

#: Whose act it was: lane → the words for it. The words of `kizuki.casebook.engine.format` stand for themselves.
_LANES: Final[dict[str, str]] = {
    "attacker": "intruder 攻撃者 攻撃側 犯人",
    "executive": "executives exec management board ceo ciso 経営 経営層 経営陣 役員 社長 経営会議",
    "communications": "comms pr legal 広報 広報部 法務 渉外",
    "security": "sec csirt soc セキュリティ セキュリティー 情報セキュリティ",
    "it": "itops 情シス 情報システム 情報システム部 情報システム部門 システム部 it部門",
    "business": "部門 現場 業務 業務部門 事業部 事業部門 利用部門",
    "external": "vendor supplier 外部 社外 委託先 外部委託先 ベンダー ベンダ 取引先 保守会社",
}
#: What kind of act it was: kind → the words for it. No verbs in the past: they begin what is told.
_KINDS: Final[dict[str, str]] = {
    "enable": "きっかけ 要因 素地",
    "attack": "攻撃 侵害 不正アクセス",
    "detect": "detection 検知 気づき 気付き 発見 認知 検出",
    "analyse": "analyze analysis investigate investigation 分析 調査 解析 確認",
    "contain": "containment isolate 封じ込め 封込め 封じこめ 遮断 隔離 切り離し",
    "eradicate": "eradication 根絶 駆除 除去 排除",
    "recover": "recovery restore 復旧 回復 復元 再開",
    "escalate": "escalation 上申 エスカレーション エスカレ",
    "decide": "decision 判断 決定 意思決定",
    "communicate": "announce 発信 周知 公表 連絡 通知",
    "report": "報告 届出 届け出 通報",
    "learn": "lesson lessons 学び 教訓 振り返り",
}
_MILESTONES: Final[dict[str, str]] = {
    "occurred": "occur began 発生",
    "noticed": "notice detected 検知 気づき 気付き 認知 察知 覚知 発見 発覚",
    "reported": "report 報告 通報",
    "escalated": "escalate 上申 エスカレーション",
    "contained": "contain 封じ込め 封込め 封じこめ",
    "disclosed": "disclose published 公表 開示",
    "recovered": "recover restored 復旧 回復",
    "closed": "close 終結 終了 収束",
}
#: What a text hints at; the first that is found counts, so that what is more telling stands first.
_HINTS: Final[dict[str, str]] = {
    "learn": r"lessons? learn|post-?mortem|retrospective|教訓|振り返り|再発防止",
    "escalate": r"escalat|phoned|paged|on-?call|convened|エスカレ|上申|招集|(?:部長|社長|役員|ciso|経営)[^、。]{0,12}(?:電話|一報|報告)",
    "communicate": r"press release|announce|public statement|customers? (?:were |was )?(?:told|informed)|notified customers|"
    r"公表|プレス|お知らせ|周知|通知(?:文|し)|広報",
    "report": r"jpcert|police|regulator|data protection|authorit(?:y|ies) (?:told|informed)|"
    r"届(?:け)?出|警察|個人情報保護委員会|監督官庁|通報",
    "decide": r"decid|approv|authoris|authoriz|resolved to|判断し|決定|承認|決裁|決めた|方針",
    "recover": r"recover|restor|brought back|back online|rebuilt|resum|復旧|復元|再開|リストア|再構築",
    "eradicate": r"eradicat|remov|delet|reimag|wiped|clean(?:ed)? up|reset (?:the |all )?passwords?|駆除|削除|除去|初期化|再インストール|"
    r"パスワード[^、。]{0,8}(?:変更|リセット)",
    "contain": r"isolat|contain|block|disconnect|unplugg|quarantin|disabl|revok|suspend|shut (?:down|off)|locked (?:out|the account)|"
    r"遮断|隔離|切り離|切離|封じ込め|ブロック|停止|無効化|失効|抜線|凍結|(?:止め|とめ)(?:た|まし)|を抜い|を切っ",
    "attack": r"encrypt|exfiltrat|brute.?forc|lateral|logged in from|ransom note|phish|malicious|exploit|攻撃|侵入|暗号化|窃取|持ち出|"
    r"不正(?:な|に)?ログイン|悪用|改ざん|脅迫|身代金",
    "detect": r"alert|alarm|detect|notic|discover|spotted|reported by|検知|発見|アラート|警報|気づ|気付|覚えがない|不審",
    "analyse": r"analys|analyz|investigat|examin|check|confirm|review|\blogs?\b|image[ds]?\b|調査|解析|分析|確認|ログ|保全|特定|判明",
    "enable": r"unpatched|misconfigur|exposed|left open|weak password|脆弱|未適用|設定(?:ミス|不備|誤り)|公開されて",
}  # fmt: skip
_HINT: Final = {kind: re.compile(pattern) for kind, pattern in _HINTS.items()}
#: A text is searched this far for hints.
_FAR: Final = 2000


def folded(word: str) -> str:
    """A word without the differences that nobody means: width, capitals."""
    return unicodedata.normalize("NFKC", word).casefold()


def _turned(words: Mapping[str, str]) -> dict[str, str]:
    return {folded(word): name for name, listed in words.items() for word in (name, *listed.split())}


_LANE_OF: Final = _turned(_LANES)
_KIND_OF: Final = _turned(_KINDS)
_MILESTONE_OF: Final = _turned(_MILESTONES)


def lane_of(word: str) -> str:
    """The lane that the word names; "" where it names none."""
    return _LANE_OF.get(folded(word), "")


def kind_of(word: str) -> str:
    """The kind of entry that the word names; "" where it names none."""
    return _KIND_OF.get(folded(word), "")


def milestone_of(word: str) -> str:
    """The milestone that the word names; "" where it names none."""
    return _MILESTONE_OF.get(folded(word), "")


def hint(text: str) -> str:
    """The kind of entry at which the words of a text hint, to be suggested and never entered unasked; "" for no hint."""
    plain = folded(text[:_FAR])
    return next((kind for kind, pattern in _HINT.items() if pattern.search(plain)), "")
