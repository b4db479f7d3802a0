"""Sentences in which a reader found the companies, to score the directory by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson


class BadRows(ValueError):  # noqa: N818 - named for what was read
    """A file of labelled sentences that cannot be read; the message says which line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A company that a reader found in a sentence."""

    name: str
    tickers: tuple[str, ...]
    surface: str
    role: str  # subject | mention | source
    watched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One labelled sentence."""

    id: str
    lang: str
    text: str
    labels: tuple[Label, ...]
    optional: tuple[str, ...]
    hard_negative: bool


def read_rows(lines: Iterable[str | bytes], where: str = "line") -> list[Row]:
    """The rows to score: disputed ones are left out. Raises `BadRows`, also when none is left."""
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = orjson.loads(line)
            if not data.get("disputed"):
                rows.append(_row(data))
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as fault:
            raise BadRows(f"{where}:{number}: {type(fault).__name__}: {fault}") from None
    if not rows:
        raise BadRows(f"{where}: no labelled row is in it, so nothing can be measured")
    return rows


def _row(data: Mapping[str, Any]) -> Row:
    labels = tuple(
        Label(
            name=c["name"], tickers=tuple(c["tickers"]), surface=c.get("surface", ""), role=c.get("role", "mention"),
            watched=c.get("in_universe", True),
        )
        for c in data["companies"]
    )  # fmt: skip
    return Row(
        id=data["id"], lang=data["lang"], text=data["text"], labels=labels,
        optional=tuple(data.get("optional", ())), hard_negative=bool(data.get("hard_negative")),
    )  # fmt: skip
