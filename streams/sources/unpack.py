"""Packed bodies unpacked as they come, within bounds: a bomb is found before it is large. Pure."""

from __future__ import annotations

import zlib
from typing import Final, Protocol

import brotli

from streams.basics import limits
from streams.sources.web import Unsafe

ACCEPTED: Final = "gzip, deflate, br"
_STEP: Final = 65_536
_FREE: Final = 262_144  # small things may be packed as well as they like
_LAYERS: Final = 2


class _Layer(Protocol):
    def feed(self, data: bytes) -> bytes: ...


class _Zlib:
    """gzip and deflate; a deflate without its header is read too, as browsers do."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._engine = zlib.decompressobj(bits)
        self._begun = False

    def feed(self, data: bytes) -> bytes:
        out, room = [], limits.PAGE_BYTES + 1
        while data and room > 0:
            try:
                got = self._engine.decompress(data, _STEP)
            except zlib.error:
                if self._begun or self._bits != zlib.MAX_WBITS:
                    raise
                self._begun, self._engine = True, zlib.decompressobj(-zlib.MAX_WBITS)
                continue
            self._begun = True
            out.append(got)
            room -= len(got)
            if self._engine.eof:
                break  # whatever follows is not part of it
            data = self._engine.unconsumed_tail
        return b"".join(out)


class _Brotli:
    def __init__(self) -> None:
        self._engine = brotli.Decompressor()

    def feed(self, data: bytes) -> bytes:
        out = [self._engine.process(data, output_buffer_limit=_STEP)]
        room = limits.PAGE_BYTES + 1 - len(out[0])
        while not self._engine.can_accept_more_data() and not self._engine.is_finished() and room > 0:
            out.append(self._engine.process(b"", output_buffer_limit=_STEP))
            room -= len(out[-1])
        return b"".join(out)


def _layer(name: str) -> _Layer | None:
    match name:
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return _Zlib(zlib.MAX_WBITS | 16)
        case "deflate":
            return _Zlib(zlib.MAX_WBITS)
        case "br":
            return _Brotli()
        case _:
            raise Unsafe(f"content-encoding {name[:40]!r} was not asked for")


class Unpacker:
    """Takes the chunks of one body. Raises `Unsafe` as soon as it is too large, or grows beyond all reason."""

    def __init__(self, encoding: str) -> None:
        names = [n.strip().lower() for n in encoding.split(",") if n.strip()]
        if len(names) > _LAYERS:
            raise Unsafe(f"packed {len(names)} times")
        self._layers = [layer for n in reversed(names) if (layer := _layer(n))]
        self._taken = 0
        self._made = [0] * len(self._layers)
        self._parts: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        """One more chunk, as it came over the wire."""
        self._taken += len(chunk)
        if self._taken > limits.PAGE_BYTES_PACKED:
            raise Unsafe(f"more than {limits.PAGE_BYTES_PACKED} bytes")
        for n, layer in enumerate(self._layers):
            try:
                chunk = layer.feed(chunk)
            except (zlib.error, brotli.error) as fault:
                raise Unsafe(f"cannot be unpacked: {fault}") from None
            self._made[n] += len(chunk)
            self._bound(self._made[n])
        self._parts.append(chunk)

    def _bound(self, made: int) -> None:
        """Of every layer: an inner one may take much and give nothing."""
        if made > limits.PAGE_BYTES:
            raise Unsafe(f"more than {limits.PAGE_BYTES} bytes when unpacked")
        if made > _FREE and made > self._taken * limits.UNPACKED_RATIO:
            raise Unsafe(f"{self._taken} bytes unpack to {made}: a bomb")

    def body(self) -> bytes:
        """All of it. A body that was cut short gives what came."""
        return b"".join(self._parts)
