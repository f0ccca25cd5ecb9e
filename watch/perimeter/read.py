"""A cahier des charges is read: in comes YAML, out comes a `Perimeter` or every problem.

Schema perimeter/1, with its keys in the order of the file, stands in `_KEYS` and `_TOPIC_KEYS`.
"""

from __future__ import annotations

import re

from watch.domain import Axis, Perimeter, Places, Question, Topic
from watch.errors import PerimeterError
from watch.perimeter.check import note_words
from watch.perimeter.desk import Desk
from watch.text.plain_yaml import Node, compose, decode

__all__ = ["CADENCES", "SCHEMA", "decode", "read"]

SCHEMA = "perimeter/1"

CADENCES = (
    "daily",
    "weekly",
    "fortnightly",
    "monthly",
    "quarterly",
    "twice_a_year",
    "yearly",
)
CHORES = ("collect", "digest", "zoom", "workshop")
SCHEMES = ("cpc", "cpv", "naf", "arxiv")

_NEEDED = ("schema", "id", "version", "label", "languages", "markets", "technologies")
_KEYS = (
    "schema",
    "id",
    "version",
    "label",
    "purpose",
    "languages",
    "geography",
    "horizon_months",
    "cadence",
    "questions",
    "out_of_scope",
    "markets",
    "technologies",
)
_TOPIC_KEYS = (
    "id",
    "label",
    "definition",
    "terms",
    "weak",
    "case_sensitive",
    "exclude",
    "codes",
    "examples",
)
_COUNTRY = re.compile(r"[A-Z]{2}")
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


def read(text: str, name: str = "perimeter.yaml", language: str = "fr") -> Perimeter:
    """Return the perimeter that a text writes.

    `name` stands in the messages, which are in `language`. Every value is taken as it is written:
    `NO` is Norway, `1.10` a version. The status of codes ("to_check") stays in the text alone.
    Raises PerimeterError with every problem found, in the order of its lines; a broken form
    (a bracket never closed) ends the reading there.

    >>> read("", "essai.yaml", "en")
    Traceback (most recent call last):
    watch.errors.PerimeterError: essai.yaml, line 1: the file is empty
    """
    desk = Desk(name, language)
    text = text.removeprefix("\ufeff")
    root, faults = compose(text, desk.say)
    desk.note_faults(faults)
    if root is not None and root.kind != "pairs":
        desk.note(
            root.line,
            "",
            desk.say("this is not a perimeter"),
            desk.say("begin with “schema: perimeter/1”"),
        )
        root = None
    perimeter = _perimeter(root, text, desk) if root is not None else None
    if perimeter is None or desk.problems:
        raise PerimeterError(*desk.in_order())
    return perimeter


def _perimeter(root: Node, text: str, desk: Desk) -> Perimeter:
    desk.fields(root, "", _KEYS, _NEEDED)
    desk.choice(root.get("schema"), "", "schema", (SCHEMA,))
    languages = desk.languages(root.get("languages"))
    if not languages and "languages" in root.pairs:
        desk.note(
            root.pairs["languages"][0].line,
            "",
            desk.say("“{key}” is empty").format(key="languages"),
            desk.say("write for example {example}").format(example="languages: [fr, en]"),
        )
    return Perimeter(
        id=desk.identifier(root.get("id"), ""),
        version=desk.text(root.get("version"), "", "version", 40),
        label=desk.texts(root.get("label"), "", "label", languages),
        purpose=desk.texts(root.get("purpose"), "", "purpose"),
        languages=languages,
        topics=(
            *_topics(root, "markets", Axis.MARKET, languages, desk),
            *_topics(root, "technologies", Axis.TECHNOLOGY, languages, desk),
        ),
        places=_places(root.get("geography"), desk),
        horizon_months=desk.number(root.get("horizon_months"), "", "horizon_months", 1, 240)
        if "horizon_months" in root.pairs
        else 36,
        cadence=_cadence(root.get("cadence"), desk),
        questions=_questions(root.get("questions"), desk),
        out_of_scope=desk.terms(root.get("out_of_scope"), "", "out_of_scope"),
        written=text,
    )


def _places(node: Node | None, desk: Desk) -> Places:
    if node is None or not desk.is_pairs(node, "", "geography"):
        return Places()
    desk.fields(node, "geography", ("home", "near", "world"), ())
    home = node.get("home")
    country: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    if home is not None and desk.is_pairs(home, "", "home"):
        desk.fields(home, "geography", ("country", "regions"), ())
        word = desk.text(home.get("country"), "geography", "country")
        country = (word,) if word else ()
        regions = desk.words(home.get("regions"), "geography", "regions")
        _note_codes(home.get("country"), country, _COUNTRY, "FR", desk)
        _note_codes(home.get("regions"), regions, _REGION, "FR-IDF", desk)
    near = desk.words(node.get("near"), "geography", "near")
    world = desk.words(node.get("world"), "geography", "world")
    _note_codes(node.get("near"), near, _COUNTRY, "DE", desk)
    _note_codes(node.get("world"), world, _COUNTRY, "US", desk)
    return Places(country[0] if country else "", regions, near, world)


def _note_codes(
    node: Node | None, codes: tuple[str, ...], form: re.Pattern[str], example: str, desk: Desk
) -> None:
    for code in codes:
        if node is not None and not form.fullmatch(code):
            desk.note(
                node.line,
                "geography",
                desk.say("“{code}” is not an ISO 3166 code").format(code=code),
                desk.say("write capital letters, as in {example}").format(example=example),
            )


def _cadence(node: Node | None, desk: Desk) -> dict[str, str]:
    if node is None or not desk.is_pairs(node, "", "cadence"):
        return {}
    desk.fields(node, "", CHORES, ())
    rhythms = {
        chore: desk.choice(node.get(chore), "", chore, CADENCES)
        for chore in node.pairs
        if chore in CHORES
    }
    return {chore: rhythm for chore, rhythm in rhythms.items() if rhythm}


def _questions(node: Node | None, desk: Desk) -> tuple[Question, ...]:
    questions = []
    for element in desk.elements(node, "", "questions"):
        if not desk.is_pairs(element, "", "questions", '{id: q1, fr: "..."}'):
            continue
        if "id" not in element.pairs:
            desk.fields(element, "", tuple(element.pairs), ("id",))
        name = desk.identifier(element.get("id"), "")
        place = desk.say("question “{id}”").format(id=name)
        texts = Node("pairs", element.line, element.start, element.end)
        texts.pairs = {key: pair for key, pair in element.pairs.items() if key != "id"}
        if not texts.pairs:
            desk.note(
                element.line,
                place,
                desk.say("the question has no text"),
                desk.say("write for example {example}").format(
                    example=f'{{id: {name}, fr: "..."}}'
                ),
            )
        questions.append((element, Question(name, desk.texts(texts, place, "questions"))))
    _note_doubles([(element, question.id) for element, question in questions], desk)
    return tuple(question for _, question in questions)


def _topics(
    root: Node, key: str, axis: Axis, languages: tuple[str, ...], desk: Desk
) -> list[Topic]:
    node = root.get(key)
    found = [
        (element, _topic(element, axis, languages, desk))
        for element in desk.elements(node, "", key)
        if desk.is_pairs(element, "", key, "{id: ..., label: {fr: ...}, terms: {fr: [..., ...]}}")
    ]
    if node is not None and node.kind == "list" and not node.items:
        desk.note(
            root.pairs[key][0].line,
            "",
            desk.say("“{key}” is empty").format(key=key),
            desk.say("describe at least one topic"),
        )
    _note_doubles([(element, topic.id) for element, topic in found], desk)
    return [topic for _, topic in found]


def _topic(node: Node, axis: Axis, languages: tuple[str, ...], desk: Desk) -> Topic:
    known = node.get("id")
    name = known.text if known is not None else "?"
    spoken = desk.say("market “{id}”") if axis is Axis.MARKET else desk.say("technology “{id}”")
    place = spoken.format(id=name)
    desk.fields(node, place, _TOPIC_KEYS, ("id", "label", "terms"))
    examples_for, examples_against = _examples(node.get("examples"), place, desk)
    topic = Topic(
        axis=axis,
        id=desk.identifier(known, place),
        label=desk.texts(node.get("label"), place, "label", languages),
        definition=desk.texts(node.get("definition"), place, "definition"),
        terms=desk.terms(node.get("terms"), place, "terms", languages),
        weak=desk.terms(node.get("weak"), place, "weak"),
        case_sensitive=desk.words(node.get("case_sensitive"), place, "case_sensitive"),
        exclude=desk.terms(node.get("exclude"), place, "exclude"),
        codes=_codes(node.get("codes"), place, desk),
        examples_for=examples_for,
        examples_against=examples_against,
    )
    note_words(node, topic, place, desk)
    return topic


def _codes(node: Node | None, place: str, desk: Desk) -> dict[str, tuple[str, ...]]:
    if node is None or not desk.is_pairs(node, place, "codes"):
        return {}
    desk.fields(node, place, ("status", *SCHEMES), ())
    desk.choice(node.get("status"), place, "status", ("to_check", "checked"))
    codes = {
        scheme: desk.words(node.get(scheme), place, scheme)
        for scheme in node.pairs
        if scheme in SCHEMES
    }
    return {scheme: words for scheme, words in codes.items() if words}


def _examples(node: Node | None, place: str, desk: Desk) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if node is None or not desk.is_pairs(node, place, "examples"):
        return (), ()
    desk.fields(node, place, ("pos", "neg"), ())
    sentences = [
        tuple(
            sentence
            for element in desk.elements(node.get(key), place, key)
            if (sentence := desk.text(element, place, key))
        )
        for key in ("pos", "neg")
    ]
    return sentences[0], sentences[1]


def _note_doubles(found: list[tuple[Node, str]], desk: Desk) -> None:
    """Note every id that two elements of one list share."""
    first: dict[str, int] = {}
    for element, name in found:
        if name in first:
            desk.note(
                element.line,
                "",
                desk.say("the id “{id}” is already used at line {line}").format(
                    id=name, line=first[name]
                ),
                desk.say("give each its own id"),
            )
        elif name:
            first[name] = element.line
