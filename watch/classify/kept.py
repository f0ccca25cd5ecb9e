"""A learner -> the bytes of a file, and back: arrays and JSON, nothing that could run.

An archive of arrays as numpy writes it (NPZ), and in it one array of bytes that holds JSON. It is
read only where its digest is the one that was noted when it was written.
"""

from __future__ import annotations

import json
from dataclasses import astuple
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np

from watch.classify.learner import Learner
from watch.classify.linear import Weights
from watch.classify.scale import Scale
from watch.classify.thresholds import Thresholds
from watch.classify.vocabulary import Vocabulary
from watch.domain import Axis
from watch.errors import LearnerRefused

__all__ = ["from_bytes", "to_bytes"]

_FORM = "learner/1"


def to_bytes(learner: Learner) -> tuple[bytes, str]:
    """Return what a file is to hold, and its SHA-256 in hexadecimal digits."""
    about = {
        "form": _FORM,
        "topics": [[axis.value, id] for axis, id in learner.topics],
        "model": learner.model,
        "words": learner.vocabulary.known,
        "rarest": learner.vocabulary.rarest,
        "scale": astuple(learner.scale),
        "asked": learner.asked,
        "cuts": {axis.value: astuple(cut) for axis, cut in learner.cuts.items()},
    }
    written = BytesIO()
    np.savez(
        written,
        about=np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8),
        rarity=learner.vocabulary.rarity,
        background=learner.background,
        words=learner.weights.words,
        vectors=learner.weights.vectors,
        offsets=learner.weights.offsets,
        answers=learner.answers,
    )
    kept = written.getvalue()
    return kept, sha256(kept).hexdigest()


def from_bytes(kept: bytes, digest: str) -> Learner:
    """Return the learner of a file.

    Raises LearnerRefused where the bytes are not those of the digest, or hold no learner.
    """
    if sha256(kept).hexdigest() != digest:
        raise LearnerRefused("its file was changed since it was written")
    try:
        with np.load(BytesIO(kept), allow_pickle=False) as arrays:
            return _learner(arrays)
    except (BadZipFile, EOFError, KeyError, TypeError, UnicodeDecodeError, ValueError) as reason:
        raise LearnerRefused("its file holds no learner of this version") from reason


def _learner(arrays: Any) -> Learner:
    about = json.loads(arrays["about"].tobytes())
    if about["form"] != _FORM:
        raise ValueError(about["form"])
    topics = tuple((Axis(axis), id) for axis, id in about["topics"])
    words = Vocabulary(tuple(about["words"]), arrays["rarity"], about["rarest"])
    weights = Weights(arrays["words"], arrays["vectors"], arrays["offsets"])
    scale = Scale(*(tuple(numbers) for numbers in about["scale"]))
    cuts = {Axis(axis): Thresholds(*cut) for axis, cut in about["cuts"].items()}
    shape = len(words.known), len(topics)
    if weights.words.shape != shape or weights.offsets.shape != shape[1:]:
        raise ValueError(shape)
    asked, answers = tuple(about["asked"]), arrays["answers"]
    return Learner(
        topics, about["model"], words, arrays["background"], weights, scale, cuts, asked, answers
    )
