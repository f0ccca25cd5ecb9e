"""`subscriber`: who gets letters. `person`: who signs in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click

from watch.cli.desk import (
    LANGUAGE,
    _,
    as_json,
    chosen_cluster,
    cluster_option,
    counted_in,
    json_option,
    now,
    open_store,
    perimeter_of,
    say,
    say_problems,
)  # fmt: skip
from watch.cli.lazy import Lazy
from watch.cli.lines import paragraph
from watch.domain import Rhythm, Say
from watch.errors import Problem, WatchError
from watch.routing.columns import WEEKDAYS, alerts_of, hour_of, weekday_of
from watch.text.words import fold

__all__ = ["person", "subscriber"]


@click.group(cls=Lazy, places={"propose": "propose"}, help=_("The readers of the letters."))
def subscriber() -> None:
    """Group the commands of subscribers."""


@subscriber.command("import", help=_("Add or change readers from a CSV; good lines are kept."))
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar=_("FILE")
)
@cluster_option
def import_members(file: Path, slug: str) -> None:
    """Import members."""
    open_store()
    from watch.rounds.calendar import today
    from watch.routing.members import read_members
    from watch.store import subscribers

    cluster = chosen_cluster(slug)
    found = read_members(
        file.read_bytes(),
        perimeter_of(cluster.slug),
        cluster.slug,
        today(now(), cluster.timezone),
        LANGUAGE,
        subscribers.every(cluster.slug),
    )
    saved = subscribers.save(cluster.slug, found.subscribers)
    say(
        _("{added} added, {changed} changed, {refused} lines with a remark").format(
            added=saved.added,
            changed=saved.changed,
            refused=len(found.problems) + len(saved.suppressed),
        )
    )
    say_problems(found.problems)
    say_problems(
        _("{email}: not to be written to (asked, or refused by the mailbox); left out").format(
            email=email
        )
        for email in saved.suppressed
    )


@subscriber.command("list", help=_("List the readers of a cluster."))
@cluster_option
@json_option
def list_members(slug: str, is_json: bool) -> None:
    """List members."""
    open_store()
    from watch.store import invitations, subscribers

    slug = chosen_cluster(slug).slug
    found, asked = subscribers.every(slug), invitations.unanswered(slug)
    if is_json:
        as_json(found)
        return
    for one in sorted(found, key=lambda one: fold(one.firm)):
        topics = ", ".join(interest.topic for interest in one.interests)
        state = "" if one.is_active and one.basis else _(" (is not written to)")
        if one.id in asked and one.is_active and not one.basis:
            state = _(" (proposed, has not answered yet)")
        say(f"{one.firm:30}  {one.email:35}  {one.language}  {topics}{state}")


@subscriber.command(help=_("Show what readers said of their letters, firm by firm."))
@click.option(
    "--days",
    default=28,
    show_default=True,
    type=click.IntRange(1, 1100),
    help=_("Of the last so many days."),
)
@cluster_option
@json_option
def votes(days: int, slug: str, is_json: bool) -> None:
    """Show the readers' opinions."""
    open_store()
    from watch.store import votes as store
    from watch.web import wording

    found = store.heard(chosen_cluster(slug).slug, now() - timedelta(days=days))
    if is_json:
        as_json(found)
        return
    said = [vote.say for one in found for vote, _title in one.said]
    say(
        _("In {days} days – letters: {letters}, readers: {readers}; {votes}").format(
            days=days,
            letters=sum(one.letters for one in found),
            readers=sum(one.letters > 0 for one in found),
            votes=_opinions(said),
        )
    )
    for one in sorted(found, key=lambda one: fold(one.firm)):
        say("")
        state = "" if one.is_active else _(" (is not written to)")
        say(f"{one.firm or one.email}{state}")
        told = counted_in(one.letters, _("{count} letter"), _("{count} letters"))
        say(f"  {told}, {_opinions([vote.say for vote, _title in one.said])}")
        for vote, title in one.said:
            if vote.say in {Say.NOT_FOR_ME, Say.DIG} and title:
                why = f" ({wording.reason(vote.reason, LANGUAGE)})" if vote.reason else ""
                name = f"{wording.say(vote.say, LANGUAGE)}{why}"
                paragraph(_("{name}: {said}").format(name=name, said=title), "  - ")


def _opinions(said: Sequence[Say]) -> str:
    """Return how often each thing was said, in words."""
    from watch.web.wording import say as words

    counts = Counter(said)
    told = [
        _("{name}: {said}").format(name=words(one, LANGUAGE).lower(), said=counts[one])
        for one in Say
        if counts[one]
    ]
    return ", ".join(told) or _("no opinion yet")


