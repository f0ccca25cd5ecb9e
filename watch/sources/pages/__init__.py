"""Sites without a feed: list pages by an officer's recipe, watched pages, and sitemaps."""

from dataclasses import replace

from watch.sources.pages.propose import Proposal, propose
from watch.sources.pages.recipe import PAGE as _PAGE
from watch.sources.pages.sitemap import SITEMAP
from watch.sources.pages.spot import lists_of, page_itself
from watch.sources.pages.watched import WATCH as _WATCH

__all__ = ["PAGE", "SITEMAP", "WATCH", "Proposal", "propose"]

PAGE = replace(_PAGE, spot=lists_of, is_window=True)
WATCH = replace(_WATCH, spot=page_itself)
