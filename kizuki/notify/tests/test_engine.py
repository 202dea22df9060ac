"""Signatures as receivers check them, and which events a pattern chooses."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from kizuki.notify.engine.patterns import chosen, unknown
from kizuki.notify.engine.signing import fresh_secret, genuine, headers, signature

#: Made with openssl: dgst -sha256 -mac HMAC, of `evt.1614265330.{"test": 2432232314}`.
SECRET, BODY, EXPECTED = (
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    b'{"test": 2432232314}',
    "v1,e0sxnBONKv8E9XjV4fLZQBBBP/V6WBQFSf06dvoA1AM=",
)


def test_a_signature_is_what_other_programs_compute() -> None:
    assert signature(SECRET, "evt", 1614265330, BODY) == EXPECTED


def test_a_receiver_takes_what_is_genuine_and_fresh_and_nothing_else() -> None:
    secret, other = fresh_secret(), fresh_secret()
    sent = headers([secret], "evt", 1000, BODY)
    assert genuine(secret, sent, BODY, 1000 + 299)
    assert not genuine(secret, sent, BODY, 1000 + 301)
    assert not genuine(secret, sent, BODY, 1000 - 301)
    assert not genuine(other, sent, BODY, 1000)
    assert not genuine(secret, sent, BODY + b" ", 1000)
    for name, value in (("webhook-id", "evt2"), ("webhook-timestamp", "1001"), ("webhook-timestamp", "soon")):
        assert not genuine(secret, {**sent, name: value}, BODY, 1000)
    assert not genuine(secret, {}, BODY, 1000)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_the_documents_tell_receivers_to_check_fits(language: str) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / language / "webhooks.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    told: dict[str, Any] = {}
    exec(code, told)
    old, new = fresh_secret(), fresh_secret()
    sent = headers([new, old], "evt", int(time.time()), BODY)
    assert told["genuine"](new, sent, BODY)
    assert told["genuine"](old, sent, BODY)
    assert not told["genuine"](fresh_secret(), sent, BODY)
    assert not told["genuine"](new, sent, BODY + b" ")
    assert not told["genuine"](new, headers([new], "evt", int(time.time()) - 400, BODY), BODY)


def test_while_a_secret_is_changed_over_both_fit() -> None:
    old, new = fresh_secret(), fresh_secret()
    sent = headers([new, old], "evt", 1000, BODY)
    assert genuine(old, sent, BODY, 1000)
    assert genuine(new, sent, BODY, 1000)


def test_what_is_no_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="not a secret"):
        signature("whsec_§§", "evt", 1, b"")


@pytest.mark.parametrize(
    ("patterns", "type", "expected"),
    [
        (["*"], "task.done", True), (["task.*"], "task.done", True), (["task.done"], "task.done", True),
        (["task.*"], "tasks.done", False), (["task.do"], "task.done", False), ([], "task.done", False),
        (["entry.added", "task.*"], "task.done", True),
    ],
)  # fmt: skip
def test_patterns_choose(patterns: list[str], type: str, expected: bool) -> None:
    assert chosen(patterns, type) is expected


def test_patterns_that_choose_nothing_are_named() -> None:
    types = ["task.done", "entry.added"]
    assert unknown(["*", "task.*", "entry.added"], types) == []
    wrong = ["task", "tusk.*", "task.*.x", "", "Task.done", "*.done", "task.d*"]
    assert unknown(wrong, types) == wrong
