"""A body as it comes in, unpacked in bounded pieces: what is too much ends the visit at once."""

from __future__ import annotations

import zlib

from watch.domain import Manners
from watch.sources.health import VisitFailed

_PIECE = 262_144
_RATIO_FROM = 1_000_000
# Members of one gzip stream: servers send one, some rotating caches a few.
_MOST_MEMBERS = 100
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class Unpacking:
    """One body. Sizes in bytes; `Manners.most_bytes` bounds the wire and the unpacked alike."""

    def __init__(self, manners: Manners, is_packed: bool) -> None:
        self._manners = manners
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB) if is_packed else None
        self._parts: list[bytes] = []
        self._wire = self._size = 0
        self._members = 1

    def take(self, piece: bytes) -> None:
        """Add what came in; raise `VisitFailed` (too_large, bad_encoding)."""
        self._wire += len(piece)
        if self._wire > self._manners.most_bytes:
            raise VisitFailed("too_large", f"more than {self._manners.most_bytes} bytes", 200)
        if self._stream is None:
            self._parts.append(piece)
            return
        try:
            self._inflate(piece)
        except zlib.error as error:
            raise VisitFailed("bad_encoding", f"not gzip: {error}", 200) from error

    def body(self) -> bytes:
        """Return all that came in, unpacked."""
        return b"".join(self._parts)

    def is_whole(self) -> bool:
        """Return whether a packed body came to its own end."""
        return self._stream is None or self._stream.eof or not self._wire

    def _inflate(self, piece: bytes) -> None:
        assert self._stream is not None
        while piece:
            self._keep(self._stream.decompress(piece, _PIECE))
            piece = self._stream.unconsumed_tail
            if self._stream.eof:
                piece = self._stream.unused_data.lstrip(b"\0")
                if piece:
                    self._next_member()

    def _next_member(self) -> None:
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise VisitFailed("bad_encoding", f"more than {_MOST_MEMBERS} gzip members", 200)
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)

    def _keep(self, unpacked: bytes) -> None:
        self._parts.append(unpacked)
        self._size += len(unpacked)
        if self._size > self._manners.most_bytes:
            raise VisitFailed("too_large", f"unpacks to over {self._manners.most_bytes} bytes", 200)
        if self._size > max(_RATIO_FROM, self._manners.most_ratio * self._wire):
            raise VisitFailed("too_large", f"{self._wire} bytes unpack to {self._size}", 200)
