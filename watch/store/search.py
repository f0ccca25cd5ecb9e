"""Search in titles and texts: the one place where SQLite and PostgreSQL differ.

Both index the stems of the words (FTS5 does not stem, and one configuration of PostgreSQL
knows one language), so that « caméras » finds « caméra » and both engines answer alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from watch.store import models
from watch.text.words import stems

__all__ = ["forget", "index", "matching"]

# One row per item: its number and its stems, nothing that stands elsewhere.
CREATE = {
    # Contentless and without positions: nobody asks for phrases, and the index stays small.
    "sqlite": ["CREATE VIRTUAL TABLE store_search USING fts5(stems, content='', detail=none)"],
    "postgresql": [
        "CREATE TABLE store_search (rowid bigint PRIMARY KEY, stems tsvector NOT NULL)",
        "CREATE INDEX store_search_stems ON store_search USING gin (stems)",
    ],
}
DROP = "DROP TABLE store_search"

_FORGET = {
    # A contentless table forgets a row only when it is told what the row said.
    "sqlite": "INSERT INTO store_search (store_search, rowid, stems) VALUES ('delete', %s, %s)",
    "postgresql": "DELETE FROM store_search WHERE rowid = %s AND %s <> ''",
}
_KEEP = {
    "sqlite": "INSERT INTO store_search (rowid, stems) VALUES (%s, %s)",
    "postgresql": (
        "INSERT INTO store_search (rowid, stems) VALUES (%s, array_to_tsvector("
        "array(SELECT DISTINCT unnest(string_to_array(%s, ' ')))))"
        # Two collectors may store one new item at the same time.
        " ON CONFLICT (rowid) DO UPDATE SET stems = excluded.stems"
    ),
}
_FIND = {
    "sqlite": "SELECT rowid FROM store_search WHERE store_search MATCH %s",
    "postgresql": "SELECT rowid FROM store_search WHERE stems @@ %s::tsquery",
}


def index(rows: Sequence[tuple[int, str]]) -> None:
    """Make items findable that are not indexed: (number in the store, `words.searched`)."""
    _run(_KEEP, rows)


def forget(rows: Sequence[tuple[int, str]]) -> None:
    """Make items unfindable by the words, all of them, that they were indexed with."""
    _run(_FORGET, rows)


def _run(statements: Mapping[str, str], lines: Sequence[tuple[int, str]]) -> None:
    if lines:
        with connection.cursor() as cursor:
            cursor.executemany(statements[connection.vendor], lines)


def matching(rows: QuerySet[models.Item], words: str) -> QuerySet[models.Item]:
    """Return those of the items that hold every word, whatever its ending or accents.

    What people type is never syntax: every stem is quoted. Signs and stop words are passed
    over; nothing but such words finds nothing.
    """
    alternatives = []
    for word in words.split()[:12]:
        forms = [stems(word, language) for language in ("fr", "en")]
        # A stop word of one language is in no text of that language: it cannot be asked for.
        if all(forms):
            alternatives.append(sorted({stem for some in forms for stem in some}))
    if not alternatives:
        return rows.none()
    return rows.filter(pk__in=RawSQL(_FIND[connection.vendor], [_expression(alternatives)]))  # noqa: S611 - the statement is a constant, the words are a parameter


def _expression(alternatives: Sequence[Sequence[str]]) -> str:
    if connection.vendor == "sqlite":
        quoted = ((f'"{_inner(form)}"' for form in forms) for forms in alternatives)
        return " AND ".join(f"({' OR '.join(forms)})" for forms in quoted)
    quoted = ((f"'{_inner(form)}'" for form in forms) for forms in alternatives)
    return " & ".join(f"({' | '.join(forms)})" for forms in quoted)


def _inner(form: str) -> str:
    return form.replace("'", "''").replace('"', '""').replace("\\", "\\\\")
