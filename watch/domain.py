"""Every value that travels between two steps of the way from a source to an inbox.

Frozen, with slots, named for its moment on the way. `_at` is an aware UTC instant, `_on` a
calendar day, a language is two lower-case letters ("" where nobody knows), a score lies in
[0, 1]. Nothing here knows a database, a clock or a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from struct import pack, unpack
from typing import Any, NewType, TypeVar

from watch import __version__

WebUrl = NewType("WebUrl", str)
"""An absolute http or https address that `text.urls` has made canonical, or "" for none."""

NO_URL = WebUrl("")

Texts = Mapping[str, str]
"""One sentence in each language: {"fr": ..., "en": ...}."""

Terms = Mapping[str, tuple[str, ...]]
"""Words and phrases by language, in the order in which an officer wrote them."""

Value = TypeVar("Value")


def _crossing(value: type[Value]) -> type[Value]:
    """Let values of a class cross to another process as their fields in a row.

    Dataclasses with slots are pickled through Python code that looks up every field each time;
    `python -m bench.quiet` prints what the way to a worker and back costs.
    """
    # Whether a class is a dataclass no type says.
    in_order = attrgetter(*(one.name for one in fields(value)))  # type: ignore[arg-type]

    def reduced(self: Value) -> tuple[type[Value], Any]:
        return value, in_order(self)

    # What a decorator gives to a class no type knows of.
    value.__reduce__ = reduced  # type: ignore[assignment, method-assign]
    return value


# -- the cahier des charges ----------------------------------------------------------------


class Axis(StrEnum):
    """The two independent questions that are asked of every item."""

    MARKET = "market"
    TECHNOLOGY = "technology"


@dataclass(frozen=True, slots=True)
class Topic:
    """One entry of the taxonomy: what it is called, and the words by which it is recognised."""

    axis: Axis
    id: str
    label: Texts
    definition: Texts = field(default_factory=dict)
    terms: Terms = field(default_factory=dict)
    """Strong terms: one of them is evidence by itself."""
    weak: Terms = field(default_factory=dict)
    """Ambiguous terms: they count only beside a strong term of this topic or of the other axis."""
    case_sensitive: tuple[str, ...] = ()
    """Those of the terms that must stand in exactly this case (LED, not led)."""
    exclude: Terms = field(default_factory=dict)
    """Phrases that show another sense of a term near by."""
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Classification codes by scheme (cpc, cpv, naf, arxiv), for structured sources."""
    examples_for: tuple[str, ...] = ()
    examples_against: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Return what it is called in this language, else in any, else its id."""
        return self.label.get(language) or next(iter(self.label.values()), self.id)


@dataclass(frozen=True, slots=True)
class Question:
    """One question that a Zoom-Marché has to answer."""

    id: str
    text: Texts


@dataclass(frozen=True, slots=True)
class Places:
    """Where the cluster looks: ISO 3166 country and region codes, nearest first."""

    country: str = ""
    regions: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    world: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Perimeter:
    """A cluster's cahier des charges at one version."""

    id: str
    version: str
    label: Texts
    purpose: Texts
    languages: tuple[str, ...]
    topics: tuple[Topic, ...]
    places: Places = Places()
    horizon_months: int = 36
    cadence: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    out_of_scope: Terms = field(default_factory=dict)
    written: str = field(default="", compare=False, repr=False)
    """The text it was read from, comments included; `perimeter.write` gives it back."""

    def on(self, axis: Axis) -> tuple[Topic, ...]:
        """Return the topics of one axis, in the officer's order."""
        return tuple(topic for topic in self.topics if topic.axis is axis)

    def topic(self, axis: Axis, id: str) -> Topic | None:
        """Return one topic, or None where this version does not know it."""
        return next((t for t in self.topics if t.axis is axis and t.id == id), None)


@dataclass(frozen=True, slots=True)
class Cluster:
    """One network of firms: who it is for its readers, and who signs its letters."""

    slug: str
    name: str
    language: str = "fr"
    timezone: str = "Europe/Paris"
    sender_name: str = ""
    sender_address: str = ""
    """The person at the cluster whom readers answer."""
    postal_address: str = ""
    base_url: str = "http://127.0.0.1:8000"
    """Where readers reach the web app; no slash at the end."""
    accent: str = "#0b5c7a"
    """The one colour of its letters and reports, #rrggbb."""
    precision: float = 0.85
    """The share of the tags served that is to be true; what is less sure waits for an expert."""
    asks_first: bool = False
    """Whether the clock's letters wait for an officer's word before they go."""
    confirms_proposed: bool = True
    """Whether a proposed reader gets letters only once he has confirmed."""


