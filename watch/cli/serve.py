"""`serve`: the web app, by a server fit for a small cluster."""

from __future__ import annotations

import click

from watch import settings
from watch.cli.desk import _, open_store, say

__all__ = ["serve"]


@click.command(
    help=_("Open the web app for officers, experts and readers, until stopped (Ctrl-C).")
)
@click.option("--host", default=settings.WATCH["web"]["host"], show_default=True)
@click.option("--port", default=settings.WATCH["web"]["port"], show_default=True, type=int)
def serve(host: str, port: int) -> None:
    """Serve."""
    open_store()
    from waitress import serve as run

    from watch.store.transaction import prepare
    from watch.web.wsgi import application

    prepare()
    say(_("The pages are at http://{host}:{port}/ (Ctrl-C ends)").format(host=host, port=port))
    run(application, host=host, port=port, threads=8, ident=None)
