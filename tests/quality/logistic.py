"""A penalised logistic regression, for the few weights that are fitted on development sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["fit"]

Numbers = NDArray[np.float64]


def fit(
    rows: Numbers, truth: NDArray[np.bool_], trust: Numbers, stiffness: float
) -> tuple[Numbers, float]:
    """Return one weight a column, and an offset, by Newton's steps.

    What a weight costs is measured in deviations of its column, so that units do not matter.
    """
    mean, spread = rows.mean(0), np.maximum(rows.std(0), 1e-9)
    x = np.column_stack([np.ones(len(rows)), (rows - mean) / spread])
    stiff = np.array([1e-6, *np.full(rows.shape[1], stiffness)])
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (trust * (p - truth)) + stiff * weights
        curve = (x * (trust * p * (1 - p))[:, None]).T @ x + np.diag(stiff)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    plain = weights[1:] / spread
    return plain, float(weights[0] - plain @ mean)