# -- visiting ------------------------------------------------------------------------------


@_crossing
@dataclass(frozen=True, slots=True)
class Rights:
    """What a source lets us do with its texts; press gets the defaults."""

    licence: str = ""
    excerpt_length: int = 160
    """Characters of the source's own words that a letter or report may quote."""
    full_text: bool = False
    """Whether its pages may be read whole and kept."""
    is_reserved: bool = False
    """It reserves text and data mining (TDMRep): title and link only, whatever else stands here."""


@_crossing
@dataclass(frozen=True, slots=True)
class Source:
    """Where to look. `id` is 0 until the store has given one."""

    url: WebUrl
    name: str
    kind: str = "feed"
    language: str = ""
    every: timedelta = timedelta(hours=6)
    group: str = ""
    """What it is: trade_press, science_news, journal, institution, society, cluster..."""
    note: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    """What its kind needs besides an address: a query, selectors, path filters; all as text."""
    rights: Rights = Rights()
    id: int = 0


@_crossing
@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment with a source, and what the last one left us."""

    source: Source
    etag: str = ""
    last_modified: str = ""
    body_hash: bytes = b""
    """Digest of the last body that was read to its end."""
    prints: bytes = b""
    """Of the raw entries that the last body held, packed as `packed` does; see `seen`."""
    failures: int = 0
    """How many visits in a row have failed."""
    visited_at: datetime | None = None
    good_at: datetime | None = None
    """When a visit last ended well: a source that is asked by date is asked from here on."""
    mark: str = ""
    """What the last visit left for its kind alone: a cursor, a number, the text of a page."""
    past: bytes = b""
    """When its last items appeared, packed; `sources.rhythm` reads and writes it."""
    learnt: bytes = b""
    """What that past teaches, packed likewise; empty where nobody has looked yet."""
    window: int = 0
    """How many entries its body holds before the oldest fall out; 0 where none do."""
    asked_every: timedelta | None = None
    """How often it wished to be asked when it was last read."""

    @property
    def seen(self) -> frozenset[int]:
        """Return the prints: entries that bear one of them need no second cleaning.

        Most visits bring nothing to be compared with them, so they are unpacked only here.
        """
        return _unpacked(self.prints)


@lru_cache(maxsize=1)  # whoever reads a body asks once for each of its entries
def _unpacked(prints: bytes) -> frozenset[int]:
    return frozenset(unpack(f">{len(prints) // 8}Q", prints))


def packed(prints: frozenset[int]) -> bytes:
    """Return 64-bit prints as 8 bytes each, in order: a tenth of their size as JSON."""
    return pack(f">{len(prints)}Q", *sorted(prints))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about a source that an officer is told once, when it begins and when it ends."""

    source: int
    what: str
    """outage, gone, silence or move."""
    began_at: datetime
    reason: str = ""
    """Of an outage: one of `sources.health.REASONS`; of a move: the new address."""
    told_at: datetime | None = None
    """None as long as it may be nothing."""
    better_at: datetime | None = None
    """Since when it has looked well again."""
    relapses: int = 0
    """How often it looked well and was not."""
    ended_at: datetime | None = None
    """When it was over, and this was told; what was never told is forgotten instead."""
    id: int = 0


@_crossing
@dataclass(frozen=True, slots=True)
class HouseRules:
    """What one site asks of all who come by themselves, as it said at one moment."""

    origin: str
    """Scheme, host and port."""
    robots: str
    """What its robots.txt says to us, in that file's own form."""
    reservations: tuple[tuple[bool, str], ...]
    """(is reserved, path pattern): where it reserves text and data mining."""
    read_at: datetime


