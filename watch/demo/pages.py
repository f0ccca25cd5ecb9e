"""The pages of the invented sites: a home page and one page an article, plain HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from watch.demo.feeds import FORMATS, feed_title
from watch.demo.sites import INVENTED, Article, SampleSite

__all__ = ["write_article", "write_home"]

_STYLE = "body{font:1.1rem/1.6 serif;max-width:38rem;margin:2rem auto;padding:0 1rem}"


def write_home(site: SampleSite, articles: Sequence[Article]) -> str:
    """Return a page that lists the articles, in the order given."""
    rows = "\n".join(
        f'<li><a href="/articles/{article.sample.id}">{escape(article.title)}</a> {_time(article)}'
        for article in articles
    )
    body = f"<h1>{escape(site.title)}</h1>\n<p>{escape(site.about)}</p>\n<ul>\n{rows}\n</ul>"
    return _page(site, site.title, body)


def write_article(site: SampleSite, article: Article) -> str:
    """Return the page of one article."""
    body = (
        f'<p><a href="/">{escape(site.title)}</a></p>\n<article>\n'
        f"<h1>{escape(article.title)}</h1>\n<p>{_time(article)}</p>\n"
        f"<p>{escape(article.text)}</p>\n</article>"
    )
    return _page(site, f"{article.title} - {site.title}", body)


def _time(article: Article) -> str:
    moment = article.published_at
    return f'<time datetime="{moment.isoformat()}">{moment.date().isoformat()}</time>'


def _page(site: SampleSite, title: str, body: str) -> str:
    alternates = "\n".join(
        f'<link rel="alternate" type="{FORMATS[feed.format].content_type}"'
        f' title="{escape(feed_title(site, feed))}" href="{site.root}{feed.path}">'
        for feed in site.feeds
        if feed.format in FORMATS
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{site.language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n{alternates}\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n<footer><p><em>{INVENTED[site.language]}</em></p></footer>\n"
        "</body>\n</html>\n"
    )
