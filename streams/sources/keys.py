"""Keys of those who push: read from the environment or a file, kept as digests, compared in constant time."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from streams.basics.limits import FEWEST_KEY_CHARS


@dataclass(frozen=True, slots=True)
class Keys:
    """Any of several, so that one can be replaced while the other still holds."""

    digests: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, keys: Sequence[str]) -> Keys:
        """Of the keys themselves."""
        return cls(tuple(sha256(k.encode()).digest() for k in keys))

    def open(self, header: str) -> bool:
        """Whether an `Authorization` header holds one of them. Takes as long whichever it is, or none."""
        scheme, _, told = header.partition(" ")
        given = sha256(told.strip().encode("utf-8", "replace")).digest()
        found = [compare_digest(given, kept) for kept in self.digests]
        return scheme.lower() == "bearer" and any(found)


def key_of(reference: str, path_of: Callable[[str], Path]) -> str:
    """The key that `env:NAME` or `file:PATH` refers to. Raises ValueError; no key is in its words."""
    kind, _, where = reference.partition(":")
    if kind == "env":
        key = os.environ.get(where, "").strip()
    elif kind == "file":
        try:
            key = path_of(where).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise ValueError(f"{where}: {type(fault).__name__}") from None
    else:
        raise ValueError("no key stands in this file: write env:NAME or file:PATH")
    if len(key) < FEWEST_KEY_CHARS or not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError(f"{reference}: give a key of at least {FEWEST_KEY_CHARS} letters and digits")
    return key