@_crossing
@dataclass(frozen=True, slots=True)
class Trip:
    """All due visits to one host: the unit of work, so that two workers never knock together."""

    host: str
    visits: tuple[Visit, ...]
    rules: tuple[HouseRules, ...] = ()
    """What is remembered of the sites that lie on the way."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How we behave on the web, and how much of it we let in. Sizes in bytes."""

    agent: str = f"ZoomMarche/{__version__} (+https://zoom-marche.example/robot)"
    """Product, version and where to write to; ASCII. `Door` refuses any other."""
    deadline: timedelta = timedelta(seconds=30)
    """Total time for one address, redirects and body included."""
    most_bytes: int = 10_000_000
    """Of one body, after decompression."""
    most_ratio: int = 100
    """Decompressed bytes per byte on the wire, once past 1 MB."""
    most_redirects: int = 5
    most_entries: int = 2_000
    pause: timedelta = timedelta(seconds=1)
    """Between two requests to one host."""
    hosts_at_once: int = 100
    robots: bool = True
    open_addresses: frozenset[tuple[str, int]] = frozenset()
    """Exact (ip, port) pairs inside that may be reached: a demonstration, a test, an intranet."""
    directory: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Names that are not asked of DNS: "host:port" of the address -> (ip, port) to connect to."""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secrets of services by name ("openalex", "imap_veille"); from the environment alone."""


class Outcome(StrEnum):
    """How a visit ended."""

    NEWS = "news"
    """The body was read; it may hold nothing that is new."""
    UNCHANGED = "unchanged"
    FAILED = "failed"


@_crossing
@dataclass(frozen=True, slots=True)
class Record:
    """What a structured source states of a publication besides its words; all safe text.

    Organisations, never people: named contacts, inventors and authors stay where they are.
    """

    identifiers: Mapping[str, str] = field(default_factory=dict)
    """By scheme (doi, arxiv, hal, patent, family, notice, project, siren, ror...) -> identifier."""
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Classification codes by scheme (cpc, cpv, naf, arxiv, topics)."""
    organisations: tuple[str, ...] = ()
    amount: float | None = None
    """In `currency` (ISO 4217)."""
    currency: str = ""
    deadline_at: datetime | None = None
    """Until when one can answer a tender or a call."""
    country: str = ""
    """ISO 3166, two capital letters."""
    region: str = ""
    status: str = ""
    """What the service says of its state: open, forthcoming, closed, awarded."""

    def __bool__(self) -> bool:
        """Return whether anything is stated at all."""
        return self is not NO_RECORD and self != NO_RECORD


NO_RECORD = Record()


@dataclass(frozen=True, slots=True)
class Entry:
    """What the source itself says of one publication. Every field is safe plain text."""

    guid: str
    url: WebUrl
    title: str
    text: str = ""
    author: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    language: str = ""
    categories: tuple[str, ...] = ()
    kind: str = ""
    """One of `KINDS_OF_ITEM`; "" where the source does not say."""
    record: Record = NO_RECORD
    cites: tuple[str, ...] = ()
    """Hosts to which its words link, twenty at most."""


KINDS_OF_ITEM = (
    "news", "press_release", "publication", "preprint", "thesis", "patent", "tender", "award",
    "call", "project", "company_event", "standard", "event", "video", "post", "release", "dataset",
)  # fmt: skip
"""What a publication may be."""


@_crossing
@dataclass(frozen=True, slots=True)
class Harvest:
    """All that one visit brought, failure included."""

    source: Source
    visited_at: datetime
    outcome: Outcome
    entries: tuple[Entry, ...] = ()
    reason: str = ""
    """Why it failed or is flawed: one of `sources.health.REASONS` ("timeout", "not_a_feed"...)."""
    detail: str = ""
    """The same for a technician, one line."""
    status: int = 0
    moved_to: WebUrl = NO_URL
    """Where the source says that it now lives for good (301, 308)."""
    etag: str = ""
    last_modified: str = ""
    body_hash: bytes = b""
    seen: frozenset[int] = frozenset()
    known_count: int = 0
    """Entries that were recognised by their print and not read again."""
    skipped_count: int = 0
    """Entries past the limit of one harvest."""
    flawed: bool = False
    """The body ended early or was broken: what could be read was kept."""
    wait: timedelta | None = None
    """What the host asked for (Retry-After), capped at a day."""
    title: str = ""
    language: str = ""
    size: int = 0
    seconds: float = 0.0
    mark: str = ""
    """What the next visit's `Visit.mark` will be."""
    asked_every: timedelta | None = None
    """How often it wishes to be asked: the longest of ttl, skip hours, Cache-Control, a period."""
    hub: WebUrl = NO_URL
    """Where its news could be subscribed to (WebSub)."""
    is_reserved: bool = False
    """It reserves text and data mining: its entries carry title and link only."""
    rules: tuple[HouseRules, ...] = ()
    """House rules that were read on this visit, to be remembered for the next ones."""


