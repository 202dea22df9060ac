"""How fast the search box answers over 10,000 imported texts, beside reading every passage with LIKE.

    python benchmarks/search.py [--texts 10000] [--questions 200]

Texts are made of the library's own sentences, cut into clauses and joined anew, so that words are as common and as rare as in
real cases; half are Japanese, half English, three passages each. Times are processor time, on PostgreSQL with that of the process
that serves us, which must run on this machine; p95 is over the questions, each with the shortest of the three times that it was
asked. KIZUKI_DATABASE chooses the database server (`scripts/postgres .venv/bin/python benchmarks/search.py`); everything happens in
a database of its own there. The target: p95 under 25 ms on both.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kizuki.config.settings_test")

import django  # noqa: E402

django.setup()

import yaml  # noqa: E402
from django.db import connection  # noqa: E402

from kizuki.casebook.engine.format import Case  # noqa: E402
from kizuki.casebook.engine.passages import passages  # noqa: E402
from kizuki.kit import document  # noqa: E402
from kizuki.kit.passage import Passage  # noqa: E402
from kizuki.search import actions, queries  # noqa: E402

ROOM = "benchmark"
BATCH = 200
TARGET_MS = 25.0


def clauses() -> dict[str, list[str]]:
    """Pieces of the sentences of all cases, by language."""
    found: dict[str, list[str]] = {"ja": [], "en": []}
    for path in sorted((ROOT / "library" / "cases").glob("*.yaml")):
        case, _ = document.parse(path.name, path.read_bytes(), Case)
        for passage in passages(case):
            pieces = re.split("[、。]" if passage.language == "ja" else r"[,;:.]\s", passage.text)
            found[passage.language] += [piece.strip(" .") for piece in pieces if len(piece.strip()) > 3]
    return found


def texts(number: int, chance: random.Random) -> Iterator[tuple[str, list[Passage]]]:
    """Made-up texts of three passages; some carry a word that no other has, as real ones do."""
    pieces = clauses()
    for n in range(number):
        language = ("ja", "en")[n % 2]
        joint = "、" if language == "ja" else ", "
        listed = [
            Passage(language, "overview", joint.join(chance.choices(pieces[language], k=chance.randint(2, 5))))
            for _ in range(3)
        ]
        listed.append(Passage(language, "title", f"INC-{n:05d}"))
        yield f"text-{n:05d}", listed


def questions(number: int, chance: random.Random) -> list[tuple[str, str]]:
    """Judged questions of the casebook's tests, single clauses, common words, an identifier now and then."""
    judged = yaml.safe_load((ROOT / "kizuki" / "casebook" / "tests" / "judged_queries.yaml").read_text())
    pool = [(language, entry["q"]) for language in ("ja", "en") for entry in judged[language]]
    pool += [(language, piece) for language, listed in clauses().items() for piece in chance.sample(listed, 40)]
    pool += [("ja", word) for word in ("攻撃", "感染", "サーバ", "鍵", "パスワード")]
    pool += [("en", word) for word in ("attack", "server", "password", "data", "INC-00042")]
    return chance.choices(pool, k=number)


def server() -> int | None:
    """The clock of the process that serves us, on PostgreSQL (as clock_getcpuclockid(3) gives it)."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # so that it is one process
        cursor.execute("SELECT pg_backend_pid()")
        return (~int(cursor.fetchone()[0]) << 3) | 2


def seconds(work: Callable[[], object], clock: int | None = None) -> float:
    """Processor time of some work, with that of the process behind `clock`."""

    def used() -> float:
        return time.process_time() + (0.0 if clock is None else time.clock_gettime(clock))

    start = used()
    work()
    return used() - start


def quickest(work: Callable[[], object], clock: int | None) -> float:
    """The shortest of three, as other programs on the machine only make it longer."""
    return min(seconds(work, clock) for _ in range(3))


def like(text: str) -> list[str]:
    """The baseline: every passage read with LIKE, one word of the question after the other."""
    words = [word for word in re.split(r"[\s、]+", text) if word][:4]
    sql = "SELECT DISTINCT key FROM search_passage WHERE " + " AND ".join(["text LIKE %s"] * len(words)) + " LIMIT 1000"
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"%{word}%" for word in words])
        return [key for (key,) in cursor.fetchall()]


def percentiles(name: str, times: list[float]) -> tuple[float, float]:
    ms = [1000 * t for t in times]
    p50, p95 = statistics.median(ms), statistics.quantiles(ms, n=20)[18]
    print(f"  {name:<22} p50 {p50:7.2f} ms   p95 {p95:7.2f} ms")
    return p50, p95


def run(number: int, asked: int) -> bool:
    chance = random.Random(20)
    made = list(texts(number, chance))
    spent = seconds(
        lambda: [actions.replace(room=ROOM, passages=dict(made[n : n + BATCH])) for n in range(0, number, BATCH)]
    )
    print(f"{connection.vendor}: {number:,} texts, {4 * number:,} passages put in within {spent:.1f} s")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE search_passage")
    pool = questions(asked, chance)
    for language, text in pool[:10]:
        queries.find(room=ROOM, text=text, language=language)
    gc.collect()
    gc.freeze()  # the made-up texts themselves are no part of a server's memory
    clock = server()
    ours = [quickest(partial(queries.find, room=ROOM, text=text, language=language), clock) for language, text in pool]
    base = [quickest(partial(like, text), clock) for _, text in pool]
    mine, other = percentiles("search", ours), percentiles("LIKE '%…%' (baseline)", base)
    print(f"  ratio to the baseline: p50 {mine[0] / other[0]:.2f}, p95 {mine[1] / other[1]:.2f}")
    print(f"  p95 under {TARGET_MS:.0f} ms: {'yes' if mine[1] < TARGET_MS else 'NO'}")
    return mine[1] < TARGET_MS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=200)
    given = parser.parse_args()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        good = run(given.texts, given.questions)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
