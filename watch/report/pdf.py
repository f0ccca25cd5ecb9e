"""A written report becomes a tagged PDF, with the `pdf` extra; it reads nothing from outside."""

from __future__ import annotations

from typing import Any

from watch.domain import Pages
from watch.errors import WatchError

__all__ = ["to_pdf"]


def to_pdf(pages: Pages) -> bytes:
    """Return the document as PDF/UA: tagged, with its title and its language.

    Whatever the document may ask for, no address is fetched and no file is opened.

    Raises WatchError where the extra `pdf`, or a library of the system that it needs, is missing.
    """
    weasyprint, refuse_all = _printer()
    document = weasyprint.HTML(string=pages.html, url_fetcher=refuse_all, media_type="print")
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


def _printer() -> tuple[Any, Any]:
    """Return the printer's engine, and a fetcher that refuses every address."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except ImportError as reason:
        raise WatchError(
            "PDF: the extra 'pdf' is not installed; run: pip install 'zoom-marche[pdf]'"
        ) from reason
    except OSError as reason:
        raise WatchError(
            "PDF: a library of the system is missing (Pango); install it,"
            " on Debian or Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0"
        ) from reason

    class Nothing(URLFetcher):  # type: ignore[misc]
        """A fetcher that refuses every address, those of files and `data:` included."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            raise ValueError("a report loads nothing")

    return weasyprint, Nothing()
