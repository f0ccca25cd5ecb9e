"""A feed as its publisher wrote it, before anything is made safe: nothing here leaves the craft."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b


@dataclass(slots=True)
class RawEntry:
    """One entry, word for word; "" for what it does not say."""

    guid: str = ""
    url: str = ""
    title: str = ""
    text: str = ""
    author: str = ""
    published: str = ""
    updated: str = ""
    language: str = ""
    categories: tuple[str, ...] = ()

    def print(self) -> int:
        """Return 64 bits that change when a word of the entry changes."""
        words = (self.guid, self.url, self.title, self.text, self.author, self.published)
        written = "\0".join((*words, self.updated, *self.categories))
        digest = blake2b(written.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest)


@dataclass(slots=True)
class RawFeed:
    """One body: the first `most_entries` of its entries, and how many more it holds."""

    title: str = ""
    link: str = ""
    language: str = ""
    entries: list[RawEntry] = field(default_factory=list)
    skipped_count: int = 0
    flaw: str = ""
    """Empty, or a reason of `health.REASONS`: cut_short, malformed."""