@subscriber.command(help=_("Set when a reader's letters come, as he told you."))
@click.argument("email", metavar=_("EMAIL"))
@click.option("--rhythm", type=click.Choice([one.value for one in Rhythm]), help=_("How often."))
@click.option("--weekday", type=click.Choice([*WEEKDAYS, "cluster"]), help=_("On which day."))
@click.option("--hour", help=_("From which full hour on, as 8; `cluster` is the cluster's own."))
@click.option("--alerts", "kinds", help=_("Between two letters: deadline, competitor, yes or no."))
@cluster_option
def wish(
    email: str, rhythm: str | None, weekday: str | None, hour: str | None, kinds: str | None,
    slug: str,
) -> None:  # fmt: skip
    """Set a reader's wishes; what is not given stays."""
    open_store()
    from watch.store import subscribers

    cluster = chosen_cluster(slug)
    reader = subscribers.find_by_address(cluster.slug, email)
    if reader is None:
        raise WatchError(
            Problem(email, _("there is no such reader"), _("see `zoom-marche subscriber list`"))
        )
    if hour not in {None, "cluster"} and hour_of(hour or "") is None:
        raise WatchError(Problem("--hour", _("this is no full hour"), _("write for example 8")))
    alerts = reader.alerts if kinds is None else alerts_of(kinds)
    if alerts is None:
        what = _("this is no kind of alert")
        raise WatchError(Problem("--alerts", what, _("write for example deadline,competitor")))
    wished = replace(
        reader,
        alerts=alerts,
        rhythm=Rhythm(rhythm) if rhythm else reader.rhythm,
        weekday=weekday_of(weekday) if weekday else reader.weekday,
        hour=hour_of(hour) if hour else reader.hour,
    )
    subscribers.wish(wished)
    say(
        _("{email}: {rhythm}, day: {day}, hour: {hour}, alerts: {alerts}").format(
            email=email,
            rhythm=wished.rhythm.value,
            day=_("the cluster’s") if wished.weekday is None else WEEKDAYS[wished.weekday],
            hour=_("the cluster’s") if wished.hour is None else wished.hour,
            alerts=", ".join(wished.alerts) or _("none"),
        )
    )


@subscriber.command(help=_("Forget a reader, --for-good: never write there again."))
@click.argument("email", metavar=_("EMAIL"))
@click.option(
    "--for-good",
    is_flag=True,
    help=_("Keep a hash of the address, so that no import brings it back."),
)
@cluster_option
def remove(email: str, for_good: bool, slug: str) -> None:
    """Remove a member."""
    open_store()
    from watch.store import subscribers

    cluster = chosen_cluster(slug)
    if for_good:
        subscribers.suppress(cluster.slug, email, "asked", now())
    was_there = subscribers.remove(cluster.slug, email)
    if not was_there and not for_good:
        raise WatchError(
            Problem(email, _("there is no such reader"), _("see `zoom-marche subscriber list`"))
        )
    say(_("removed: {name}").format(name=email))


@subscriber.command(help=_("Write again to an address that was barred, at its owner's wish."))
@click.argument("email", metavar=_("EMAIL"))
@cluster_option
def allow(email: str, slug: str) -> None:
    """Allow a barred address again."""
    open_store()
    from watch.store import subscribers

    cluster = chosen_cluster(slug)
    if not subscribers.allow(cluster.slug, email):
        raise WatchError(Problem(email, _("this address was not barred"), ""))
    say(_("{email} may be written to again.").format(email=email))


@click.group(help=_("People who sign in: officers, experts, readers."))
def person() -> None:
    """Group the commands of people."""


@person.command(help=_("Let somebody sign in; asks for a password."))
@click.argument("email", metavar=_("EMAIL"))
@click.option("--name", default="", help=_("As others see it."))
@click.option(
    "--role",
    type=click.Choice(["officer", "expert", "reader"]),
    default="reader",
    show_default=True,
    help=_("What the person may do; an officer may do all."),
)
@click.option(
    "--college",
    type=click.Choice(["industry", "academia", "staff"]),
    default="staff",
    show_default=True,
    help=_("For whom the person speaks in a review."),
)
@click.password_option(help=_("At least 10 characters; asked for if left out."))
@cluster_option
def add(email: str, name: str, role: str, college: str, password: str, slug: str) -> None:
    """Add a person."""
    open_store()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from watch.store import people

    cluster = chosen_cluster(slug)
    if "@" not in email.strip("@"):
        raise WatchError(
            Problem(
                email, _("this is no e-mail address"), _("write for example watch@cluster.example")
            )
        )
    try:
        validate_password(password)
    except ValidationError as reason:
        raise WatchError(
            Problem(
                "--password",
                _("this password is too short or too common"),
                _("choose at least 10 characters, for example four words"),
            )
        ) from reason
    people.add(cluster.slug, email.casefold(), name, people.Role(role), college, password)
    say(_("{email} may sign in as {role}.").format(email=email, role=role))


@person.command("list", help=_("List who may sign in."))
@cluster_option
@json_option
def list_people(slug: str, is_json: bool) -> None:
    """List people."""
    open_store()
    from watch.store import people

    found = people.members(chosen_cluster(slug).slug)
    if is_json:
        as_json(found)
        return
    for one in found:
        say(f"{one.username:35}  {one.role:8}  {one.college:9}  {one.name}")


@person.command("remove", help=_("Let somebody sign in no more."))
@click.argument("email", metavar=_("EMAIL"))
@cluster_option
def remove_person(email: str, slug: str) -> None:
    """Remove a person."""
    open_store()
    from watch.store import people

    cluster = chosen_cluster(slug)
    if not people.remove(cluster.slug, email.casefold()):
        raise WatchError(Problem(email, _("there is no such person"), ""))
    say(_("removed: {name}").format(name=email))
