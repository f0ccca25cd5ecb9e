"""The store keeps its promises, on SQLite and on PostgreSQL alike (see test_postgres.py)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import stored
from watch.domain import (
    Alert,
    Axis,
    Basis,
    Cluster,
    Harvest,
    Interest,
    Item,
    Letter,
    Outcome,
    Period,
    Report,
    Review,
    Rhythm,
    Say,
    Source,
    Subscriber,
    Tag,
    Verdict,
    Visit,
    Vote,
    WebUrl,
)
from watch.errors import StoreError
from watch.rounds.meet import review_item
from watch.rounds.read import settle_again
from watch.store import (
    agenda,
    citations,
    clusters,
    figures,
    invitations,
    items,
    letters,
    perimeters,
    shelves,
    slots,
    sources,
    subscribers,
    tags,
    visits,
    votes,
)
from watch.store.shelves import Asked, State
from watch.store.transaction import writing
from watch.store.visits import Learnt

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = Period(date(2026, 11, 16), date(2026, 11, 22))


def nobody(_holder: str) -> bool:
    return False


@pytest.fixture
def journal() -> Source:
    clusters.save(Cluster("optique", "Optique"))
    clusters.save(Cluster("mode", "Mode"))
    source, _ = sources.add(
        "optique", Source(WebUrl("https://journal.example/feed"), "Journal"), NOW
    )
    return source


def item(key: str, source: Source, **changes: object) -> Item:
    plain = Item(
        key=key * 32,
        url=WebUrl(f"https://journal.example/{key}"),
        title=f"Un lidar {key} pour la caméra",
        text="Texte inventé sur les caméras embarquées.",
        language="fr",
        published_at=NOW - timedelta(days=1),
        first_seen_at=NOW,
        source=source.id,
        outlet="Journal",
        digest=key * 32,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def keep(*some: Item) -> items.Kept:
    return stored.keep(some, NOW)


def test_an_item_is_stored_once_and_a_second_source_is_a_second_sighting(journal: Source) -> None:
    other, _ = sources.add("mode", Source(WebUrl("https://autre.example/feed"), "Autre"), NOW)
    assert keep(item("a", journal), item("b", journal)).new == 2

    again = keep(item("a", journal), item("a", other))

    assert (again.new, again.revised, again.known) == (0, 0, 1)
    assert items.count("optique") == 2
    assert items.count("mode") == 1


def test_an_edited_item_keeps_what_it_said_and_owes_its_reading_again(journal: Source) -> None:
    keep(item("a", journal))
    read("optique", item("a", journal), [])
    assert tags.owed("optique", "phrases/1", 1, 9) == []

    kept = keep(item("a", journal, title="Un autre titre", digest="c" * 32))

    assert kept.revised == 1
    assert [i.title for i in tags.owed("optique", "phrases/1", 1, 9)] == ["Un autre titre"]
    assert items.revisions("optique", "a" * 32)[0][1].startswith("Un lidar a")
    assert shelves.count("optique", Asked(words="autre titre")) == 1
    assert shelves.count("optique", Asked(words="lidar")) == 0


def test_a_batch_may_hold_more_items_than_one_question_takes(
    journal: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "_KEYS_AT_ONCE", 2)
    some = [item(key, journal) for key in "abcde"]
    keep(*some)

    assert keep(*some).known == 5


def test_an_instant_comes_back_as_it_was(journal: Source) -> None:
    paris = datetime(2026, 11, 20, 10, 30, 15, tzinfo=ZoneInfo("Europe/Paris"))
    exact = datetime(2026, 11, 20, 9, 30, 15, 120_000, tzinfo=UTC)
    one, other = item("a", journal, published_at=paris), item("b", journal, published_at=exact)
    keep(one, other)

    kept = [items.by_key("optique", some.key) for some in (one, other)]
    assert [some.published_at for some in kept if some] == [paris, exact]


def test_another_source_with_other_words_does_not_revise_the_first(journal: Source) -> None:
    other, _ = sources.add("optique", Source(WebUrl("https://autre.example/feed"), "Autre"), NOW)
    keep(item("a", journal))

    assert keep(replace(item("a", journal), source=other.id, digest="d" * 32)).revised == 0


def test_a_pages_own_site_takes_over_from_whoever_linked_to_it_first(journal: Source) -> None:
    other, _ = sources.add("mode", Source(WebUrl("https://mechant.example/feed"), "Autre"), NOW)
    squatted = replace(item("a", journal), source=other.id, outlet="Autre", title="Faillite")
    keep(replace(squatted, digest="e" * 32))

    kept = keep(item("a", journal))
    again = keep(replace(squatted, digest="f" * 32))

    assert (kept.revised, again.revised) == (1, 0)
    found = items.by_key("optique", "a" * 32)
    assert found is not None
    assert (found.outlet, found.title) == ("Journal", item("a", journal).title)


def test_in_one_batch_a_pages_own_site_speaks(journal: Source) -> None:
    other, _ = sources.add("mode", Source(WebUrl("https://mechant.example/feed"), "Autre"), NOW)
    keep(replace(item("a", journal), source=other.id, title="Faillite"), item("a", journal))

    found = items.by_key("mode", "a" * 32)
    assert found is not None
    assert found.title == item("a", journal).title


def test_a_cluster_sees_only_what_its_sources_showed(journal: Source) -> None:
    keep(item("a", journal))

    assert items.by_key("optique", "a" * 32) is not None
    assert items.by_key("mode", "a" * 32) is None
    assert shelves.find("mode", "a" * 32) is None
    assert shelves.page("mode", Asked(), 9) == []


def test_search_finds_other_endings_and_no_accents_and_takes_no_syntax(journal: Source) -> None:
    keep(item("a", journal), item("b", journal, title="Autre chose", text="Rien de tel."))

    assert shelves.count("optique", Asked(words="camera embarquée")) == 1
    for hostile in ('"', "a OR", "NEAR(", "* - :", "'; DROP TABLE x", "%_\\", "ç" * 500):
        shelves.count("optique", Asked(words=hostile))


def test_pages_go_on_where_the_last_one_ended(journal: Source) -> None:
    keep(*(item(key, journal) for key in "abcde"))

    first = shelves.page("optique", Asked(), 3)
    last = first[-1].item
    rest = shelves.page("optique", Asked(), 3, (last.published_at, last.key))

    assert sorted(t.item.key[0] for t in first + rest) == list("abcde")


def read(cluster: str, one: Item, opinions: list[Tag], at: datetime = NOW) -> None:
    with writing():
        tags.keep_readings(cluster, ["phrases/1"], 1, [one], opinions, at)
        settle_again(cluster, [one.key])


def tag(one: Item, topic: str, score: float = 0.9) -> Tag:
    return Tag(one.key, Axis.TECHNOLOGY, topic, score, "phrases/1", ("lidar",))


def test_a_reading_twice_adds_nothing(journal: Source) -> None:
    one = item("a", journal)
    keep(one)
    read("optique", one, [tag(one, "lidar")])
    read("optique", one, [tag(one, "lidar")])

    assert len(tags.opinions("optique", [one.key])[one.key]) == 1


def test_a_new_reading_replaces_what_the_old_one_said(journal: Source) -> None:
    one = item("a", journal)
    keep(one)
    read("optique", one, [tag(one, "lidar")])
    read("optique", one, [tag(one, "fibre")], NOW + timedelta(hours=1))

    found = shelves.find("optique", one.key)
    assert found is not None
    assert [t.topic for t in found.tags] == ["fibre"]


def test_an_expert_wins_at_once_and_outlives_the_next_reading(journal: Source) -> None:
    one = item("a", journal)
    keep(one)
    read("optique", one, [tag(one, "lidar")])

    review_item("optique", review(one, "lidar", Verdict.CORRECT, instead="fibre"))
    read("optique", one, [tag(one, "lidar")], NOW + timedelta(hours=1))

    found = shelves.find("optique", one.key)
    assert found is not None
    assert [(t.topic, t.score) for t in found.tags] == [("fibre", 1.0)]
    assert shelves.count("mode", Asked(technology="fibre")) == 0


def review(one: Item, topic: str, verdict: Verdict, instead: str = "") -> Review:
    from django.contrib.auth.models import User

    user, _ = User.objects.get_or_create(username="experte@labo.example")
    return Review(one.key, Axis.TECHNOLOGY, topic, verdict, user.pk, "academia", NOW, instead)


def test_what_is_in_doubt_is_not_on_the_shelf_of_letters(journal: Source) -> None:
    sure, unsure = item("a", journal), item("b", journal)
    keep(sure, unsure)
    read("optique", sure, [tag(sure, "lidar")])
    read("optique", unsure, [tag(unsure, "lidar", 0.4)])

    shelf = shelves.tagged("optique", NOW - timedelta(days=9), NOW)

    assert [t.item.key for t in shelf] == [sure.key]
    assert shelves.count("optique", Asked(state=State.DOUBTFUL)) == 1


def test_a_visit_is_recorded_with_what_the_next_one_needs(journal: Source) -> None:
    harvest = Harvest(
        journal, NOW, Outcome.NEWS, etag='"x"', body_hash=b"h", seen=frozenset({1, 2**64 - 1})
    )
    with writing():
        visits.record([harvest], [NOW + timedelta(hours=6)], {})

    assert stored.due(NOW) == []
    visit = stored.due(NOW + timedelta(hours=6))[0]
    assert (visit.etag, visit.body_hash, visit.seen) == ('"x"', b"h", harvest.seen)


@pytest.mark.parametrize("outcome", [Outcome.UNCHANGED, Outcome.FAILED])
def test_a_visit_without_news_leaves_the_prints_of_the_last_body(
    journal: Source, outcome: Outcome
) -> None:
    good = Harvest(journal, NOW, Outcome.NEWS, body_hash=b"h", seen=frozenset({1, 2}), mark="m")
    with writing():
        visits.record([good], [NOW], {})
        visits.record([Harvest(journal, NOW, outcome)], [NOW], {})

    visit = stored.due(NOW)[0]
    assert (visit.body_hash, visit.seen, visit.mark) == (b"h", good.seen, "m")


def test_a_failed_visit_leaves_what_the_last_good_one_left(journal: Source) -> None:
    good = Harvest(journal, NOW, Outcome.NEWS, etag='"x"', moved_to=WebUrl("https://new.example/"))
    bad = Harvest(journal, NOW, Outcome.FAILED, reason="timeout")
    with writing():
        visits.record([good], [NOW], {})
        visits.record([bad], [NOW], {})
        visits.record([bad], [NOW], {})

    visit = stored.due(NOW)[0]
    assert (visit.etag, visit.failures, visit.visited_at) == ('"x"', 2, NOW)
    health = sources.health("optique")[0]
    assert (health.reason, health.moved_to) == ("timeout", "https://new.example/")


def test_a_source_that_two_clusters_hold_is_visited_once(journal: Source) -> None:
    same, is_new = sources.add("mode", Source(journal.url, "Autre nom"), NOW)

    assert is_new
    assert same.id == journal.id
    assert len(stored.due(NOW)) == 1
    assert sources.remove("optique", journal.id)
    assert len(stored.due(NOW)) == 1


def test_a_source_that_asks_something_else_forgets_what_the_last_visit_left(
    journal: Source,
) -> None:
    left = Harvest(
        journal, NOW, Outcome.NEWS, etag='"1"', last_modified="x", body_hash=b"h",
        seen=frozenset({1}), mark="until 2026",
    )  # fmt: skip
    later = NOW + timedelta(hours=6)
    with writing():
        visits.record([left], [later], {}, {journal.id: Learnt(b"past", b"", 20)})

    assert sources.change(journal.id, replace(journal, name="Autre nom"), NOW)
    assert stored.due(NOW) == []

    assert sources.change(journal.id, replace(journal, options={"part": "#x"}), NOW)
    [visit] = stored.due(NOW)
    assert visit == Visit(replace(journal, options={"part": "#x"}), visited_at=NOW, past=b"past")
    assert len(visits.history("optique", journal.id, 9)) == 1


def test_a_source_never_takes_the_address_of_another(journal: Source) -> None:
    other, _ = sources.add("mode", Source(WebUrl("https://autre.example/feed"), "Autre"), NOW)

    assert not sources.change(other.id, replace(other, url=journal.url), NOW)
    assert sources.held("mode") == [other]


def reader(email: str = "anna@firme.example") -> Subscriber:
    return Subscriber(
        0, "optique", email, "Anna", "Firme", "fr",
        (Interest(Axis.TECHNOLOGY, "lidar"),), Basis("member", "adhésion", date(2026, 1, 5)),
    )  # fmt: skip


def letter(key: str = "k1") -> Letter:
    return Letter(
        key, f"<{key}@pole.example>", "anna@firme.example", "Anna", "veille@pole.example", "Veille",
        "Sujet", "<p>html</p>", "texte", "fr", (("List-Id", "x"),),
    )  # fmt: skip


def posted(key: str = "k1") -> int:
    subscribers.save("optique", [reader()])
    id = subscribers.every("optique")[0].id
    letters.post("optique", id, letter(key), WEEK, {"s1": "i1", "s2": "i2"}, NOW)
    return id


def test_what_a_firm_says_of_itself_is_kept(journal: Source) -> None:
    said = replace(
        reader(),
        about="We make narrow-linewidth lasers.",
        watch_words=("FMCW", "chirp"),
        exclusions=("golf",),
        actors=("Scanvia",),
        places=("FR", "FR-NAQ"),
        reads=("fr", "en"),
        rhythm=Rhythm.MONTHLY,
        competitors=("Scanvia",),
        weekday=1,
        hour=8,
        alerts=(Alert.COMPETITOR,),
    )
    subscribers.save("optique", [said])
    kept = subscribers.every("optique")[0]

    assert replace(kept, id=0) == said


def test_a_letter_is_written_once_and_its_stories_are_told(journal: Source) -> None:
    id = posted()

    assert not letters.post("optique", id, letter(), WEEK, {"s3": "i3"}, NOW)
    assert id in letters.written("optique", WEEK)
    assert subscribers.told(id) == {"s1", "s2"}
    assert subscribers.told(id, apart_from=WEEK) == frozenset()


def test_a_letter_is_claimed_by_one_sender_only(journal: Source) -> None:
    posted()

    mine = letters.claim("optique", "me", NOW, timedelta(minutes=5))
    theirs = letters.claim("optique", "they", NOW, timedelta(minutes=5))

    assert mine is not None
    assert mine.letter == letter()
    assert theirs is None
    assert letters.interrupted("optique", NOW, nobody) == []
    assert len(letters.interrupted("optique", NOW, lambda holder: holder == "me")) == 1
    assert len(letters.interrupted("optique", NOW + timedelta(minutes=6), nobody)) == 1


def test_what_readers_say_stands_beside_what_they_were_sent(journal: Source) -> None:
    id = posted()
    keep(item("a", journal))
    mine = letters.claim("optique", "me", NOW, timedelta(minutes=5))
    assert mine is not None
    letters.close(mine, "sent", NOW, "", NOW)
    vote = Vote("a" * 32, Say.NOT_FOR_ME, NOW, "technical")
    votes.keep(id, vote)
    subscribers.save("optique", [reader("ben@firme.example")])

    anna, ben = votes.heard("optique", NOW)
    later = votes.heard("optique", NOW + timedelta(days=1))

    assert (anna.letters, anna.said) == (1, ((vote, "Un lidar a pour la caméra"),))
    assert (ben.letters, ben.said) == (0, ())
    assert [(one.letters, one.said) for one in later] == [(0, ()), (0, ())]
    assert votes.heard("mode", NOW) == []


def test_a_letter_to_somebody_who_left_is_withdrawn(journal: Source) -> None:
    posted()
    subscribers.suppress("optique", "Anna@Firme.example", "asked", NOW)

    assert letters.claim("optique", "me", NOW, timedelta(minutes=5)) is None
    assert letters.counts("optique") == {"failed": 1}


def test_a_letter_whose_week_is_over_gives_its_stories_back(journal: Source) -> None:
    id = posted()

    assert letters.withdraw_late("optique", WEEK.last_on) == 0
    assert letters.withdraw_late("optique", WEEK.last_on + timedelta(days=1)) == 1

    assert letters.counts("optique") == {"late": 1}
    assert subscribers.told(id) == frozenset()
    assert letters.claim("optique", "me", NOW, timedelta(minutes=5)) is None


def test_only_its_holder_closes_a_letter(journal: Source) -> None:
    posted()
    mine = letters.claim("optique", "me", NOW, timedelta(minutes=5))
    assert mine is not None

    assert not letters.close(replace(mine, holder="they"), "sent", NOW, "", NOW)
    assert letters.close(mine, "queued", NOW, "451", NOW)
    assert not letters.close(mine, "sent", NOW, "", NOW)
    assert letters.waits("optique", NOW)


def test_one_mailbox_in_two_spellings_is_one_reader(journal: Source) -> None:
    saved = subscribers.save("optique", [reader(), reader("Anna@Firme.example")])

    assert (saved.added, saved.changed) == (1, 1)
    assert len(subscribers.every("optique")) == 1


def test_who_was_barred_can_be_allowed_again(journal: Source) -> None:
    posted()
    subscribers.suppress("optique", "anna@firme.example", "refused", NOW)

    assert subscribers.allow("optique", "anna@firme.example")

    assert not subscribers.is_suppressed("optique", "anna@firme.example")
    assert subscribers.every("optique")[0].is_active


def test_a_visit_made_while_the_clock_was_wrong_stops_no_other(journal: Source) -> None:
    year = timedelta(days=365)
    with writing():
        visits.record([Harvest(journal, NOW + year, Outcome.NEWS)], [NOW + year], {})

    assert len(stored.due(NOW)) == 1


def test_no_round_begins_while_another_of_its_kind_is_being_done(journal: Source) -> None:
    lease = timedelta(hours=6)
    assert slots.claim("", "collect", "1", "a", NOW, lease, nobody)

    assert not slots.claim("", "collect", "2", "b", NOW, lease, nobody)
    assert slots.claim("", "read", "2", "b", NOW, lease, nobody)
    assert slots.claim("", "collect", "2", "b", NOW, lease, lambda holder: holder == "a")


def test_an_opposition_outlives_removal_and_import(journal: Source) -> None:
    posted()
    subscribers.suppress("optique", "anna@firme.example", "asked", NOW)
    subscribers.remove("optique", "anna@firme.example")

    saved = subscribers.save("optique", [reader("ANNA@firme.example")])

    assert saved.suppressed == ("ANNA@firme.example",)
    assert subscribers.every("optique") == []


def test_who_is_proposed_has_a_basis_once_he_has_said_yes_and_answers_once(
    journal: Source,
) -> None:
    why = Basis("legitimate_interest", "salon de mars", date(2026, 11, 2))
    id = invitations.propose(reader("anna@firme.example"), why, NOW)
    [proposed] = subscribers.every("optique")
    assert (proposed.id, proposed.basis) == (id, None)
    assert list(invitations.unanswered("optique")) == [id]
    assert invitations.unanswered("mode") == {}

    chosen = replace(proposed, quota=4)
    assert invitations.confirm(chosen, "Je veux bien.", NOW, NOW.date())
    assert not invitations.confirm(replace(proposed, quota=9), "Autre.", NOW + HOUR, NOW.date())
    assert not invitations.refuse(proposed, NOW)

    [kept] = subscribers.every("optique")
    assert kept == replace(chosen, basis=Basis("consent", "salon de mars", NOW.date()))
    record = invitations.of(id)
    assert record is not None
    assert (record.basis, record.answer, record.answered_at) == (why, "confirmed", NOW)
    assert record.wording == "Je veux bien."
    assert invitations.unanswered("optique") == {}


def test_who_refuses_is_barred_and_who_is_barred_cannot_be_proposed(journal: Source) -> None:
    why = Basis("member", "liste", NOW.date())
    invitations.propose(reader("anna@firme.example"), why, NOW)
    [proposed] = subscribers.every("optique")

    assert invitations.refuse(proposed, NOW)
    assert not invitations.confirm(proposed, "Oui.", NOW, NOW.date())

    assert subscribers.is_suppressed("optique", "anna@firme.example")
    assert invitations.propose(reader("anna@firme.example"), why, NOW) == 0


def test_a_slot_is_done_once(journal: Source) -> None:
    slot = ("optique", "tell", "2026-11-19")
    assert slots.claim(*slot, "a", NOW, timedelta(minutes=5), nobody)
    assert not slots.claim(*slot, "b", NOW, timedelta(minutes=5), nobody)

    assert slots.finish(*slot, "a", NOW, Report("tell", {"sent": 3}))

    later = NOW + timedelta(days=1)
    assert not slots.claim(*slot, "b", later, timedelta(minutes=5), nobody)
    assert slots.last("optique")[0].counts == {"sent": 3}


def test_a_slot_whose_holder_died_is_taken_over_by_one(journal: Source) -> None:
    slot = ("optique", "read", "5")
    assert slots.claim(*slot, "dead", NOW, timedelta(minutes=5), nobody)

    assert slots.claim(*slot, "b", NOW, timedelta(minutes=5), lambda holder: holder == "dead")
    assert not slots.claim(*slot, "c", NOW, timedelta(minutes=5), lambda holder: holder == "dead")
    assert not slots.finish(*slot, "dead", NOW, Report("read"))


def test_the_same_perimeter_twice_is_one_version(journal: Source) -> None:
    assert perimeters.load("optique", "1.0", "texte", "", NOW) == 1
    assert perimeters.load("optique", "1.0", "texte", "", NOW) == 1
    assert perimeters.load("optique", "1.1", "autre", "", NOW) == 2
    assert perimeters.current("optique").text == "autre"


def test_an_unknown_cluster_is_refused_by_name(journal: Source) -> None:
    with pytest.raises(StoreError, match="“rien”: unknown; known: mode, optique"):
        clusters.get("rien")


def test_the_collection_is_counted_as_it_was(journal: Source) -> None:
    one, two = item("a", journal), item("b", journal)
    keep(one, two)
    read("optique", one, [tag(one, "lidar")])
    read("optique", two, [])
    with writing():
        visits.record([Harvest(journal, NOW, Outcome.FAILED, reason="timeout")], [NOW], {})

    found = figures.collection("optique", NOW - timedelta(days=9), NOW)

    assert (found.items, found.kept, found.stories, found.reviewed) == (2, 1, 2, 0)
    assert found.classifiers == ("phrases/1",)
    record = found.records[0]
    assert (record.visits, record.failures, record.items, record.kept) == (1, 1, 2, 1)
    assert record.reason == "timeout"


def test_kept_items_cite_the_site_of_their_page_and_those_in_their_own_words(
    journal: Source,
) -> None:
    letter, _ = sources.add("optique", Source(WebUrl("https://lettre.example/"), "Lettre"), NOW)
    elsewhere, _ = sources.add("mode", Source(WebUrl("https://mode.example/"), "Mode"), NOW)
    one = item("a", journal, cites=("labo.example", "pme.example"))
    let_fall = item("b", journal, cites=("nulle.example",))
    keep(one, let_fall, replace(one, source=letter.id), replace(one, source=elsewhere.id))
    read("optique", one, [tag(one, "lidar")])
    read("optique", let_fall, [])

    found = citations.kept("optique", NOW - timedelta(days=9))

    assert sorted((one.host, one.source, one.is_page) for one in found) == [
        ("journal.example", journal.id, True),
        ("journal.example", letter.id, True),
        ("labo.example", journal.id, False),
        ("pme.example", journal.id, False),
    ]
    assert list(citations.kept("optique", NOW)) == []
    assert list(citations.kept("mode", NOW - timedelta(days=9))) == []


def test_an_edited_item_cites_what_it_says_now(journal: Source) -> None:
    one = item("a", journal, cites=("labo.example",))
    keep(one)
    keep(replace(one, title="Autre titre", digest="c" * 32, cites=("pme.example",)))

    kept = items.by_key("optique", one.key)
    assert kept
    assert kept.cites == ("pme.example",)


def test_nothing_of_a_failed_transaction_stays(journal: Source) -> None:
    with pytest.raises(ValueError, match="stop"), writing():  # noqa: PT012 - a block is the subject
        items.keep([item("a", journal)], NOW)
        raise ValueError("stop")

    assert items.count() == 0


def test_what_waits_for_an_expert_is_what_he_has_not_called_done(journal: Source) -> None:
    unsure, sure, none = (item(key, journal) for key in "abc")
    keep(unsure, sure, none)
    read("optique", unsure, [tag(unsure, "lidar", 0.5)])
    read("optique", sure, [tag(sure, "lidar", 0.95)])
    since = NOW - timedelta(days=90)

    assert [one.key for one, _ in agenda.doubtful("optique", since, 9)] == [unsure.key]
    assert [one.key for one, _ in agenda.plain("optique", since, "c", 9)] == [unsure.key, sure.key]
    assert agenda.doubtful("mode", since, 9) == []

    done = review(unsure, "", Verdict.DONE)
    review_item("optique", done)

    assert agenda.doubtful("optique", since, 9) == []
    assert agenda.doubtful("optique", since, 9, done.reviewer) == []
    assert [one.key for one, _ in agenda.doubtful("optique", since, 9, 999)] == [unsure.key]


def test_an_agenda_knows_what_people_said_of_which_topics(journal: Source) -> None:
    one = item("a", journal)
    keep(one)
    corrected = review(one, "lidar", Verdict.CORRECT, instead="fibre")
    review_item("optique", corrected)
    review_item("optique", review(one, "", Verdict.DONE))

    assert agenda.counts("optique") == {
        (Axis.TECHNOLOGY, "lidar"): 1,
        (Axis.TECHNOLOGY, "fibre"): 1,
    }
    assert [found.key for found in agenda.reviewed("optique", 9)] == [one.key]
    assert [(said.topic, said.score) for said in agenda.said_by_people("optique")] == [
        ("lidar", 0.0),
        ("fibre", 1.0),
    ]
    assert {step[:2] for step in agenda.steps("optique", 9)} == {(corrected.reviewer, one.key)}


def test_what_a_person_said_since_then_is_set_aside_and_counts_again(journal: Source) -> None:
    early, late = item("a", journal), item("b", journal)
    keep(early, late)
    review_item("optique", replace(review(early, "lidar", Verdict.CONFIRM), said_at=NOW - HOUR))
    review_item("optique", review(late, "lidar", Verdict.REJECT))

    with writing():
        assert tags.set_aside("optique", "experte@labo.example", NOW, NOW + HOUR) == [late.key]

    assert tags.aside("optique") == [("experte@labo.example", 1, NOW)]
    assert [one.key for one, _story, _reviews in tags.reviewed("optique")] == [early.key]
    with writing():
        assert tags.set_aside("optique", "experte@labo.example", NOW, None) == [late.key]
    assert tags.aside("optique") == []
    assert len(tags.reviewed("optique")) == 2
