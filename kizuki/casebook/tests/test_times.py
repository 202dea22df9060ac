"""The times of the eight cases, said as exactly as the source lets one say and no more."""

from __future__ import annotations

from kizuki.casebook.engine.times import spans
from kizuki.casebook.library import cases

#: By the derived times of the checked model of the source (shared/casebook/model.json, “derived”); what is absent is not told
#: with two moments. B: the emergency team came after half an hour, the headquarters later.
TOLD = {
    "nisc-a": {"detect": "same day", "escalate": "about 2 days", "contain": "at most 6 h", "disclose": "about 2 days"},
    "nisc-b": {"escalate": "30 min", "contain": "3 h", "disclose": "about 3 days", "recover": "about 5 days"},
    "nisc-c": {
        "detect": "about 6 days",
        "escalate": "90 min",
        "contain": "90 min",
        "disclose": "17 h to 7.7 days",
        "recover": "at least 7.7 days",
    },
    "nisc-d": {"contain": "about 1 day", "recover": "about 5 days"},
    "nisc-e": {
        "detect": "about 1 day",
        "escalate": "4 h",
        "contain": "at most 4 h",
        "disclose": "13.5 days to 20.5 days",
        "recover": "at least 20.5 days",
    },
    "nisc-f": {},
    "nisc-g": {},
    "nisc-h": {"detect": "over 1 month", "escalate": "same day", "contain": "same day", "disclose": "about 5 days"},
}


def test_the_times_are_those_of_the_source() -> None:
    assert {case.id: {span: time.label("en") for span, time in spans(case).items()} for case in cases()} == TOLD


def test_a_month_stays_a_month_in_both_languages() -> None:
    detect = next(spans(case)["detect"] for case in cases() if case.id == "nisc-h")
    assert detect.label("ja") == "1か月以上"
