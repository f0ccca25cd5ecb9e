"""Log lines that nobody outside can write: one line a record, however hostile its words.

A title with a line break could add a record of its own, an escape sequence could colour or clear
the terminal of whoever reads (CWE-117).
"""

from __future__ import annotations

import logging
from types import TracebackType

__all__ = ["OneLine"]

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_BEFORE_TRACE = "  | "


class OneLine(logging.Formatter):
    """The formatter of all logs: what cannot be printed is escaped, as Python writes it.

    A trace keeps its lines, each marked so that none can pass for a record.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging calls it so
        """Return the record's line."""
        return _printable(super().formatMessage(record))

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - logging calls it so
        """Return the trace, its lines marked."""
        trace = super().formatException(ei)
        return "\n".join(_BEFORE_TRACE + _printable(line) for line in trace.split("\n"))


def _printable(text: str) -> str:
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )
