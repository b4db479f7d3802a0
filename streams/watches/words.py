"""What is said of watches, to whoever made them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

_SHOWN: Final = 6  # names on one line


def few(names: Collection[str]) -> str:
    """`Alibaba, Baidu and 12 more`, on one line."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(sorted(names)[:_SHOWN])}{more}"