# -- items and stories ---------------------------------------------------------------------


@_crossing
@dataclass(frozen=True, slots=True)
class Item:
    """One publication, cleaned. `key` is computed, so storing it twice stores it once."""

    key: str
    """32 hexadecimal digits, from the address, else the guid, else title, host and day."""
    url: WebUrl
    title: str
    text: str
    language: str
    """As its words tell; until these are looked at, what its source says."""
    published_at: datetime
    """The effective date: the earlier of what the source states and when we first saw it."""
    first_seen_at: datetime
    source: int
    outlet: str
    """The name of the paper or site, as a reader knows it."""
    kind: str = "news"
    """One of `KINDS_OF_ITEM`."""
    author: str = ""
    record: Record = NO_RECORD
    digest: str = ""
    """Of title and text: another digest under the same key is a revision."""
    print: bytes = b""
    """Fingerprint of the words, by which near-equal texts are found."""
    has_own_text: bool = True
    """False where other entries of its feed bear the same words: these tie it to no story."""
    cites: tuple[str, ...] = ()
    """Hosts of other sites to which its words link."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A source pointed to a site, in an item that was kept."""

    host: str
    source: int
    item: str
    """Its key."""
    title: str
    cited_at: datetime
    is_page: bool = False
    """The item's own page lies there; else its words link there."""


@dataclass(frozen=True, slots=True)
class Story:
    """The items that tell one event. `key` names it, as long as nobody joins or parts stories."""

    key: str
    item_count: int = 1
    outlets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """In which story an item belongs, and what ties it to that story."""

    item: str
    story: str
    why: str = ""


class ActKind(StrEnum):
    """What a person does to stories."""

    JOIN = "join"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Act:
    """A person joined the stories of two items, or parted an item from that of the other."""

    id: int
    kind: ActKind
    item: str
    other: str
    by: str
    """"" where nobody had signed in, or where it is another cluster's."""
    done_at: datetime
    remark: str = ""
    is_own: bool = True
    """False where another cluster did it."""


# -- tags ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tag:
    """One opinion that an item is about a topic; a score of 0 is the opinion that it is not."""

    item: str
    axis: Axis
    topic: str
    score: float
    by: str
    """Who says so: "phrases/1", "nearness/1", "learned/12", "expert/industry/7"."""
    why: tuple[str, ...] = ()
    """The evidence: words as they stand in the text, or a reviewer's remark."""
    said_at: datetime | None = None


class Verdict(StrEnum):
    """What a reviewer says of a tag."""

    CONFIRM = "confirm"
    REJECT = "reject"
    CORRECT = "correct"
    DONE = "done"
    """Of an item, not of a tag: all is said, it is about nothing else. The topic is ""."""


@dataclass(frozen=True, slots=True)
class Review:
    """What a person said of an item's topic."""

    item: str
    axis: Axis
    topic: str
    verdict: Verdict
    reviewer: int
    college: str
    """industry, academia or staff."""
    said_at: datetime
    instead: str = ""
    """With CORRECT: the topic that it should have been; "" adds nothing in its place."""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """How good a learner is at something, on reviewed items that it had not learned from."""

    axis: str
    topic: str = ""
    """"" for all topics of the axis."""
    language: str = ""
    """"" for all languages."""
    hits: int = 0
    """Tags served that reviewers confirmed."""
    said: int = 0
    """Tags served that were reviewed."""
    true: int = 0
    """Tags that reviewers confirmed."""
    reviewed: int = 0
    """Tags of which reviewers said anything."""
    off: float = 0.0
    """How far its probabilities are from what came true."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A learner of a cluster as it is on record: what taught it, and how good it is."""

    number: int
    perimeter: int
    """The number of the perimeter's version that it was taught with."""
    made_at: datetime
    model: str
    """The id of the embedder whose vectors it knows."""
    lessons: str
    """Digest of all that taught it."""
    reviewed: int
    """Items that it learned from."""
    marks: tuple[Mark, ...]
    is_serving: bool
    reason: str
    """Why it does not serve; "" where nothing spoke against it."""
    digest: str
    """SHA-256 of its file."""

    @property
    def name(self) -> str:
        """Return what it calls itself in `Tag.by`."""
        return f"learned/{self.number}"


@dataclass(frozen=True, slots=True)
class Tagged:
    """An item as a cluster sees it: with its settled tags and the story that it belongs to."""

    item: Item
    tags: tuple[Tag, ...]
    story: Story


# -- periods -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both ends included."""

    first_on: date
    last_on: date

    def holds(self, day: date) -> bool:
        """Return whether the day lies in the period."""
        return self.first_on <= day <= self.last_on


# -- reaching ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Interest:
    """One topic that a reader follows; weight 1 is ordinary, 2 is twice as much."""

    axis: Axis
    topic: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Basis:
    """Why we may write to somebody: the ground in law, where it comes from, since when."""

    ground: str
    """member, consent or legitimate_interest."""
    origin: str
    since_on: date


class Rhythm(StrEnum):
    """How often a reader wants a letter."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


class Alert(StrEnum):
    """What may reach a reader between two letters, at his wish."""

    DEADLINE = "deadline"
    """What he can answer and closes soon; once more, a week before, what he was told earlier."""
    COMPETITOR = "competitor"
    """What names a competitor of his, or any actor that he follows where none is named as such."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """An SME's reader. Without a basis nobody is written to."""

    id: int
    cluster: str
    email: str
    name: str
    firm: str
    language: str
    interests: tuple[Interest, ...]
    basis: Basis | None
    quota: int = 6
    """Lines in one letter, 3 to 10."""
    is_active: bool = True
    paused_until: date | None = None
    """Before this day he gets no letters, at his own wish."""
    about: str = ""
    """What the firm says it does, in its own words."""
    watch_words: tuple[str, ...] = ()
    """Words and phrases of its trade; all in capitals (DAS), they are met only so."""
    exclusions: tuple[str, ...] = ()
    """Words and phrases that show that an item is not for it."""
    actors: tuple[str, ...] = ()
    """Customers and competitors whose every move it wants to know."""
    places: tuple[str, ...] = ()
    """ISO 3166 country and region codes where it does business; none is the whole world."""
    reads: tuple[str, ...] = ()
    """Languages in which it reads an article; none named is any."""
    competitors: tuple[str, ...] = ()
    """Those of `actors` whose moves may come at once."""
    rhythm: Rhythm = Rhythm.WEEKLY
    weekday: int | None = None
    """On which day his letter comes, 0 is Monday; None is the cluster's own day."""
    hour: int | None = None
    """From which full hour on, 0 to 23, where the cluster is; None is the cluster's own hour."""
    alerts: tuple[Alert, ...] = ()
    """What he would like to hear of between two letters, at his hour, once a day at most."""


class Cause(StrEnum):
    """What speaks for a line, besides the topics that it meets."""

    WORD = "word"
    ACTOR = "actor"
    DEADLINE = "deadline"
    ABOUT = "about"
    """It is near to what the firm says it does."""
    LIKED = "liked"
    """It is near to what the reader found useful."""
    SOON = "soon"
    """It closes in so few days that it cannot wait for his next letter."""
    TOLD = "told"
    """He was told already: this is a reminder."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for a line, and its evidence as a reader may see it."""

    cause: Cause
    evidence: tuple[str, ...] = ()
    """The words or names that were found, the title that was liked, the day of a deadline or of
    the letter that told it, in how many days it closes."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One line of a letter, and why this reader gets it."""

    tagged: Tagged
    score: float
    why: tuple[Tag, ...]
    """The settled tags that met an interest; empty for a line beside the reader's perimeter."""
    is_beside: bool = False
    reasons: tuple[Reason, ...] = ()
    """What else speaks for it, the strongest first."""


