"""The language of the terminal: as told, as set in the home, as the machine speaks."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

from watch.errors import SettingsError, WatchError
from watch.text.translate import speaker

__all__ = ["LANGUAGE", "_", "line", "refusal"]


def _wished() -> str:
    told = os.environ.get("ZOOM_MARCHE_LANGUAGE") or _set_in_home()
    return (told or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en")[:2].lower()


def _set_in_home() -> str:
    try:
        from watch import settings
    except SettingsError:
        return ""
    if not (settings.HOME / "watch.toml").exists():
        return ""
    return str(settings.WATCH["installation"]["language"])


LANGUAGE = "fr" if _wished() == "fr" else "en"
_ = speaker(LANGUAGE)

# The words of click itself (Usage, Options, Error) come from the same catalogue as ours.
gettext.bindtextdomain("messages", str(Path(__file__).parent.parent / "locale"))
gettext.textdomain("messages")
os.environ["LANGUAGE"] = LANGUAGE


def refusal(error: WatchError) -> str:
    """Return what is wrong, one line for each problem.

    The store, the rounds and the settings know no language: their fixed sentences stand in our
    catalogue.
    """
    return "\n".join(line(_said(p.where), _said(p.what), _said(p.instead)) for p in error.problems)


def line(where: str, what: str, instead: str) -> str:
    """Return where, what and what to do as one line, its signs set as the language sets them."""
    blank = "\N{NO-BREAK SPACE}" if LANGUAGE == "fr" else ""
    told = f"{where}{blank}: {what}" if where else what
    return f"{told.rstrip('.')}{blank}; {instead}" if instead else told


def _said(sentence: str) -> str:
    return _(sentence) if sentence else ""  # gettext answers nothing with its own header
