"""The watch file: TOML to watches, checked against directory and model; every fault with its line."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from streams.basics.times import parse_span
from streams.basics.toml_lines import BadToml, Toml, read_toml
from streams.watches.quiet import Quiet, check_zone, parse_quiet
from streams.watches.watch import Desk, Watch

CompanyOf = Callable[[str], frozenset[str]]
"""Ticker, company id or `group:name` to company ids; empty for what nobody knows."""

Likely = Callable[[str], Collection[str]]
"""What someone may have meant who wrote what nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a watch may ask for."""

    company_of: CompanyOf
    tickers: Collection[str]
    categories: Collection[str]
    likely: Likely = lambda _: ()


_NOTHING: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})


class BadWatches(ValueError):  # noqa: N818 - named for what was read
    """The watch file cannot be used; `faults` lists every fault, one line each.

    `unknown` are the companies and categories among them that nobody knows, by the key that asks for them.
    """

    def __init__(self, faults: Sequence[str], unknown: Mapping[str, Sequence[str]] = _NOTHING) -> None:
        self.faults = tuple(faults)
        self.unknown = unknown
        super().__init__("\n".join(faults))


_KEYS: Final = frozenset(
    {
        "name", "channel", "companies", "categories", "min_probability", "min_confidence", "min_salience", "max_age",
        "urgent", "echoes", "quiet", "zone",
    }
)  # fmt: skip


def read_watch(table: Mapping[str, Any], where: str, choices: Choices) -> Watch:
    """One watch, as a table of the watch file says it. Raises `BadWatches` with every fault in it."""
    reader = _Reader(Toml(where, "", {}), choices, [])
    watch = reader.watch(dict(table), 0)
    if watch is None:
        raise BadWatches(reader.faults, reader.unknown)
    return watch


def without(table: Mapping[str, Any], unknown: Mapping[str, Sequence[str]]) -> Mapping[str, Any] | None:
    """What is left of a table when nobody knows these any more; None when nothing is left of one of its sides.

    A watch may be narrowed so, never widened: without its last company it would ask for every company.
    """
    left = {key: [one for one in table[key] if one.strip() not in words] for key, words in unknown.items()}
    return {**table, **left} if left and all(left.values()) else None


def open_watches(path: Path) -> Toml:
    """The watch file as it stands there now. Raises `BadWatches` when it cannot be read or is no TOML."""
    try:
        return read_toml(path)
    except BadToml as fault:
        raise BadWatches([str(fault)]) from None


def desk_of(toml: Toml, choices: Choices) -> Desk:
    """The desk that a watch file describes. Raises `BadWatches` with every fault in it."""
    faults = [f"{toml.where(k)}: unknown table [{k}]; watches are [[watch]] tables" for k in toml.data if k != "watch"]
    if "watch" not in toml.data and not faults:
        faults.append(f"{toml.name}: no [[watch]] in it; is it whole? `watch = []` watches nothing")
    tables = toml.data.get("watch", [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise BadWatches([f"{toml.where('watch')}: write each watch as a [[watch]] table"])
    reader = _Reader(toml, choices, faults)
    watches = [w for i, t in enumerate(tables) if (w := reader.watch(t, i))]
    names = [n.strip() if isinstance(n := t.get("name"), str) else n for t in tables]
    faults += [
        f"{toml.where('name', 'watch', i)}: two watches are called {n!r}; each decision names one, so rename this"
        for i, n in enumerate(names)
        if isinstance(n, str) and n in names[:i]
    ]
    if faults:
        raise BadWatches(faults)
    return Desk(tuple(watches))


@dataclass(frozen=True, slots=True)
class _At:
    """Where a watch stands: `file:line: watch 'name'`, the line of the key when it is written."""

    toml: Toml
    number: int
    called: str

    def __call__(self, key: str = "") -> str:
        return f"{self.toml.where(key, 'watch', self.number)}: {self.called}"


@dataclass(frozen=True, slots=True)
class _Reader:
    toml: Toml
    choices: Choices
    faults: list[str]
    unknown: dict[str, list[str]] = field(default_factory=dict)  # by the key that asks for them

    def watch(self, table: dict[str, Any], number: int) -> Watch | None:
        name = table.get("name")
        called = f"watch {name!r}" if isinstance(name, str) and name else f"watch {number + 1}"
        at = _At(self.toml, number, called)
        before = len(self.faults)
        self.faults.extend(f"{at(k)}: unknown key `{k}`{nearest(k, _KEYS)}" for k in table if k not in _KEYS)
        for key in ("name", "channel"):
            if not isinstance(table.get(key), str) or not table[key].strip():
                self.faults.append(f"{at(key)}: `{key}` is missing; give a string")
        asked = self._strings(table, "companies", at)
        companies = self._companies(asked, at)
        chosen = self._strings(table, "categories", at)
        strange = [c for c in chosen if c not in self.choices.categories]
        self._note_unknown("categories", strange)
        self.faults.extend(f"{at('categories')}: unknown category {c!r}{self._category(c)}" for c in strange)
        if not (table.get("companies") or table.get("categories")):
            self.faults.append(f"{at()}: asks for nothing; give `companies`, `categories` or both")
        numbers = self._numbers(table, at)
        quiet = self._quiet(table, at)
        if len(self.faults) > before:
            return None
        return Watch(
            name=table["name"].strip(), channel=table["channel"].strip(), companies=companies,
            categories=frozenset(chosen), asked=tuple(asked), urgent=table.get("urgent", False),
            echoes=table.get("echoes", True), quiet=quiet, **numbers,
        )  # fmt: skip

    def _strings(self, table: dict[str, Any], key: str, at: _At) -> list[str]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            self.faults.append(f"{at(key)}: `{key}` must be a list of strings")
            return []
        return [v.strip() for v in value]

    def _companies(self, asked: Sequence[str], at: _At) -> frozenset[str]:
        found = [self.choices.company_of(one) for one in asked]
        strange = [one for one, ids in zip(asked, found, strict=True) if not ids]
        self._note_unknown("companies", strange)
        for one in strange:
            near = suggested(self.choices.likely(one)) or nearest(one, self.choices.tickers)
            self.faults.append(f"{at('companies')}: nobody knows {one!r}{near}")
        return frozenset().union(*found)

    def _category(self, strange: str) -> str:
        return nearest(strange, self.choices.categories) or f"; known are {', '.join(sorted(self.choices.categories))}"

    def _note_unknown(self, key: str, words: list[str]) -> None:
        if words:
            self.unknown[key] = words

    def _quiet(self, table: dict[str, Any], at: _At) -> Quiet | None:
        zone = str(table.get("zone", "UTC"))
        key = "zone"
        try:
            check_zone(zone)
            key = "quiet"
            return parse_quiet(str(table["quiet"]), zone) if "quiet" in table else None
        except ValueError as fault:
            self.faults.append(f"{at(key)}: `{key}`: {fault}")
            return None

    def _numbers(self, table: dict[str, Any], at: _At) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, low, high in (("min_probability", 0, 1), ("min_confidence", 0, 1), ("min_salience", 0, 100)):
            value = table.get(key)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
                self.faults.append(f"{at(key)}: `{key}` must be a number from {low} to {high}")
            values[key] = value
        for key in ("urgent", "echoes"):
            if not isinstance(table.get(key, False), bool):
                self.faults.append(f"{at(key)}: `{key}` must be true or false")
        return values | self._max_age(table, at)

    def _max_age(self, table: dict[str, Any], at: _At) -> dict[str, Any]:
        if "max_age" not in table:
            return {}
        try:
            age = parse_span(str(table["max_age"]))
        except ValueError as fault:
            self.faults.append(f"{at('max_age')}: `max_age`: {fault}")
            return {}
        if not age:
            self.faults.append(f"{at('max_age')}: `max_age`: every article would be too old; leave it out for 6h")
        return {"max_age": age}


def nearest(word: str, known: Collection[str]) -> str:
    """`; did you mean BABA or BIDU?`, or nothing."""
    return suggested(difflib.get_close_matches(word, list(known), n=3, cutoff=0.5))


def suggested(near: Collection[str]) -> str:
    """`; did you mean BABA or BIDU?`, or nothing."""
    return f"; did you mean {' or '.join(near)}?" if near else ""
