"""`subscriber propose`: a firm's own words -> the profile that they speak for, shown in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watch import settings
from watch.cli.desk import (
    LANGUAGE,
    _,
    as_json,
    chosen_cluster,
    cluster_option,
    json_option,
    manners,
    now,
    open_store,
    perimeter_of,
    say,
    say_problems,
)  # fmt: skip
from watch.cli.invited import basis_of, keep, profile, reader_of
from watch.cli.lines import paragraph
from watch.cli.sight import looking
from watch.domain import Perimeter
from watch.errors import Problem, WatchError
from watch.routing.columns import GROUNDS
from watch.text.clean import one_line, shorten
from watch.text.tables import decode

if TYPE_CHECKING:
    from watch.routing.proposal import Proposal
    from watch.sources.firm import FirmPages

__all__ = ["propose"]

_MOST_BYTES = 1_000_000
_LONGEST_EVIDENCE = 160
# An address as people type it: one word with a dot in it and nothing that only text has.
_ADDRESS = re.compile(r"https?://\S+|[\w-]+(\.[\w-]+)+(:\d+)?(/\S*)?", re.IGNORECASE)


@click.command(help=_("Propose a profile from a firm's own words; --email keeps it."))
@click.argument("what", metavar=_("ADDRESS|TEXT|FILE"))
@click.option("--firm", default="", metavar=_("NAME"), help=_("What the firm is called."))
@click.option("--email", default="", metavar=_("EMAIL"), help=_("Keep it for this reader."))
@click.option("--name", default="", metavar=_("NAME"), help=_("The reader's name."))
@click.option("--basis", type=click.Choice(GROUNDS), help=_("Why you may write there."))
@click.option("--source", "origin", default="", help=_("Where the address is from."))
@cluster_option
@json_option
def propose(
    what: str,
    firm: str,
    email: str,
    name: str,
    basis: str | None,
    origin: str,
    slug: str,
    is_json: bool,
) -> None:
    """Show what a firm's profile could be, each thing with the sentence that speaks for it."""
    open_store()
    from watch.rounds.jury import jury_of, taught
    from watch.rounds.propose import propose as proposed
    from watch.store import perimeters

    cluster = chosen_cluster(slug)
    reader = None
    if email:
        ground = basis_of(cluster, basis, origin, now())
        reader = reader_of(cluster, email, one_line(name, 120))
    found, is_own = _words_of(what)
    if found.reason:
        raise WatchError(_refused(what, found.reason))
    version, folder = perimeters.current(cluster.slug), settings.HOME / "learners"
    jury, problems = jury_of(cluster.slug, version, folder, LANGUAGE)
    firm = one_line(firm, 120) or found.name
    made = proposed(found.lines, firm, taught(jury, folder), found.language, is_own)
    if made is None:
        raise WatchError(_refused(what, "nothing_said"))
    if is_json:
        as_json({"firm": firm, "read": found.read, "proposal": made})
    else:
        _show(firm, found, made, perimeter_of(cluster.slug))
        say_problems(problems, is_error=False)
    if reader is not None:
        keep(cluster, profile(reader, firm, made), ground, now(), is_json)
    elif not is_json:
        say("")
        say(_("Nothing was stored."))


def _words_of(what: str) -> tuple[FirmPages, bool]:
    """Return the lines of an address, a file or a text; whether somebody wrote them for this."""
    from watch.sources.firm import FirmPages, read_firm, read_page

    written = what.strip()
    file = Path(written)
    if len(written) < 1_000 and "\n" not in written and file.is_file():
        if file.stat().st_size > _MOST_BYTES:
            return FirmPages(reason="too_large"), True
        raw = file.read_bytes()
        if file.suffix.lower() in {".html", ".htm"}:
            return read_page(raw), False
        return _text(decode(raw)), True
    if _ADDRESS.fullmatch(written):
        address = written if "://" in written else f"https://{written}"
        found = read_firm(address, now(), manners(), looking)
        return found, False
    return _text(written[:_MOST_BYTES]), True


def _text(written: str) -> FirmPages:
    from watch.sources.firm import FirmPages

    # A paragraph may be broken into lines anywhere.
    paragraphs = (one_line(part, 5_000) for part in re.split(r"\n\s*\n|\n\s*[-*•]", written))
    return FirmPages(lines=tuple(one for one in paragraphs if one))


def _refused(what: str, reason: str) -> Problem:
    from watch.sources.health import explain

    words = {
        "reserved": _("the site reserves text and data mining, so it was not read"),
        "no_page": _("what answers is no page that can be read"),
        "nothing_said": _("nothing there says what the firm does"),
        "missing": _("there is no such page"),
    }
    cause = words.get(reason) or explain(reason, LANGUAGE)[0].rstrip(".")
    instead = _("paste two to five sentences of what the firm does instead of the address")
    return Problem(shorten(one_line(what), 60), cause, instead)


def _show(firm: str, found: FirmPages, made: Proposal, perimeter: Perimeter) -> None:
    from watch.report.places import place
    from watch.report.wording import LANGUAGE_NAMES

    say(firm or _("A firm"))
    for address in found.read:
        say("  " + _("read: {address}").format(address=address))
    say("")
    say(_("What it does, in its own words:"))
    for sentence in made.about:
        paragraph(sentence, "  ")
    say("")
    tongue = _(LANGUAGE_NAMES.get(made.language, made.language))
    say(_("Language: {language}").format(language=tongue))
    _told(_("Topics:"), _topics(made, perimeter))
    _told(_("Watch words:"), [(one.what, one.sentence) for one in made.words])
    _told(_("Places:"), [(place(one.what, LANGUAGE), one.sentence) for one in made.places])
    _told(_("Customers, partners, competitors:"), [(o.what, o.sentence) for o in made.actors])
    if not made.topics:
        say("")
        paragraph(_("Its words speak of none of your topics: is it a firm for this cluster?"))


def _topics(made: Proposal, perimeter: Perimeter) -> list[tuple[str, str]]:
    from watch.domain import Axis

    weights = {2.0: _("at the heart"), 1.0: "", 0.5: _("perhaps")}
    found = []
    for one in made.topics:
        topic = perimeter.topic(one.what.axis, one.what.topic)
        axis = _("market") if one.what.axis is Axis.MARKET else _("technology")
        name = topic.name(LANGUAGE) if topic else one.what.topic
        weight = weights.get(one.what.weight, "")
        found.append((f"{name} ({', '.join(filter(None, (axis, weight)))})", one.sentence))
    return found


def _told(head: str, hints: Sequence[tuple[str, str]]) -> None:
    """Say what is proposed, with the sentence that speaks for it: a sentence is quoted once."""
    if not hints:
        return
    say("")
    say(head)
    by_sentence: dict[str, list[str]] = {}
    for name, sentence in hints:
        by_sentence.setdefault(sentence, []).append(name)
    for sentence, names in by_sentence.items():
        paragraph(", ".join(names), "  - ")
        quoted = shorten(sentence, _LONGEST_EVIDENCE)
        paragraph(_("because it says: “{sentence}”").format(sentence=quoted), "    ")
