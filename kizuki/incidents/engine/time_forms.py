"""How people and machines write times: the patterns, and nothing of what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

#: Width and spaces that nobody means, one character for one, so that places in the text stay the same.
PLAIN: Final[dict[int, str]] = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys((0x09, 0xA0, 0x202F, 0x205F, 0x3000, *range(0x2000, 0x200B)), " "),
    **dict.fromkeys((0x2010, 0x2011, 0x2212), "-"),
    0x301C: "~",
}


def plain(text: str) -> str:
    """The text in narrow signs and plain spaces, as long as before."""
    return text.translate(PLAIN)


MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: Words of a day: how many days ago, and the part of the day that the word names.
DAY_WORDS: Final[dict[str, tuple[int, str]]] = {
    "today": (0, ""), "今日": (0, ""), "本日": (0, ""), "きょう": (0, ""), "今朝": (0, "morning"), "this morning": (0, "morning"),
    "yesterday": (1, ""), "昨日": (1, ""), "きのう": (1, ""), "昨夜": (1, "night"), "昨晩": (1, "night"),
    "last night": (1, "night"), "the day before yesterday": (2, ""), "一昨日": (2, ""), "おととい": (2, ""),
}  # fmt: skip
#: Words of a part of a day → the part in `kizuki.kit.when.PARTS`.
PART_WORDS: Final[dict[str, str]] = {
    "before dawn": "before dawn", "未明": "before dawn", "early": "early", "早朝": "early", "morning": "morning",
    "午前中": "morning", "午前": "morning", "afternoon": "afternoon", "午後": "afternoon", "evening": "evening",
    "夕方": "evening", "night": "night", "夜間": "night", "夜": "night",
}  # fmt: skip
#: Minutes ahead of UTC of the abbreviations that mean one thing; None: they mean several.
ZONE_WORDS: Final[dict[str, int | None]] = {
    "Z": 0, "UTC": 0, "GMT": 0, "JST": 540, "KST": 540, "CET": 60, "CEST": 120, "EST": -300, "EDT": -240, "CDT": -300,
    "MDT": -360, "PST": -480, "PDT": -420, "CST": None, "IST": None, "BST": None, "MST": None,
}  # fmt: skip
UNDATED: Final = ("undated", "日時不明", "日付不明", "時刻不明", "日時の記載なし")
UNITS: Final = {"日": "day", "週": "week", "月": "month", "年": "year"}


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in words)


_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_MONTH = rf"(?:{'|'.join(MONTHS)})[a-z]*\.?"
_MONTHS_JA = "[かカヵケヶ箇]月"
#: A day in any way of writing; the groups tell which way it was.
_DAY = (
    rf"(?:{_WEEKDAY},? )?(?:"
    r"(?P<y1>[0-9]{4})(?P<sep>[-/.])(?P<m1>[0-9]{1,2})(?P=sep)(?P<d1>[0-9]{1,2})"
    r"|(?:(?P<y2>[0-9]{4})年 ?)?(?P<m2>[0-9]{1,2})月 ?(?P<d2>[0-9]{1,2})日"
    r"|(?P<a3>[0-9]{1,2})/(?P<b3>[0-9]{1,2})/(?P<y3>[0-9]{4})"
    r"|(?P<m4>[0-9]{1,2})(?P<sign>[/-])(?P<d4>[0-9]{1,2})(?![/-]?[0-9])"
    rf"|(?P<n5>{_MONTH}) {{1,2}}(?P<d5>[0-9]{{1,2}})(?:,? (?P<y5>[0-9]{{4}})(?!:))?(?![0-9])"
    rf"|(?P<d6>[0-9]{{1,2}})(?P<gap>[ /-])(?P<n6>{_MONTH})(?:(?P=gap)(?P<y6>[0-9]{{4}}))?"
    rf"|(?P<word>{_any(DAY_WORDS)})"
    r"|day (?P<nth>-?[0-9]{1,4})|(?P<nth_ja>[0-9]{1,4})日目"
    rf")(?: ?\((?:[月火水木金土日](?:曜日?)?|{_WEEKDAY})\))?"
)
_CLOCK = (
    r"(?:(?:(?P<ap1>午前|午後|am|pm) ?)?(?P<h1>[0-9]{1,2}):(?P<i1>[0-9]{2})(?::(?P<s1>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"(?: ?(?P<ap2>am|pm|a\.m\.|p\.m\.)(?![a-z]))?"
    r"|(?:(?P<ap3>午前|午後) ?)?(?P<h2>[0-9]{1,2})時(?:(?P<half>半)|(?P<i2>[0-9]{1,2})分(?:(?P<s2>[0-9]{1,2})秒)?)?"
    r"|(?P<h3>[0-9]{1,2}) ?(?P<ap4>am|pm)(?![a-z]))(?![0-9])"
)
_ZONE = rf"(?-i:(?P<zone>{_any(ZONE_WORDS)}|(?:UTC|GMT)?[+-][0-9]{{2}}:?[0-9]{{2}}))(?![A-Za-z0-9:])"
_SINCE = r"(?:(?<=[0-9])(?:(?P<t>T)| ?,? ?at |[ ,:]{1,3}|(?=[未早午夕夜]))|(?<![0-9])(?: ?,? ?at |の|[ ,]{0,2}))"
_PART = rf"(?P<part>{_any(PART_WORDS)})(?![a-z])"
_ABOUT = r"(?:(?:at|on) )?(?P<about>~ ?|約 ?|およそ ?|(?:about|around|circa|approx\.|approximately|ca\.) )?"
_OR_SO = r"(?: ?(?P<or_so>頃|ごろ|ころ|過ぎ|すぎ|前後))?"
#: What may stand after a time. A colon or a comma that a digit follows belongs to what is no time.
_END = r"(?=$|[ \n、。;)\]】|]|[,:](?![0-9])|\.(?=[ \n]|$)|に|(?P<since>から|以降|以後))"
_NO_CLOCK = r"(?! ?(?:午前|午後)? ?[0-9]{1,2}(?::[0-9]|時))"

MAIN: Final = re.compile(
    rf"{_ABOUT}(?:{_DAY}(?:{_SINCE}(?:{_CLOCK}|{_PART})|{_NO_CLOCK})|{_CLOCK.replace('(?P<', '(?P<c')})(?: ?{_ZONE})?{_OR_SO}{_END}",
    re.IGNORECASE,
)
#: A time of day that has no day.
BARE: Final = re.compile(rf"{_ABOUT}{_CLOCK}(?: ?{_ZONE})?{_OR_SO}{_END}", re.IGNORECASE)
BEFORE: Final = re.compile(
    rf"(?:before {_DAY}|{_DAY.replace('(?P<', '(?P<j').replace('(?P=', '(?P=j')} ?(?P<upto>より前|以前))(?: ?{_ZONE})?{_END}",
    re.IGNORECASE,
)
BUCKET: Final = re.compile(
    rf"(?:(?P<unit>week|month) (?P<n>[0-9]{{1,3}})(?P<on>\+| or later)?"
    rf"|(?P<n_ja>[0-9]{{1,3}})(?P<unit_ja>週|{_MONTHS_JA})目(?P<on_ja>以降)?){_END}",
    re.IGNORECASE,
)
OVER: Final = re.compile(
    rf"(?:(?:over|more than) (?P<n>[0-9]{{1,3}}) (?P<unit>day|week|month|year)s? before"
    rf"|(?P<n_ja>[0-9]{{1,3}})(?P<unit_ja>日|週間?|{_MONTHS_JA}|年)以上前){_END}",
    re.IGNORECASE,
)
AGO: Final = re.compile(
    rf"(?P<n>[0-9]{{1,4}}) ?(?:(?P<minutes>分前|min(?:ute)?s? ago)|(?P<hours>時間前|h(?:ou)?rs? ago|h ago)|(?P<days>日前)){_END}",
    re.IGNORECASE,
)
NOW: Final = re.compile(rf"(?:right now|just now|now|今|いま|現在|ただいま|只今|たった今){_END}", re.IGNORECASE)
NO_DATE: Final = re.compile(rf"(?:{_any(UNDATED)}){_END}", re.IGNORECASE)
_ON: Final = f"(?:{_DAY}{_SINCE.replace('(?P<t>T)|', '')})?"
#: A span of time, of which nobody can say which end is meant.
RANGE: Final = re.compile(
    rf"{_ON}[0-9]{{1,2}}(?::[0-9]{{2}}|時(?:[0-9]{{1,2}}分)?) ?(?:[-~–—]|から|to) ?[0-9]{{1,2}}(?::[0-9]{{2}}|時)(?![0-9])",
    re.IGNORECASE,
)
#: What stands between a time and what happened then.
BETWEEN: Final = re.compile(r"(?:に[はもて]?|[)\]】]?[、。,;:.|]?)\s*(?:[-–—|:]\s+)?")
#: A day and month before such a word is a part of a whole: “9/10 hosts”.
FRACTION: Final = re.compile(
    r" (?:of|hosts?|pcs?|servers?|clients?|accounts?|endpoints?|devices?)(?![a-z])", re.IGNORECASE
)
