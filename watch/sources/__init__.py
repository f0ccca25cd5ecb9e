"""Visiting the web: trips in, harvests out; what was found there is safe plain text.

Nothing is imported here: who asks how a source does must not load what reads pages and feeds.
"""
