"""Topics known by their names alone, and texts that nobody has judged -> where each topic lies.

A name is one word where a text speaks of many. The texts nearest to it say more of what it means,
so each name is drawn towards those, and once more from there: naive Bayes learned by EM from texts
without labels (Nigam et al., Machine Learning 39, 2000), in a space of meanings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from watch.text.meaning import normal

__all__ = ["draw"]

Matrix = NDArray[np.float32]

# Cosines are close to each other: so much they are spread before shares are taken of them.
# 15 and 25, one step to three, are equal on sib200 and masakhanews within .02; more steps follow
# the texts away from the names.
_SPREAD = 25.0
_STEPS = 2


def draw(names: Matrix, texts: Matrix) -> Matrix:
    """Return where each topic lies, shape (n_topics, size), each row of length 1.

    `names` has that shape too, `texts` one row a text of length 1; without any text a topic lies
    where its name does.
    """
    places = names = normal(names)
    for _ in range(_STEPS if texts.size and names.size else 0):
        nearness = texts @ places.T * _SPREAD
        shares = np.exp(nearness - nearness.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        places = normal(names + normal(shares.T @ texts))
    return places
