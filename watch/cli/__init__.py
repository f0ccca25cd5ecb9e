"""The terminal: one command per round, and what an officer needs around them.

Exit codes: 0 done (a source or letter that failed is named, the rest went on), 1 something
broke that nobody foresaw, 2 refused: what was asked cannot be done as it stands.
"""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; a refusal is one clear message, never a trace."""
    _choose_home(sys.argv[1:])
    from watch.cli.language import refusal
    from watch.cli.lines import paragraph
    from watch.errors import Problem, StoreError, WatchError

    try:
        from watch.cli.commands import zoom_marche

        zoom_marche(prog_name="zoom-marche")
    except WatchError as reason:
        for told in refusal(reason).splitlines():
            paragraph(told, is_error=True)
        sys.exit(2)
    except Exception as reason:
        # What a database says when it is locked, full or away is no fault of the program's.
        if not _is_of_the_database(reason):
            raise
        remedy = "see that its disk has room and that no other program holds it, then run again"
        trouble = StoreError(Problem("the database", f"cannot serve now ({reason})", remedy))
        sys.stderr.write(f"{refusal(trouble)}\n")
        sys.exit(2)


def _is_of_the_database(reason: Exception) -> bool:
    django = sys.modules.get("django.db")
    return django is not None and isinstance(reason, django.OperationalError)


def _choose_home(words: list[str]) -> None:
    """Take --home before anything reads the settings that lie there.

    The demonstration has a home of its own, so that it never touches an officer's.
    """
    for place, word in enumerate(words):
        if word == "--home" and place + 1 < len(words):
            os.environ["ZOOM_MARCHE_HOME"] = words[place + 1]
        elif word.startswith("--home="):
            os.environ["ZOOM_MARCHE_HOME"] = word.removeprefix("--home=")
    if "demo" in words:
        os.environ.setdefault("ZOOM_MARCHE_HOME", os.path.join("var", "demo"))  # noqa: PTH118
