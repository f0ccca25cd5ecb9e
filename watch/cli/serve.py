"""`serve`: the web app, by a server fit for a small cluster."""

from __future__ import annotations

import click

from watch import settings
from watch.cli.desk import _, open_store, say

__all__ = ["answer", "serve"]


@click.command(
    help=_("Open the web app, until stopped (Ctrl-C). For officers, experts and readers.")
)
@click.option(
    "--host",
    default=settings.WATCH["web"]["host"],
    show_default=True,
    help=_("The address to listen at; 127.0.0.1 is this machine alone."),
)
@click.option(
    "--port",
    default=settings.WATCH["web"]["port"],
    show_default=True,
    type=click.IntRange(1, 65535),
    help=_("Of the web app."),
)
def serve(host: str, port: int) -> None:
    """Serve."""
    open_store()
    from watch.store.transaction import prepare

    prepare()
    answer(host, port)


def answer(host: str, port: int) -> None:
    """Answer browsers until the process is told to stop."""
    from waitress import serve as run

    from watch.web.wsgi import application

    say(_("The pages are at http://{host}:{port}/ (Ctrl-C ends)").format(host=host, port=port))
    # Behind a proxy every request comes from the proxy: whose address it was is in its header.
    proxy = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": {"x-forwarded-for"}}
    ways = proxy if settings.WATCH["web"]["https"] else {}
    run(application, host=host, port=port, threads=8, ident=None, **ways)
