"""Scenarios: articles in, decisions expected, as TOML that anyone can write (`tests/scenarios/README.md`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from streams.records import Millis, Reason
from streams.stages.decode import Malformed, parse_published
from streams.times import iso, parse_span

NOON: Final[Millis] = 1_767_960_000_000
"""2026-01-09T12:00:00Z: the zero of every relative time."""

FIELDS: Final = frozenset({"id", "title", "text", "url", "source", "lang", "tickers", "status", "published"})
_OURS: Final = frozenset(
    {"at", "raw", "again", "stretch", "fault", "partition", "expect", "ends", "story_of", "other_story_than", "detail"}
)
_SCENARIO: Final = frozenset({"name", "shows", "article", "desk"})
FAULTS: Final = frozenset({"relate", "claim", "away"})


class BadScenario(ValueError):  # noqa: N818 - named for what was read
    """A scenario file that cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One article that comes in, and what is to be decided on it."""

    id: str
    raw: bytes
    seen: Millis
    partition: int = 0
    again: bool = False  # the same record a second time, as after a crash
    fault: str = ""  # what fails while it is judged: relate, claim, or away (once)
    expect: tuple[tuple[str, Reason], ...] = ()
    ends: Reason | None = None
    story_of: str = ""
    other_story_than: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Articles and expectations under one name; `shows` lists invariants (numbers) and other marks."""

    name: str
    file: Path
    desk: Path
    steps: tuple[Step, ...]
    shows: tuple[str, ...] = ()


def load_scenarios(folder: Path) -> Iterator[Scenario]:
    """Every scenario of the folder's files, by file name. Raises `BadScenario`."""
    for path in sorted(folder.glob("*.toml")):
        data = _parsed(path)
        if "watch" in data:  # a desk that scenarios name
            continue
        desk = folder / data.get("desk", "desk.toml")
        for number, table in enumerate(data.get("scenario", ()), 1):
            yield _scenario(table, path, desk, number)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise BadScenario(f"{path}: {fault}") from None


def _scenario(table: Mapping[str, Any], path: Path, desk: Path, number: int) -> Scenario:
    where = f"{path.name}, scenario {number}"
    name = table.get("name")
    if not isinstance(name, str) or not name:
        raise BadScenario(f"{where}: `name` is missing")
    where = f"{path.name}, {name!r}"
    _refuse(table, _SCENARIO, where)
    if not table.get("article"):
        raise BadScenario(f"{where}: no [[scenario.article]]")
    steps: list[Step] = []
    for n, article in enumerate(table["article"], 1):
        steps.append(_step(article, f"{where}, article {n}", n, steps))
    desk = path.parent / table["desk"] if "desk" in table else desk
    return Scenario(
        name=name, file=path, desk=desk, steps=tuple(steps), shows=tuple(str(s) for s in table.get("shows", ()))
    )


def _refuse(table: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    if strange := sorted(table.keys() - known):
        raise BadScenario(f"{where}: unknown `{strange[0]}`; known are {', '.join(sorted(known))}")


def _step(table: Mapping[str, Any], where: str, number: int, earlier: Sequence[Step]) -> Step:
    _refuse(table, FIELDS | _OURS, where)
    try:
        seen = NOON + _offset(str(table.get("at", f"{number - 1}m")))
        expect = tuple((watch, Reason(reason)) for watch, reason in table.get("expect", {}).items())
        ends = Reason(table["ends"]) if "ends" in table else None
        fault = str(table.get("fault", ""))
        if fault and fault not in FAULTS:
            raise ValueError(f"`fault` is {fault!r}: write relate, claim or away")  # noqa: TRY301 - one place says where
        before = _earlier(earlier, str(table["again"])) if "again" in table else None
        return Step(
            id=before.id if before else str(table.get("id", number)),
            raw=before.raw if before else _raw(table, number),
            seen=before.seen if before else seen,
            partition=before.partition if before else int(table.get("partition", 0)),
            again=before is not None, fault=fault, expect=expect, ends=ends,
            story_of=str(table.get("story_of", "")), other_story_than=str(table.get("other_story_than", "")),
            detail=str(table.get("detail", "")),
        )  # fmt: skip
    except (ValueError, AttributeError) as fault_found:
        raise BadScenario(f"{where}: {fault_found}") from None


def _earlier(steps: Sequence[Step], name: str) -> Step:
    for step in steps:
        if step.id == name:
            return step
    raise ValueError(f"`again` names {name!r}, which no article before it has as `id`")


def _raw(table: Mapping[str, Any], number: int) -> bytes:
    if "raw" in table:
        return str(table["raw"]).encode()
    fields = {"id": str(number)} | {k: v for k, v in table.items() if k in FIELDS}
    if "published" in fields:
        fields["published"] = _published(fields["published"])
    for name, size in table.get("stretch", {}).items():
        text = fields.get(name) or "x "
        fields[name] = (text * (int(size) // len(text) + 1))[: int(size)]
    return orjson.dumps(fields)


def _published(value: Any) -> Any:
    """`-9h` is nine hours before noon; anything else stays as it is written."""
    try:
        return iso(NOON + _offset(value))
    except (ValueError, TypeError, AttributeError):
        pass
    try:
        parse_published(value)
    except Malformed:
        return value  # to show what happens to it
    return value


def _offset(text: str) -> Millis:
    sign = -1 if text.startswith("-") else 1
    return sign * parse_span(text.lstrip("+-"))
