import gzip
import json

from tests.shared import shared
from watch.text.language import language


def test_the_text_speaks_before_its_source():
    assert language("Un nouveau capteur mesure la distance", hint="en") == "fr"
    assert language("A new sensor measures the distance", hint="fr-FR") == "en"


def test_a_name_or_a_number_has_the_language_of_its_source():
    assert language("LIDAR X200", hint="en-GB") == "en"
    assert language("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", hint="fr") == "fr"
    assert language("") == language("2026") == language("Exail", hint="not a code") == ""


def test_a_longer_text_may_be_in_a_neighbours_language():
    text = "O novo laser de fibra permite medir distâncias com grande precisão em ambientes"

    assert language(text, hint="fr") == "pt"


def test_another_script_is_another_language():
    assert language("Новый лазер измеряет расстояния точно", hint="fr") == "ru"
    assert language("新型激光雷达可以精确测量距离并且非常便宜而且小巧玲珑", hint="fr") == "zh"


def test_a_hint_outside_the_known_languages_is_no_obstacle():
    assert language("Un nouveau capteur mesure la distance", hint="xx") == "fr"


def test_short_texts_hold_their_floor():
    with gzip.open(shared("data", "lang-titles", "titles.jsonl.gz"), "rt") as file:
        rows = [json.loads(line) for line in file]
    right = sum(language(row["text"]) == row["lang"] for row in rows)

    assert right / len(rows) >= 0.99
