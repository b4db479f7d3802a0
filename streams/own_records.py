"""Records of our own that lie among the articles: decisions and alerts have a `title`, and would be judged as news."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_SIGNS: Final[Mapping[str, frozenset[str]]] = {
    "decisions": frozenset({"v", "article", "watch", "stage", "reason"}),
    "alerts": frozenset({"v", "id", "kind", "watch", "channel", "story"}),
}
"""Fields that no article has together, whatever their version; receipts and clicks have no `title`."""


def home_of(data: Mapping[str, Any]) -> str:
    """The topic, without prefix, that a record of our own belongs on; "" for everybody else's."""
    if type(data.get("v")) is not int:
        return ""
    return next((topic for topic, signs in _SIGNS.items() if signs <= data.keys()), "")
