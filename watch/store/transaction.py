"""One door to writing: a short transaction whose failures become one documented error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, OperationalError, transaction

from watch.errors import Problem, StoreError

__all__ = ["prepare", "writing"]


@contextmanager
def writing() -> Iterator[None]:
    """Write all of the block or nothing of it.

    Raises `StoreError` where the database is locked, full, damaged or away. Blocks may stand
    inside one another; the outermost decides.
    """
    try:
        with transaction.atomic():
            yield
    except OperationalError as reason:
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
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    try:
        loader = MigrationLoader(connection)
    except DatabaseError as reason:
        raise StoreError(
            Problem("the database", f"cannot be read ({reason})", "restore it from a backup")
        ) from reason
    unknown = [name for name in loader.applied_migrations if name not in loader.disk_migrations]
    ours = [name for name in unknown if name[0] in {"store", "web"}]
    if ours:
        raise StoreError(
            Problem(
                "the database",
                "was written by a newer version of Zoom-Marché",
                "install that version, or restore an older backup",
            )
        )
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
