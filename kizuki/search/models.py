"""The index: passages, the words that they hold, and how often each word is held.

`Passage.words` is what the databases index: FTS5 on SQLite, `tsvector` with GIN on PostgreSQL, kept in step by the
databases themselves (migration 0002). Each word carries the number of its corpus, so that one index serves all rooms and
languages and a search visits none but its own.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class Corpus(models.Model):
    """All passages of one room in one language; `length` is the number of their words."""

    room = models.CharField(max_length=32)
    language = models.CharField(max_length=2)
    passages = models.PositiveIntegerField(default=0)
    length = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "language"], name="search_corpus_once"),
            models.CheckConstraint(condition=models.Q(language__in=["ja", "en"]), name="search_corpus_language"),
        ]

    def __str__(self) -> str:
        return f"{self.room}/{self.language}"


class Passage(models.Model):
    """One passage of the thing `key`, at its place `part`."""

    id = models.BigAutoField(primary_key=True)
    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=120)
    part = models.CharField(max_length=40)
    text = models.TextField()
    words = models.TextField()
    length = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["corpus", "key"], name="search_passage_key")]

    def __str__(self) -> str:
        return f"{self.key} {self.part}"

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("passages are written by kizuki.search.actions only, which keep the counts of words right")


class Word(models.Model):
    """In how many passages of a corpus a word stands."""

    id = models.BigAutoField(primary_key=True)
    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="+", db_index=False)
    word = models.CharField(max_length=64)
    passages = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["corpus", "word"], name="search_word_once")]

    def __str__(self) -> str:
        return self.word
