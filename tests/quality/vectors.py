"""An embedder that remembers: vectors of a measuring set are computed once a machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from watch.text.meaning import Embedder, embedder

_FOLDER = Path(os.environ.get("ZOOM_MARCHE_VECTORS", Path(tempfile.gettempdir()) / "zoom-vectors"))


class Remembering:
    """Vectors of another embedder, kept by the model's id and the digest of all texts asked."""

    def __init__(self, model: Embedder | None = None) -> None:
        self._model = model or embedder()
        self.id = self._model.id
        self.size = self._model.size
        self._known: dict[str, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a text, from memory, from a file, or from the model."""
        new = sorted({text for text in texts if text not in self._known})
        if new:
            self._known |= dict(zip(new, self._rows(new), strict=True))
        if not texts:
            return np.zeros((0, self.size), np.float32)
        return np.stack([self._known[text] for text in texts])

    def _rows(self, texts: list[str]) -> NDArray[np.float32]:
        digest = sha256("\0".join([self.id, *texts]).encode("utf-8", "replace")).hexdigest()
        file = _FOLDER / f"{digest[:32]}.npy"
        if file.exists():
            rows: NDArray[np.float32] = np.load(file, allow_pickle=False)
            return rows
        rows = self._model.encode(texts)
        _FOLDER.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}.npy")
        np.save(part, rows)
        part.replace(file)
        return rows
