"""One table of a directory file to a record; faults of shape are collected, with their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from models.companies.entries import CLASSES, KINDS, Alias, Blocker, Entry, Listing
from models.companies.words import words

_KEYS: Final = frozenset(
    {"id", "name", "kind", "country", "groups", "parent", "listings", "wkn", "aliases", "brands", "former", "ambiguous"}
)
_LISTS: Final = ("groups", "wkn", "aliases", "brands")
_LISTING: Final = frozenset({"ticker", "mic", "isin"})
_AMBIGUOUS: Final = frozenset({"text", "en", "de", "with", "not", "takes_article", "trade"})
_FORMER: Final = frozenset({"name", "ticker", "until"})
_BLOCKER: Final = frozenset({"text", "langs", "reason"})
_SAFE: Final[Mapping[str, str]] = {"en": "safe", "de": "safe"}
_RARE: Final[Mapping[str, str]] = {"en": "rare", "de": "rare"}
_PHRASE: Final = {"en": "rare", "de": "context"}
"""For a bare name of several words: English ones are ordinary in English only (China Steel)."""
_SHORTEST: Final = 3


def entry(table: Mapping[str, Any], where: str, faults: list[str]) -> Entry | None:
    """The company a `[[company]]` table describes; None, and lines in `faults`, when it is misshapen.

    One with an unknown key is no less a company: it is kept, so that `check` sees its other faults too.
    """
    _unknown(table, _KEYS, where, faults)
    before = len(faults)
    _company(table, where, faults)
    for listing in tables(table, "listings", where, faults):
        _strings(listing, _LISTING, frozenset({"ticker", "mic"}), f"{where}: listing", faults)
    for former in tables(table, "former", where, faults):
        _unknown(former, _FORMER, f"{where}: former", faults)
    ambiguous = [_ambiguous(a, where, faults) for a in tables(table, "ambiguous", where, faults)]
    if len(faults) > before:
        return None
    return Entry(
        id=table["id"],
        name=table["name"],
        kind=table["kind"],
        country=table["country"],
        groups=tuple(table.get("groups", ())),
        parent=table.get("parent", ""),
        listings=tuple(Listing(**x) for x in table.get("listings", ())),
        wkn=tuple(table.get("wkn", ())),
        aliases=tuple(_aliases(table, [a for a in ambiguous if a])),
        former_tickers=tuple(f["ticker"] for f in table.get("former", ()) if "ticker" in f),
        where=where,
    )


def blocker(table: Mapping[str, Any], where: str, faults: list[str]) -> Blocker | None:
    """The phrase a `[[blocker]]` table describes."""
    before = len(faults)
    _unknown(table, _BLOCKER, f"{where}: blocker", faults)
    if not _filled(table.get("text")):
        faults.append(f"{where}: blocker needs `text`")
    langs = table.get("langs", [])
    if not isinstance(langs, list) or any(lang not in ("en", "de") for lang in langs):
        faults.append(f"{where}: blocker {table.get('text')!r}: `langs` must be a list of en, de")
    return None if len(faults) > before else Blocker(text=table["text"], langs=tuple(langs), where=where)


def _company(table: Mapping[str, Any], where: str, faults: list[str]) -> None:
    faults.extend(f"{where}: `{k}` is missing" for k in ("id", "name", "kind", "country") if not _filled(table.get(k)))
    if table.get("kind") not in KINDS:
        faults.append(f"{where}: kind {table.get('kind')!r} is none of {', '.join(sorted(KINDS))}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", str(table.get("id", ""))):
        faults.append(f"{where}: id {table.get('id')!r} must be lower-case letters, digits and hyphens")
    for key in _LISTS:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(_filled(v) for v in value):
            faults.append(f"{where}: `{key}` must be a list of strings that are not empty")
    if not isinstance(table.get("parent", ""), str):
        faults.append(f"{where}: `parent` must be a company id")


def _ambiguous(table: Mapping[str, Any], where: str, faults: list[str]) -> Alias | None:
    before = len(faults)
    name = table.get("text")
    _unknown(table, _AMBIGUOUS, f"{where}: ambiguous {name!r}", faults)
    classes = {k: v for k, v in table.items() if k in ("en", "de")}
    if not _filled(name) or not classes or any(v not in CLASSES for v in classes.values()):
        faults.append(f"{where}: ambiguous {name!r} needs text, and en/de of {', '.join(sorted(CLASSES))}")
    for key in ("with", "not"):
        value = table.get(key, [])
        if not isinstance(value, list) or not all(_filled(v) for v in value):
            faults.append(f"{where}: ambiguous {name!r}: `{key}` must be a list of strings that are not empty")
    if len(faults) > before:
        return None
    return Alias(
        text=table["text"],
        classes=classes,
        speaks_for=tuple(table.get("with", ())),
        rules_out=tuple(table.get("not", ())),
        takes_article=bool(table.get("takes_article", False)),
        trade=bool(table.get("trade", False)),
    )


def _aliases(table: Mapping[str, Any], ambiguous: Sequence[Alias]) -> Iterator[Alias]:
    doubtful = {a.text for a in ambiguous}
    former = [f["name"] for f in table.get("former", ()) if "name" in f]
    for how, names in (("alias", table.get("aliases", ())), ("brand", table.get("brands", ())), ("former", former)):
        for text in dict.fromkeys(names):
            if text not in doubtful:
                yield Alias(text=text, classes=_SAFE, how=how)
    yield from ambiguous
    written = {*doubtful, *former, *table.get("aliases", ()), *table.get("brands", ())}
    name = re.sub(r"\s*\(.*\)", "", table["name"])
    if _telling(name) and name.casefold() not in {w.casefold() for w in written}:
        yield Alias(text=name, classes=_PHRASE if " " in name else _RARE)


def _telling(name: str) -> bool:
    """Whether a bare name that nobody classed may be looked for, with evidence: no ordinary word, no first name."""
    return len(name) >= _SHORTEST and name.casefold() not in words().ordinary and name not in words().first_names


def tables(table: Mapping[str, Any], key: str, where: str, faults: list[str]) -> list[Mapping[str, Any]]:
    """The tables under a key; none, and a line in `faults`, when there is something else."""
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        faults.append(f"{where}: `{key}` must be a list of tables")
        return []
    return value


def _strings(
    table: Mapping[str, Any], known: frozenset[str], needed: frozenset[str], where: str, faults: list[str]
) -> None:
    _unknown(table, known, where, faults)
    wrong = (k for k in sorted(needed | (known & table.keys())) if not _filled(table.get(k)))
    faults.extend(f"{where}: `{k}` must be a string that is not empty" for k in wrong)


def _unknown(table: Mapping[str, Any], known: frozenset[str], where: str, faults: list[str]) -> None:
    faults.extend(f"{where}: unknown key `{k}`" for k in table if k not in known)


def _filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
