"""Groups are joined by the average of what their pairs score, the best two first."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

__all__ = ["linked"]

Places = NDArray[np.intp]

# What a pair scores that nobody looked at: two items that share next to nothing.
_UNSEEN = -8.0


def linked(
    pairs: tuple[Places, Places, NDArray[np.float64]],
    sizes: Sequence[int],
    is_fixed: NDArray[np.bool_],
    least: float,
) -> Places:
    """Return for each group the one that it ends up in, which is a fixed one where there is one.

    `pairs` holds two groups and a score for each pair of members that was looked at; a group has
    so many members. The two groups with the best average, of at least `least`, are joined again
    and again; two fixed ones never are. Of equal scores the groups with the lower numbers win, so
    that the order of the pairs does not matter. Source: UPGMA, Sokal and Michener (1958).
    """
    count = list(sizes)
    root = np.arange(len(count))
    sums = _sums(pairs, sizes, least)

    def average(one: int, other: int) -> float:
        score, seen = sums[one][other]
        return (score + _UNSEEN * (count[one] * count[other] - seen)) / (count[one] * count[other])

    heap = [
        (-average(one, other), one, other)
        for one, others in sums.items()
        for other in others
        if one < other and average(one, other) >= least
    ]
    heapify(heap)
    while heap:
        score, one, other = heappop(heap)
        if other not in sums.get(one, ()) or -score != average(one, other):
            continue
        if is_fixed[one] and is_fixed[other]:
            continue
        kept, gone = (other, one) if is_fixed[other] else (one, other)
        del sums[gone][kept], sums[kept][gone]
        for third, (more, seen) in sums.pop(gone).items():
            had = sums[kept].get(third, (0.0, 0))
            sums[kept][third] = sums[third][kept] = had[0] + more, had[1] + seen
            del sums[third][gone]
        count[kept] += count[gone]
        root[root == gone] = kept
        for third in sums[kept]:
            if (again := average(kept, third)) >= least:
                heappush(heap, (-again, min(kept, third), max(kept, third)))
    return root


def _sums(
    pairs: tuple[Places, Places, NDArray[np.float64]], sizes: Sequence[int], least: float
) -> dict[int, dict[int, tuple[float, int]]]:
    """Return for each two groups, both ways, the sum of their scores and of how many.

    A group that is near to no other is left out: it is not nearer to two of them together.
    """
    low, high = np.minimum(pairs[0], pairs[1]), np.maximum(pairs[0], pairs[1])
    order = np.lexsort((pairs[2], high, low))
    low, high, scores = low[order], high[order], pairs[2][order]
    is_first = np.ones(len(low), bool)
    is_first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    starts = np.flatnonzero(is_first)
    seen = np.diff(starts, append=len(low))
    total = np.add.reduceat(scores, starts) if len(starts) else scores
    one, other = low[starts], high[starts]
    area = np.asarray(sizes, np.int64)[one] * np.asarray(sizes, np.int64)[other]
    is_near = total + _UNSEEN * (area - seen) >= least * area
    has_near = np.zeros(len(sizes), bool)
    has_near[one[is_near]] = has_near[other[is_near]] = True
    kept = has_near[one] & has_near[other]
    sums: dict[int, dict[int, tuple[float, int]]] = {}
    columns = (one[kept], other[kept], total[kept], seen[kept])
    for a, b, score, times in zip(*(column.tolist() for column in columns), strict=True):
        sums.setdefault(a, {})[b] = sums.setdefault(b, {})[a] = score, times
    return sums
