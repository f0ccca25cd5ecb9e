"""What a source lets us do with its texts: looked at, and recorded, at a terminal."""

from __future__ import annotations

from dataclasses import replace

import click

from watch.cli.desk import _, chosen_cluster, cluster_option, open_store, say
from watch.cli.kept import ask_for_others
from watch.cli.lines import paragraph
from watch.errors import Problem, SourceRefused

__all__ = ["rights"]


@click.command(help=_("Show or record what a source lets us do with its texts."))
@click.argument("address", metavar=_("ADDRESS"))
@click.option("--licence", help=_("Under which its texts may be used: a name or a contract."))
@click.option(
    "--excerpt",
    type=click.IntRange(0, 2_000),
    help=_("Characters of its own words that a letter or report may quote."),
)
@click.option(
    "--full-text/--no-full-text",
    "full_text",
    default=None,
    help=_("Whether its pages may be read whole and kept; this needs a licence."),
)
@click.option("--yes", is_flag=True, help=_("Change it for other clusters too without asking."))
@cluster_option
def rights(
    address: str,
    licence: str | None,
    excerpt: int | None,
    full_text: bool | None,
    yes: bool,
    slug: str,
) -> None:
    """Show or record rights; what is not given stays as it is."""
    open_store()
    from watch.store import sources

    cluster = chosen_cluster(slug).slug
    found = sources.find(cluster, address)
    if found is None:
        raise SourceRefused(
            Problem(address, _("not among the sources"), _("see `zoom-marche source list`"))
        )
    wished = replace(
        found.rights,
        licence=found.rights.licence if licence is None else " ".join(licence.split())[:100],
        excerpt_length=found.rights.excerpt_length if excerpt is None else excerpt,
        full_text=found.rights.full_text if full_text is None else full_text,
    )
    if wished.full_text and not wished.licence:
        raise SourceRefused(
            Problem(
                address,
                _("full texts need a licence, and none is recorded"),
                _("say which one allows it: --licence NAME"),
            )
        )
    if wished != found.rights:
        if not yes:
            ask_for_others(found, cluster)
        sources.set_rights(found.id, wished)
    say(found.name)
    told = [
        _("licence: {licence}").format(licence=wished.licence or _("none recorded")),
        _("a letter quotes {count} characters at most").format(count=wished.excerpt_length),
        _("whole texts are kept.") if wished.full_text else _("whole texts are not kept."),
    ]
    if wished.is_reserved:
        told.append(_("The source reserves text and data mining: title and link only."))
    for one in told:
        paragraph(one.rstrip("."), "  ")
