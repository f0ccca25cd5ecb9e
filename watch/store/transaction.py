"""One door to writing: a short transaction whose failures become one documented error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, DataError, OperationalError, connection, transaction

from watch.errors import Problem, StoreError

__all__ = ["bring_up_to_date", "prepare", "writing"]

_MIGRATIONS = Path(__file__).parent / "migrations"


@contextmanager
def writing() -> Iterator[None]:
    """Write all of the block or nothing of it.

    Raises `StoreError` where the database is locked, full, damaged or away. Blocks may stand
    inside one another; the outermost decides.
    """
    try:
        with transaction.atomic():
            yield
    except (OperationalError, DataError) as reason:
        raise StoreError(
            Problem(
                "the database",
                f"cannot be written now ({reason})",
                "see that its disk has room and that no other program holds it, then run again",
            )
        ) from reason


def prepare() -> None:
    """Bring the tables to this version's shape; refuse a database that a newer version wrote."""
    from django.core.management import call_command

    _refuse_newer()
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)


def bring_up_to_date() -> None:
    """Do what `prepare` does where anything is missing; where nothing is, it costs one query."""
    if _ours() - _refuse_newer():
        prepare()


def _refuse_newer() -> frozenset[str]:
    """Return the migrations of ours that the database has had; refuse it where it had others."""
    try:
        applied = frozenset(name for app, name in _applied() if app == "store")
    except DatabaseError as reason:
        raise StoreError(
            Problem("the database", f"cannot be read ({reason})", "restore it from a backup")
        ) from reason
    if applied - _ours():
        raise StoreError(
            Problem(
                "the database",
                "was written by a newer version of Zoom-Marché",
                "install that version, or restore an older backup",
            )
        )
    return applied


def _applied() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return []
        cursor.execute("SELECT app, name FROM django_migrations")
        return [(app, name) for app, name in cursor.fetchall()]


def _ours() -> frozenset[str]:
    return frozenset(path.stem for path in _MIGRATIONS.glob("0*.py"))
