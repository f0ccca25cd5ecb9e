"""Keeping a source: a new one is added, one that is there is changed, and what changed is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from shlex import quote

from watch.cli.desk import _, agreed, now, say
from watch.cli.lines import paragraph
from watch.domain import Source
from watch.errors import Problem, SourceRefused

__all__ = ["ask_for_others", "change", "keep"]


def keep(cluster: str, address: str, wished: Source, every: timedelta | None) -> None:
    """Add a source that was typed as `address`, or let the one that is there be as wished.

    A page that was noted without a recipe becomes what its address turned out to offer.
    """
    from watch.store import sources

    noted = sources.find(cluster, address)
    known = sources.find(cluster, wished.url) or (noted if noted and _is_bare(noted) else None)
    if known and (known.kind, known.options) != (wished.kind, wished.options):
        change(known, replace(
            known, url=wished.url, kind=wished.kind, options=wished.options,
            every=every or known.every,
        ), cluster)  # fmt: skip
        return
    added, is_new = sources.add(cluster, replace(wished, every=every or wished.every), now())
    sentence = _("added: {name}") if is_new else _("was there already: {name}")
    say(sentence.format(name=added.name) + f"  ({added.url})")
    if is_new:
        told = _("It is visited when the collection next runs; now, with `zoom-marche collect`.")
        paragraph(told)
    if (added.kind, added.options) != (wished.kind, wished.options):
        told = _(
            "Another cluster visits it already, in its own way. To change it for both: {command}"
        )
        paragraph(told.format(command=_command(added, wished)))


def _is_bare(source: Source) -> bool:
    return source.kind == "page" and not source.options


def change(known: Source, wished: Source, cluster: str, *, is_agreed: bool = False) -> None:
    """Let a source be as wished; say what changed, and how to have it back.

    Where other clusters visit it too, it changes for them as well: that is asked first.
    """
    from watch.store import sources

    if known != wished and not is_agreed:
        ask_for_others(known, cluster)
    if not sources.change(known.id, wished, now()):
        raise SourceRefused(
            Problem(
                wished.url,
                _("another source has this address"),
                _("see `zoom-marche source list`; remove one of them"),
            )
        )
    say(_("changed: {name}").format(name=wished.name))
    before, after = _told(known), _told(wished)
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            said = f"{before.get(name) or '–'} → {after.get(name) or '–'}"
            say("  " + _("{name}: {said}").format(name=name, said=said))
    if before != after:
        say(_("To have it back: {command}").format(command=_command(wished, known)))
    else:
        say("  " + _("nothing that differs"))


def ask_for_others(source: Source, cluster: str) -> None:
    """Go on only where a change for the other clusters that visit a source is agreed to.

    Raises SourceRefused where it is not.
    """
    from watch.store import sources

    others = ", ".join(sources.others(cluster, source.id))
    if others:
        paragraph(_("Visited by other clusters too: {names}.").format(names=others))
        if not agreed(_("Shall it change for them as well?")):
            raise SourceRefused(Problem(source.name, _("nothing was changed"), ""))


def _told(source: Source) -> dict[str, str]:
    """Return what an officer may change of a source, by the words for it."""
    return {
        _("name"): source.name, _("address"): source.url, _("kind"): source.kind,
        _("language"): source.language,
        _("hours"): f"{source.every.total_seconds() / 3600:g}",
        **source.options,
    }  # fmt: skip


def _command(now_is: Source, then: Source) -> str:
    """Return the command that makes a source what it was."""
    from watch.sources.spelled import without_settings

    words = ["zoom-marche source edit", str(now_is.id)]
    if without_settings(then) != without_settings(now_is):
        words.append(f"--address {quote(without_settings(then))}")
    if then.name != now_is.name:
        words.append(f"--name {quote(then.name)}")
    if then.language != now_is.language:
        words.append(f"--language {quote(then.language)}")
    if then.every != now_is.every:
        words.append(f"--every {then.every.total_seconds() / 3600:g}")
    if then.kind != now_is.kind:
        words.append(f"--kind {then.kind}")
    words += [
        f"--set {name}={quote(then.options.get(name, ''))}"
        for name in dict.fromkeys([*now_is.options, *then.options])
        if now_is.options.get(name) != then.options.get(name)
    ]
    return " ".join(words)
