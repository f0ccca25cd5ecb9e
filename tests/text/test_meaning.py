"""Meaning: where texts lie, and that nothing a text may hold trips the model."""

from __future__ import annotations

from pickle import dumps, loads

import numpy as np
import pytest

from watch.text.meaning import Counted, Usem3, embedder

ODD = ["", "led", "LED " * 50_000, "ÉCLAIRAGE", "\U0001f4a1" * 40, "a\u200bb", "\ud800", "\x00"]


@pytest.fixture(scope="module", params=["installed", "counted"])
def model(request):
    return Counted() if request.param == "counted" else embedder()


def test_rows_follow_the_texts_and_have_the_size_that_is_said(model):
    rows = model.encode(["Un lidar pour voitures.", "A cake.", "Un lidar pour voitures."])

    assert rows.shape == (3, model.size)
    assert rows.dtype == np.float32
    assert np.allclose(rows[0], rows[2], atol=1e-5)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)


def test_no_text_trips_it(model):
    rows = model.encode(ODD)

    assert rows.shape == (len(ODD), model.size)
    assert np.isfinite(rows).all()


def test_a_model_that_came_with_two_tasks_is_one():
    one, other = (loads(dumps(Usem3())) for _ in range(2))

    assert one is other


def test_no_texts_are_no_rows(model):
    assert model.encode([]).shape == (0, model.size)


def test_texts_that_share_words_are_nearer_than_others(model):
    near, asked, far = model.encode(
        ["Fiber lasers cut steel.", "Steel is cut by fiber lasers.", "The choir sings on Sunday."]
    )

    assert near @ asked > far @ asked
