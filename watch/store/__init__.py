"""What the house remembers: one Django app, one query module per noun.

Values of `watch.domain` go in and come out; nobody outside touches a model. Every query that a
cluster may ask takes the cluster's slug, so that one place decides what a cluster can see.
"""
