"""Visiting the web: trips in, harvests out; what was found there is safe plain text."""

from watch.sources.discover import Finding, check
from watch.sources.health import explain
from watch.sources.registry import KINDS
from watch.sources.rhythm import next_visit
from watch.sources.travel import travel

__all__ = ["KINDS", "Finding", "check", "explain", "next_visit", "travel"]
