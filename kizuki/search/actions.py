"""Every write to the search index. Nothing here is journalled: the index only repeats what its rooms hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeVar

from django.db import connection, transaction
from django.db.models import F, QuerySet

from kizuki.kit import passage as kit
from kizuki.search.engine.synonyms import LANGUAGES
from kizuki.search.engine.tokens import index_words
from kizuki.search.models import Corpus, Passage, Word

T = TypeVar("T")
_CHUNK: Final = 500
_Counts = dict[int, Counter[str]]

_ADD: Final = """
INSERT INTO search_word (corpus_id, word, passages) VALUES {rows}
ON CONFLICT (corpus_id, word) DO UPDATE SET passages = search_word.passages + excluded.passages
"""
_TAKE: Final = "UPDATE search_word SET passages = passages - %s WHERE corpus_id = %s AND word = %s"


def scoped(corpus: int, word: str) -> str:
    """A word as the index holds it: of this corpus only."""
    return f"{corpus}_{word}"


@transaction.atomic
def replace(*, room: str, passages: Mapping[str, Sequence[kit.Passage]]) -> None:
    """Put these passages in place of everything that was found of the things named; others stay as they are."""
    corpora = _corpora(room)
    _put_in(corpora, passages, _taken_out(corpora.values(), passages))


@transaction.atomic
def replace_parts(*, room: str, key: str, parts: Mapping[str, Sequence[kit.Passage]]) -> None:
    """Put these passages in place of what stood at these parts of one thing; its other parts stay as they are. For things that
    grow: what is written depends on what changed, not on how much there is."""
    corpora = _corpora(room)
    rows = Passage.objects.filter(corpus__in=list(corpora.values()), key=key, part__in=list(parts))
    before: _Counts = {pk: Counter() for pk in corpora.values()}
    _take(rows, before)
    _put_in(corpora, {key: [passage for listed in parts.values() for passage in listed]}, before)


def _corpora(room: str) -> dict[str, int]:
    return {language: Corpus.objects.get_or_create(room=room, language=language)[0].pk for language in LANGUAGES}


def _put_in(corpora: Mapping[str, int], passages: Mapping[str, Sequence[kit.Passage]], before: _Counts) -> None:
    """Write the passages; `before`: how often words stood in those that were taken out for them."""
    after: _Counts = {pk: Counter() for pk in corpora.values()}
    rows = []
    for key, listed in passages.items():
        for passage in listed:
            row = _row(corpora[passage.language], key, passage)
            if row is not None:
                rows.append(row)
                after[row.corpus_id].update(word.split("_", 1)[1] for word in row.words.split(" "))
                after[row.corpus_id][""] += 1
    Passage.objects.bulk_create(rows, batch_size=_CHUNK)
    _count(before, after)


@transaction.atomic
def forget(*, room: str, keys: Collection[str]) -> None:
    """Take these things out, so that nothing of them is found."""
    corpora = list(Corpus.objects.filter(room=room).values_list("pk", flat=True))
    _count(_taken_out(corpora, keys), {pk: Counter() for pk in corpora})


def _row(corpus: int, key: str, passage: kit.Passage) -> Passage | None:
    """A row for the passage; none where it has no word. NUL and broken characters cannot be stored and go."""
    text = passage.text.replace("\x00", "").encode("utf-8", "ignore").decode()
    words = index_words(text)
    if not words:
        return None
    held = " ".join(scoped(corpus, word) for word in words)
    return Passage(corpus_id=corpus, key=key, part=passage.part, text=text, words=held, length=len(words))


def _taken_out(corpora: Iterable[int], keys: Collection[str]) -> _Counts:
    """Delete the passages of these things and give how often each word stood in them; "" counts the passages."""
    counts: _Counts = {pk: Counter() for pk in corpora}
    for some in _chunks(keys):
        _take(Passage.objects.filter(corpus__in=list(counts), key__in=some), counts)
    return counts


def _take(rows: QuerySet[Passage], counts: _Counts) -> None:
    """Delete these passages, and add to the counts how often each word stood in them."""
    for pk, words in rows.values_list("corpus_id", "words"):
        counts[pk].update(word.split("_", 1)[1] for word in words.split(" "))
        counts[pk][""] += 1
    if any(counts.values()):
        rows.delete()


def _count(before: _Counts, after: _Counts) -> None:
    """Bring the numbers of passages and words up to date, always in one order so that imports never lock each other."""
    for pk in sorted(before):
        gone, come = before[pk], after[pk]
        more, fewer = come - gone, gone - come
        passages, length = come[""] - gone[""], _total(come) - _total(gone)
        if passages or length:
            Corpus.objects.filter(pk=pk).update(passages=F("passages") + passages, length=F("length") + length)
        del more[""], fewer[""]
        with connection.cursor() as cursor:
            for some in _chunks(sorted(more.items())):
                values = [value for word, number in some for value in (pk, word, number)]
                cursor.execute(_ADD.format(rows=", ".join(["(%s, %s, %s)"] * len(some))), values)
            if fewer:
                cursor.executemany(_TAKE, [(number, pk, word) for word, number in sorted(fewer.items())])
                for words in _chunks(sorted(fewer)):
                    Word.objects.filter(corpus=pk, word__in=words, passages=0).delete()


def _total(counts: Counter[str]) -> int:
    return counts.total() - counts[""]


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, _CHUNK)):
        yield some
