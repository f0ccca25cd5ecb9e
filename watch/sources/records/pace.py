"""How slowly each service wishes to be asked, where it is slower than our ordinary manners."""

from __future__ import annotations

from datetime import timedelta

__all__ = ["pause_of"]

# Seconds between two requests, by host or by the end of hosts' names (with a dot in front).
# arXiv: its API manual, 3 s for all its doors; GDELT: one in 5 s and a little; Semantic Scholar
# and OPS by their terms of use; Wikidata: one at a time. The others are public custom.
_SECONDS = {
    ".arxiv.org": 3.0,
    "api.gdeltproject.org": 6.0,
    "api.openalex.org": 1.0,
    "api.crossref.org": 1.0,
    "api.semanticscholar.org": 1.5,
    "ops.epo.org": 1.0,
    "api.ted.europa.eu": 1.0,
    "api.tech.ec.europa.eu": 1.0,
    "cordis.europa.eu": 1.0,
    ".opendatasoft.com": 1.0,
    "recherche-entreprises.api.gouv.fr": 0.3,
    "api.archives-ouvertes.fr": 1.0,
    "theses.fr": 1.0,
    "query.wikidata.org": 2.0,
}


def pause_of(host: str) -> timedelta | None:
    """Return the pause between two requests to a host ("name" or "name:port"), or None.

    >>> pause_of("export.arxiv.org").total_seconds(), pause_of("journal.example")
    (3.0, None)
    """
    name = host.partition(":")[0].lower()
    ending = "." + ".".join(name.split(".")[-2:])
    seconds = _SECONDS.get(name, _SECONDS.get(ending))
    return None if seconds is None else timedelta(seconds=seconds)
