"""Kept answers: made once, the least used go first, and threads never see a hole."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from kizuki.kit.kept import Kept


def test_an_answer_is_made_once_while_it_is_kept() -> None:
    made: list[int] = []
    kept: Kept[int] = Kept(2)

    def make(n: int) -> int:
        made.append(n)
        return n * 10

    def ask(n: int) -> int:
        return kept.get(n, lambda: make(n))

    assert [ask(1), ask(2), ask(1)] == [10, 20, 10]
    assert made == [1, 2]
    ask(3)
    assert [ask(1), ask(2)] == [10, 20]
    assert made == [1, 2, 3, 2]


def test_many_threads_get_right_answers_while_little_is_kept() -> None:
    kept: Kept[int] = Kept(3)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: kept.get(n % 7, lambda: n % 7), range(5000)))
    assert answers == [n % 7 for n in range(5000)]


def test_of_two_that_ask_at_once_one_makes_the_answer() -> None:
    kept: Kept[str] = Kept(2)
    begun, go, made = threading.Event(), threading.Event(), list[str]()

    def slow() -> str:
        begun.set()
        go.wait(10)
        made.append("slow")
        return "slow"

    def quick() -> str:
        made.append("quick")
        return "quick"

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept.get, "a", slow)
        begun.wait(10)
        second = pool.submit(kept.get, "a", quick)
        assert kept.get("b", lambda: "other") == "other"  # whoever asks for something else does not wait
        go.set()
        assert (first.result(10), second.result(10), made) == ("slow", "slow", ["slow"])


def test_where_one_fails_the_one_who_waited_makes_the_answer() -> None:
    kept: Kept[str] = Kept(2)
    begun, go = threading.Event(), threading.Event()

    def fails() -> str:
        begun.set()
        go.wait(10)
        raise ValueError("no answer")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept.get, "a", fails)
        begun.wait(10)
        second = pool.submit(kept.get, "a", lambda: "made")
        go.set()
        assert second.result(10) == "made"
        with pytest.raises(ValueError, match="no answer"):
            first.result(10)
    assert kept.get("a", lambda: "again") == "made"
