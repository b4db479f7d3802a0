"""The body of a push, bounded while it comes: in bytes, in what it unpacks to, in time."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

from streams.basics import limits
from streams.sources.pushed import Refused

_STEP: Final = 65_536
_BITE: Final = 4_096  # after each member what is left is copied, and there may be thousands of empty ones
_ENCODINGS: Final = ("", "identity", "gzip")


async def body_of(chunks: AsyncIterator[bytes], encoding: str, hold: Callable[[int], None]) -> bytes:
    """All of it. Raises `Refused`. `hold` hears of every piece that is kept and may raise too."""
    name = encoding.strip().lower()
    if name not in _ENCODINGS:
        raise Refused(415, f"content encoding {name[:40]!r} is not read: send gzip or none")
    unpacker = _Gzip() if name == "gzip" else None
    parts, taken, made = [], 0, 0
    async for chunk in chunks:
        taken += len(chunk)
        _bound(taken, "the body")
        for piece in unpacker.feed(chunk) if unpacker else (chunk,):
            made += len(piece)
            _bound(made, "the unpacked body")
            hold(len(piece))
            parts.append(piece)
    if unpacker and not unpacker.whole:
        raise Refused(400, "the gzip body is cut short: send all of it")
    return b"".join(parts)


def _bound(size: int, what: str) -> None:
    if size > limits.PAGE_BYTES:
        raise Refused(413, f"{what} has more than {limits.PAGE_BYTES} bytes: send fewer articles a request")


class _Gzip:
    """Unpacks in steps, members one after another: never more in hand than a step, and none of it dropped."""

    def __init__(self) -> None:
        self._engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self.whole = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        for at in range(0, len(data), _BITE):
            yield from self._unpacked(data[at : at + _BITE])

    def _unpacked(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._engine.eof:
                self._engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                piece = self._engine.decompress(data, _STEP)
            except zlib.error:
                raise Refused(400, "the body is not gzip, as its content encoding says") from None
            if piece:
                yield piece
            self.whole = self._engine.eof
            data = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail
