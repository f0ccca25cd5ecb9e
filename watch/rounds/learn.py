"""Learning: reviews -> a learner that is examined, kept with its marks, and serves if no worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from watch.classify.agenda import is_sample
from watch.classify.kept import from_bytes, to_bytes
from watch.classify.learner import Learner
from watch.classify.lessons import Key
from watch.classify.nearness import Nearness
from watch.classify.opinions import beliefs
from watch.classify.reviewed import MOST_A_DAY, ReviewedItem, busy_days, verdicts
from watch.classify.school import Answers, answers_of, marks, school, truth_of, worse_at
from watch.classify.settle import DOUBT, SERVED, settle
from watch.domain import Axis, Mark, Report, Tag
from watch.rounds.jury import jury_of, taught, write_file
from watch.rounds.read import settle_again
from watch.rounds.serving import file_of
from watch.rounds.tasks import perimeter_of
from watch.store import clusters, learners, people, perimeters, tags, vectors
from watch.store.perimeters import Version
from watch.store.transaction import writing
from watch.text.meaning import Embedder, Recalling, as_one
from watch.text.translate import speaker

__all__ = ["FEWEST", "Measured", "learn_round", "measured", "move", "set_aside"]

FEWEST = 5
"""Reviewed items of one topic from which on anything is learned."""
# From so many reviewed items of the random share on, it alone is measured: a share is then known to
# about a fifth, as that of a topic is.
_ENOUGH = 20
# Files of the last learners stay, to go back to.
_FILES = 10
_STEPS = 4


def learn_round(
    cluster: str,
    folder: Path,
    now: datetime,
    model: Embedder,
    language: str,
    said: Callable[[int, int], None] | None = None,
) -> Report:
    """Learn from all reviews of a cluster; the new learner serves where it is no worse.

    It is compared with what serves now, on the same reviews, on each axis and in each language;
    neither has learned from what it is asked. Where it is worse it is kept and does not serve.
    Nothing is done where nothing is new since the last time. `said` is told the steps done.
    """
    _ = speaker(language)
    tell = said or (lambda _done, _whole: None)
    version, precision = perimeters.current(cluster), clusters.get(cluster).precision
    items = _reviewed(cluster)
    counts = {"reviewed": len(items), "learners": 0}
    audit = tuple(_audit(cluster, items, language))
    seen = Counter(key for one in items for key in verdicts(one.reviews))
    if max(seen.values(), default=0) < FEWEST:
        few = _("too few reviews to learn from: it begins with {count} items of one topic")
        return Report("learn", counts, audit, (few.format(count=FEWEST),))
    lessons = _digest(version.text, items, model.id, precision)
    # An earlier learner had the same lessons where reviews were set aside since: it is taught anew.
    if any(one.lessons == lessons for one in learners.every(cluster)[:1]):
        return Report("learn", counts, audit, (_("nothing is new since the last learner"),))
    model = _recalling(model, items)
    tell(1, _STEPS)
    learner = school(perimeter_of(version.text), items, model, precision)
    tell(2, _STEPS)
    truth = truth_of(items, learner.topics)
    after = Answers(learner.answers, beliefs(learner, learner.answers) >= SERVED)
    before = _answers_now(cluster, version, folder, items, model, language)
    reason = _reason(worse_at(truth, before, after), language)
    tell(3, _STEPS)
    number = _keep(cluster, folder, version, now, learner, lessons, marks(truth, after), reason)
    tell(4, _STEPS)
    counts["learners"] = 1
    if reason:
        problem = _("learner {number} is kept and does not serve: {reason}")
        return Report("learn", counts, (*audit, problem.format(number=number, reason=reason)))
    news = _("learner {number} serves from now on; all items will be read again")
    return Report("learn", counts, audit, (news.format(number=number),))


@dataclass(frozen=True, slots=True)
class Measured:
    """How good what serves is, and on which reviews that rests."""

    marks: Sequence[Mark]
    learner: int
    """0 where no learner serves."""
    reviewed: int
    """Items that people said anything of."""
    plain: int
    """Of these, items of the random share: nobody picked them for being hard, or well tagged."""
    is_plain: bool
    """Whether the marks are of these alone; else too few were reviewed, and all count."""


def measured(cluster: str, folder: Path, model: Embedder, language: str) -> Measured:
    """Return the marks of what serves, asked as if it had not learned from what it is asked.

    Items that an agenda picked are harder than others, and those that people pick from a list are
    easier. So the random share is measured alone, as soon as enough of it was reviewed.
    """
    version, items = perimeters.current(cluster), _reviewed(cluster)
    plain = [one for one in items if is_sample(one.item.key)]
    is_plain = len(plain) >= _ENOUGH
    asked = plain if is_plain else items
    topics = [(topic.axis, topic.id) for topic in perimeter_of(version.text).topics]
    jury, _problems = jury_of(cluster, version, folder, language)
    truth = truth_of(asked, topics)
    answers = _answers_now(cluster, version, folder, asked, _recalling(model, asked), language)
    number = int(jury.learner.partition("/")[2] or 0)
    return Measured(marks(truth, answers), number, len(items), len(plain), is_plain)


def move(cluster: str, is_back: bool) -> int | None:
    """Let the good learner before the one that serves serve, or the one after it.

    Returns its number, 0 for none (nearness reads then), or None where there is nothing to move
    to. All items are owed their readings again.
    """
    version = perimeters.current(cluster).number
    every = [one for one in learners.every(cluster) if one.perimeter == version]
    serving = next((one.number for one in every if one.is_serving), 0)
    good = sorted({0, serving, *(one.number for one in every if not one.reason)})
    place = good.index(serving) + (-1 if is_back else 1)
    if not 0 <= place < len(good):
        return None
    with writing():
        learners.serve(cluster, good[place])
        tags.owe_again(cluster)
    return good[place]


def set_aside(cluster: str, reviewer: str, since: datetime, at: datetime | None) -> int:
    """Let what one person said since then count no more, or with None count again.

    Returns how many items were settled anew; the next learner learns accordingly.
    """
    with writing():
        keys = tags.set_aside(cluster, reviewer, since, at)
        settle_again(cluster, keys)
    return len(keys)


def _reviewed(cluster: str) -> list[ReviewedItem]:
    """Return reviewed items with what judges claim of them."""
    rows = tags.reviewed(cluster)
    said = tags.opinions(cluster, [item.key for item, _story, _reviews in rows])
    return [
        ReviewedItem(item, story, reviews, _claimed(said.get(item.key, ())))
        for item, story, reviews in rows
    ]


def _claimed(said: Sequence[Tag]) -> frozenset[Key]:
    judges = settle(tag for tag in said if not tag.by.startswith("expert/"))
    return frozenset((tag.axis, tag.topic) for tag in judges if tag.score >= DOUBT)


def _recalling(model: Embedder, items: Sequence[ReviewedItem]) -> Embedder:
    rows = vectors.of([one.item.key for one in items], model.id, model.size)
    texts = [as_one(one.item.title, one.item.text) for one in items]
    return Recalling(model, {text: row for text, row in zip(texts, rows, strict=True) if row.any()})


def _answers_now(
    cluster: str,
    version: Version,
    folder: Path,
    items: Sequence[ReviewedItem],
    model: Embedder,
    language: str,
) -> Answers:
    """Return what serves now would say of items, had it not learned from them."""
    jury, _problems = jury_of(cluster, version, folder, language)
    jury = taught(jury, folder)
    perimeter = perimeter_of(version.text)
    if jury.kept:
        learner = from_bytes(jury.kept, jury.digest)
    else:
        learner = Nearness(model, jury.precision).learner(perimeter)
    return answers_of(learner, perimeter, items, model)


def _digest(perimeter: str, items: Sequence[ReviewedItem], model: str, precision: float) -> str:
    """Return a print of all that teaches: the same lessons are not learned twice."""
    said = [(one.item.digest, one.story, one.reviews) for one in items]
    return sha256(repr((perimeter, said, model, precision)).encode()).hexdigest()


def _keep(
    cluster: str,
    folder: Path,
    version: Version,
    now: datetime,
    learner: Learner,
    lessons: str,
    marked: Sequence[Mark],
    reason: str,
) -> int:
    """Keep a learner, file first; let it serve where nothing speaks against it."""
    kept, digest = to_bytes(learner)
    with writing():
        number = learners.add(
            cluster, version.number, now, learner.model, lessons, len(learner.asked), marked,
            reason, digest,
        )  # fmt: skip
        write_file(file_of(folder, cluster, number), kept)
        if not reason:
            learners.serve(cluster, number)
            tags.owe_again(cluster)
    for one in learners.every(cluster)[_FILES:]:
        if not one.is_serving:
            file_of(folder, cluster, one.number).unlink(missing_ok=True)
    return number


def _reason(worse: Sequence[tuple[Axis, str]], language: str) -> str:
    """Return why a learner does not serve; "" where it may."""
    _ = speaker(language)
    if not worse:
        return ""
    axes = {Axis.MARKET: _("markets"), Axis.TECHNOLOGY: _("technologies")}
    places = [f"{axes[axis]} ({code})" if code else axes[axis] for axis, code in worse]
    return _("worse than what serves now on {places}").format(places=", ".join(places))


def _audit(cluster: str, items: Sequence[ReviewedItem], language: str) -> list[str]:
    """Return who said more on one day than weighs fully, and whose reviews were set aside."""
    _ = speaker(language)
    busy = busy_days(review for one in items for review in one.reviews)
    names = {member.user: member.username for member in people.members(cluster)}
    many = _("{name} gave {count} reviews on {day}: together they weigh as {most}")
    aside = _("{count} reviews of {name} since {since} (UTC) are set aside and teach nothing")
    return [
        *(
            many.format(name=names.get(user, user), count=count, day=day, most=MOST_A_DAY)
            for (user, day), count in sorted(busy.items())
        ),
        *(
            aside.format(name=name, count=count, since=f"{first.astimezone(UTC):%Y-%m-%d %H:%M}")
            for name, count, first in tags.aside(cluster)
        ),
    ]
