"""Sites without a feed: list pages by an officer's recipe, and single pages that are watched."""

from watch.sources.pages.propose import Proposal, propose
from watch.sources.pages.recipe import PAGE
from watch.sources.pages.watched import WATCH

__all__ = ["PAGE", "WATCH", "Proposal", "propose"]
