"""Vectors: where each item lies in a model's space of meanings, worked out once for all who ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import connection

from watch.store import models

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["keep", "of"]

# A bound of one statement's parameters, below that of every database.
_AT_ONCE = 10_000


def keep(model: str, rows: Sequence[tuple[int, bytes]]) -> None:
    """Keep (number in the store, numbers as float16) of items; inside `transaction.writing`.

    `model` is the id of the embedder. An item has one vector: that of another model, or of the
    words that it had before, is replaced.
    """
    with connection.cursor() as cursor:
        cursor.executemany(_KEEP, [(id, model, numbers) for id, numbers in rows])


_KEEP = (
    "INSERT INTO store_vector (item_id, model, numbers) VALUES (%s, %s, %s)"
    " ON CONFLICT (item_id) DO UPDATE SET model = excluded.model, numbers = excluded.numbers"
)


def of(keys: Sequence[str], model: str, size: int) -> NDArray[np.float32]:
    """Return one row an item, in the order of its key, shape (n_keys, size).

    A row is all zeros where no vector of this model is kept: of an item from before there was
    one, or not yet enriched.
    """
    # Not before it is needed: it takes 5 MB, and a process that collects asks for no vector.
    import numpy as np

    found = np.zeros((len(keys), size), np.float32)
    place = {key: at for at, key in enumerate(keys)}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        rows = models.Vector.objects.filter(item__key__in=some, model=model)
        for key, numbers in rows.values_list("item__key", "numbers"):
            found[place[key]] = np.frombuffer(numbers, np.float16)
    return found
