"""Every kind of source. To add one: a file with a pure parse and a thin bring, and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.sources import feed, file, mapped, push
from streams.sources.base import Kind

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        feed.KIND,
        mapped.KIND,
        push.KIND,
        file.KIND,
    )
}  # fmt: skip