@dataclass(frozen=True, slots=True)
class Links:
    """A reader's own pages; each address bears a token that is good for that page alone."""

    unsubscribe: str = ""
    feedback: str = ""
    """Followed by `/` and the number of a line, from 1."""
    preferences: str = ""
    letters: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """What one reader gets for one period."""

    cluster: Cluster
    subscriber: Subscriber
    perimeter: Perimeter
    period: Period
    picks: tuple[Pick, ...]
    links: Links = Links()
    excerpt_lengths: Mapping[int, int] = field(default_factory=dict)
    """Source id -> characters that its rights let us quote."""
    is_quiet: bool = False
    """Without a line after four silent weeks: one sentence says so."""
    is_alert: bool = False
    """It comes between two letters, with what cannot wait."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a reader reads of one item; every field is safe plain text on one line."""

    item: str
    """The key of what it tells."""
    story: str
    kind: str
    """In words, as "Call for tenders"."""
    title: str
    url: WebUrl
    language: str
    """Of title and excerpt, which are the source's own."""
    excerpt: str
    source: str
    also: str
    why: str
    is_beside: bool = False
    closes_on: date | None = None
    """Until when one can answer a tender or a call."""
    amount: str = ""
    is_reminder: bool = False
    """He was told of it in an earlier letter."""


class Say(StrEnum):
    """What a reader says of a line of his letter."""

    USEFUL = "useful"
    NOT_FOR_ME = "not_for_me"
    SEEN = "seen"
    DIG = "dig"
    """He would like to look into it together with the cluster's team."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What a reader said of an item."""

    item: str
    """Its key."""
    say: Say
    said_at: datetime
    reason: str = ""
    """With NOT_FOR_ME: topic, place, technical or ""."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader asks the cluster's team about a line of his letter."""

    id: int
    reader: str
    """His firm, else his name."""
    email: str
    item: str
    title: str
    words: str
    asked_at: datetime
    promised_on: date
    """By when he was promised an answer."""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to send. `key` is deterministic, so it goes out once."""

    key: str
    message_id: str
    to: str
    to_name: str
    sender: str
    sender_name: str
    subject: str
    html: str
    text: str
    language: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What a cluster's channel is told. `key` is deterministic, so it is posted once."""

    key: str
    title: str
    greeting: str
    lines: tuple[Line, ...]
    language: str


class Fate(StrEnum):
    """What became of a letter that was handed to the post."""

    SENT = "sent"
    REFUSED = "refused"
    """For good (5xx): this address is not tried again."""
    LATER = "later"
    """Not now (4xx, server away): it is tried again."""
    UNCERTAIN = "uncertain"
    """The server may have it: the connection broke after the text and before the answer."""
    HELD = "held"
    """Not without an officer's word: this installation may not write to this address."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the post answered, with its words."""

    fate: Fate
    detail: str = ""


# -- the Zoom-Marché -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WeekCount:
    """How many stories a technology had in the week that begins on this Monday."""

    topic: str
    week_on: date
    count: int


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What one source gave in a period: visits, failures, items, and how many were kept."""

    source: Source
    visits: int
    failures: int
    items: int
    kept: int
    reason: str = ""
    """Why its last visit failed; "" where it did not."""


@dataclass(frozen=True, slots=True)
class Collection:
    """The true figures of a period's collection, for the section on method."""

    records: tuple[SourceRecord, ...]
    items: int
    stories: int
    kept: int
    """Items with at least one settled tag."""
    reviewed: int
    """Items on which a person said something."""
    classifiers: tuple[str, ...]
    first_visit_at: datetime | None = None
    last_visit_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Zoom:
    """A cluster's report on one market in one period, with all that its sections need."""

    cluster: Cluster
    perimeter: Perimeter
    revision: int
    """The number that the store gave to this version of the perimeter."""
    loaded_on: date
    market: Topic
    period: Period
    edition: int
    authors: tuple[str, ...]
    approver: str
    """The person who answers for it; nothing is published without one."""
    level: str
    """public, members or restricted."""
    made_at: datetime
    stories: tuple[Tagged, ...]
    """One head item per story of this market in the period, newest first."""
    before: tuple[Tagged, ...]
    """The same for the period of equal length just before."""
    weeks: tuple[WeekCount, ...]
    collection: Collection
    excerpt_lengths: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pages:
    """A written report: one self-contained HTML document."""

    title: str
    language: str
    html: str


# -- what a chore says of itself -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """What one round did: counts by name, and every problem in a sentence."""

    name: str
    counts: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    """What is well again, or was put right by itself."""
