"""Feeds as sites write them: articles in, bytes out, in six formats old and new."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from watch.demo.sites import INVENTED, Article, SampleFeed, SampleSite

__all__ = ["FORMATS", "Format", "feed_title"]

Writer = Callable[[SampleSite, SampleFeed, Sequence[Article]], str]


@dataclass(frozen=True, slots=True)
class Format:
    """How a feed is written, under which content type and in which charset."""

    write: Writer
    content_type: str
    charset: str = "utf-8"


def feed_title(site: SampleSite, feed: SampleFeed) -> str:
    """Return the site's title, with the feed's name where the site has several."""
    return f"{site.title} ({feed.name})" if feed.name else site.title


def _about(site: SampleSite) -> str:
    return f"{site.about} {INVENTED[site.language]}"


def _told(article: Article) -> str:
    return f"{article.text} {article.note}"


def _html(article: Article) -> str:
    return f"<p>{escape(article.text)}</p>\n<p><em>{escape(article.note)}</em></p>"


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _elements(**texts: str) -> str:
    """Write one element a text; `__` in a name stands for the colon of a prefix."""
    return "".join(
        f"    <{name.replace('__', ':')}>{escape(text)}</{name.replace('__', ':')}>\n"
        for name, text in texts.items()
    )


def _channel(site: SampleSite, feed: SampleFeed) -> str:
    return _elements(
        title=feed_title(site, feed),
        link=f"{site.root}/",
        description=_about(site),
        language=site.language,
    )


def _rss2(site: SampleSite, feed: SampleFeed, articles: Sequence[Article]) -> str:
    entries = "".join(
        "  <item>\n"
        + _elements(
            title=article.title,
            link=article.link,
            guid=article.url,
            pubDate=article.stated or _rfc822(article.published_at),
            description=_html(article),
        )
        + "  </item>\n"
        for article in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0">\n  <channel>\n'
        f"{_channel(site, feed)}{entries}  </channel>\n</rss>\n"
    )


def _rss2_content(site: SampleSite, feed: SampleFeed, articles: Sequence[Article]) -> str:
    """Write a first sentence as description and the whole text in `content:encoded`."""
    entries = "".join(
        "  <item>\n"
        + _elements(
            title=article.title,
            link=article.link,
            pubDate=article.stated or _rfc822(article.published_at),
            dc__creator=site.title,
            description=article.text.partition(". ")[0].rstrip(".") + "…",
            content__encoded=_html(article),
        )
        + f'    <guid isPermaLink="false">{escape(article.sample.id)}</guid>\n  </item>\n'
        for article in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">\n  <channel>\n'
        f"{_channel(site, feed)}{entries}  </channel>\n</rss>\n"
    )


def _rdf(site: SampleSite, feed: SampleFeed, articles: Sequence[Article]) -> str:
    rows = "".join(f"<rdf:li rdf:resource={quoteattr(article.url)}/>" for article in articles)
    channel = _elements(
        title=feed_title(site, feed), link=f"{site.root}/", description=_about(site)
    )
    entries = "".join(
        f"  <item rdf:about={quoteattr(article.url)}>\n"
        + _elements(
            title=article.title,
            link=article.link,
            description=_told(article),
            dc__date=article.stated or article.published_at.isoformat(),
            dc__language=site.language,
        )
        + "  </item>\n"
        for article in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f'  <channel rdf:about="{site.root}{feed.path}">\n{channel}'
        f"    <items><rdf:Seq>{rows}</rdf:Seq></items>\n  </channel>\n{entries}</rdf:RDF>\n"
    )


def _atom(site: SampleSite, feed: SampleFeed, articles: Sequence[Article]) -> str:
    newest_at = max(article.updated_at for article in articles)
    head = _elements(
        title=feed_title(site, feed),
        subtitle=_about(site),
        id=f"{site.root}{feed.path}",
        updated=newest_at.isoformat(),
    )
    entries = "".join(
        "  <entry>\n"
        + _elements(
            title=article.title,
            id=article.url,
            published=article.stated or article.published_at.isoformat(),
            updated=article.updated_at.isoformat(),
        )
        + f'    <link rel="alternate" href={quoteattr(article.link)}/>\n'
        + f'    <content type="html">{escape(_html(article))}</content>\n  </entry>\n'
        for article in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{site.language}">\n{head}'
        f'    <link rel="alternate" href="{site.root}/"/>\n'
        f"    <author><name>{escape(site.title)}</name></author>\n{entries}</feed>\n"
    )


def _json(site: SampleSite, feed: SampleFeed, articles: Sequence[Article]) -> str:
    written = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed_title(site, feed),
        "home_page_url": f"{site.root}/",
        "feed_url": f"{site.root}{feed.path}",
        "description": _about(site),
        "language": site.language,
        "items": [
            {
                "id": article.url,
                "url": article.link,
                "title": article.title,
                "content_text": _told(article),
                "date_published": article.stated or article.published_at.isoformat(),
            }
            for article in articles
        ],
    }
    return json.dumps(written, ensure_ascii=False, indent=1)


def _rss091(site: SampleSite, feed: SampleFeed, articles: Sequence[Article]) -> str:
    """Write a feed of 1999, in ISO-8859-1; like many then, it adds the dates that 0.91 lacks."""
    entries = "".join(
        "  <item>\n"
        + _elements(
            title=article.title,
            link=article.link,
            description=_told(article),
            pubDate=article.stated or _rfc822(article.published_at),
        )
        + "  </item>\n"
        for article in articles
    )
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
        ' "http://my.netscape.com/publish/formats/rss-0.91.dtd">\n'
        f'<rss version="0.91">\n  <channel>\n{_channel(site, feed)}{entries}'
        "  </channel>\n</rss>\n"
    )


FORMATS: Mapping[str, Format] = {
    "rss2": Format(_rss2, "application/rss+xml"),
    "rss2-content": Format(_rss2_content, "application/rss+xml"),
    "rdf": Format(_rdf, "application/rdf+xml"),
    "atom": Format(_atom, "application/atom+xml"),
    "json": Format(_json, "application/feed+json"),
    "rss091": Format(_rss091, "text/xml", "iso-8859-1"),
}
"""By the names that `sites.yaml` uses; the format "unavailable" has no writer."""
