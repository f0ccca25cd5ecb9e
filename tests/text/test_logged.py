"""Whatever a source, a mail server or a visitor says, a record of the log is one line."""

from __future__ import annotations

import logging
import sys

from watch.text.logged import OneLine

HOSTILE = "titre\r\n2026-11-26 ERROR watch forged\x1b[2J\u2028\u202etxt\x00 voilà"


def record(message: str, *, fails: bool = False) -> logging.LogRecord:
    trace = None
    if fails:
        try:
            raise ValueError(HOSTILE)
        except ValueError:
            trace = sys.exc_info()
    return logging.LogRecord("watch", logging.WARNING, "x.py", 1, "item %s", (message,), trace)


def test_i07_a_record_is_one_line_and_its_signs_are_escaped() -> None:
    line = OneLine("%(levelname)s %(message)s").format(record(HOSTILE))

    assert line.isprintable()
    assert line.startswith("WARNING item titre\\r\\n2026-11-26 ERROR watch forged\\x1b[2J")
    assert line.endswith("voilà")


def test_i07_no_line_of_a_trace_can_pass_for_a_record() -> None:
    first, *trace = OneLine("%(message)s").format(record("1", fails=True)).split("\n")

    assert first == "item 1"
    assert trace
    assert all(line.startswith("  | ") and line.isprintable() for line in trace)
