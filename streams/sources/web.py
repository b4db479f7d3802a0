"""What fetching may ask of the web: one page, safely. The port; `fetch` is the real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """An answer, unpacked and bounded. Header names are in small letters."""

    status: int
    url: str  # where the answer came from in the end
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    moved: str = ""  # where the page has moved for good; "" when it has not


class Unsafe(Exception):  # noqa: N818 - named for the address or the answer
    """Not fetched, or not read to the end, because it could do harm. The message says why."""


class Unreached(Exception):  # noqa: N818 - a state of the world
    """No answer: no such host, refused, cut, too slow."""


class Web(Protocol):
    """Fetches pages of strangers."""

    async def get(self, url: str, headers: Mapping[str, str]) -> Got:
        """One page. Bounded in time and size, redirects followed, no private address. Raises `Unsafe`, `Unreached`."""
        ...
