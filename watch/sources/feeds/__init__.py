"""Feeds in every format and age: a body -> safe entries."""

from watch.sources.feeds.feed import read_feed

__all__ = ["read_feed"]
