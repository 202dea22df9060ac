"""Kept answers: made once, the least used go first, and threads never see a hole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

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
