"""`source suggest`: sites worth watching that kept items cite."""

from __future__ import annotations

from datetime import timedelta

import click

from watch.cli.desk import (
    _,
    as_json,
    chosen_cluster,
    cluster_option,
    counted_in,
    json_option,
    now,
    open_store,
    say,
)  # fmt: skip

__all__ = ["suggest"]


@click.command(help=_("Suggest sites that your tagged items cite. Those that are no source yet."))
@click.option("--days", default=365, show_default=True, help=_("How far to look back."))
@click.option("--limit", default=10, show_default=True, help=_("How many sites."))
@cluster_option
@json_option
def suggest(days: int, limit: int, slug: str, is_json: bool) -> None:
    """Suggest sources; store nothing."""
    open_store()
    from watch.sources.suggest import suggest as suggested
    from watch.store import citations, sources

    cluster = chosen_cluster(slug)
    cited = citations.kept(cluster.slug, now() - timedelta(days=days))
    found = suggested(cited, sources.held(cluster.slug), now(), limit)
    if is_json:
        as_json(found)
        return
    if not found:
        say(_("Your tagged items cite no other site often enough yet."))
    for place, one in enumerate(found, 1):
        items = counted_in(one.item_count, _("{count} item"), _("{count} items"))
        by = counted_in(one.source_count, _("{count} source"), _("{count} sources"))
        told = _("cited in {items} of {sources}, last on {day}")
        said = told.format(items=items, sources=by, day=one.last_at.date().isoformat())
        say(f"{place}. {one.address}  {said}")
        say("   " + _("for instance in “{title}”").format(title=one.title[:90]))
        say(f"   zoom-marche source check {one.address}")
