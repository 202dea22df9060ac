"""The databases' own indexes over the words of the passages, kept in step by the databases themselves."""

from __future__ import annotations

from django.db import migrations

# The tokenizer takes our words as they are: everything but ASCII signs is part of a word, and `_` as well. (`unicode61`
# would part words at characters that are younger than its tables.) Only whether a word stands in a passage is asked for.
SQLITE = [
    "CREATE VIRTUAL TABLE search_words USING fts5(words, content='search_passage', content_rowid='id', "
    "detail='none', columnsize=0, tokenize=\"ascii tokenchars '_'\")",
    "CREATE TRIGGER search_passage_added AFTER INSERT ON search_passage BEGIN "
    "INSERT INTO search_words(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER search_passage_removed AFTER DELETE ON search_passage BEGIN "
    "INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER search_passage_changed AFTER UPDATE OF id, words ON search_passage BEGIN "
    "INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.id, old.words); "
    "INSERT INTO search_words(rowid, words) VALUES (new.id, new.words); END",
]
SQLITE_REMOVE = [
    "DROP TRIGGER search_passage_added",
    "DROP TRIGGER search_passage_removed",
    "DROP TRIGGER search_passage_changed",
    "DROP TABLE search_words",
]
# The words are lexemes already; no parser of PostgreSQL touches them.
POSTGRESQL = [
    "ALTER TABLE search_passage ADD COLUMN lexemes tsvector NOT NULL "
    "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED",
    # Without the list of entries yet to be sorted in, which every word of every search would have to read through.
    "CREATE INDEX search_passage_lexemes ON search_passage USING gin (lexemes) WITH (fastupdate = off)",
    # Ranges over words must go by code point, as on SQLite, whatever the database's own order is.
    'ALTER TABLE search_word ALTER COLUMN word TYPE varchar(64) COLLATE "C"',
]
POSTGRESQL_REMOVE = [
    "ALTER TABLE search_word ALTER COLUMN word TYPE varchar(64)",
    "ALTER TABLE search_passage DROP COLUMN lexemes",
]


def _run(schema_editor, sqlite, postgresql):
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)


def add(apps, schema_editor):
    _run(schema_editor, SQLITE, POSTGRESQL)


def remove(apps, schema_editor):
    _run(schema_editor, SQLITE_REMOVE, POSTGRESQL_REMOVE)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
