"""Scenarios: articles in, decisions expected, as TOML that anyone can write (`tests/scenarios/README.md`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from streams.basics.times import iso, parse_span, parse_time
from streams.records import Millis, Reason
from streams.replay.scenario_tables import ArticleTable, BadScenario, FileTable, SaidTable, ScenarioTable, typed
from streams.stages.decode import FIELDS, Malformed, parse_published

NOON: Final[Millis] = 1_767_960_000_000
"""2026-01-09T12:00:00Z: the zero of every relative time."""

FAULTS: Final = frozenset({"relate", "claim", "away"})


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
class Said:
    """A command that somebody gave in a channel, as after `/tapewire`."""

    words: str
    channel: str
    at: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Articles and expectations under one name; `shows` lists invariants (numbers) and other marks."""

    name: str
    file: Path
    desk: Path
    steps: tuple[Step, ...]
    shows: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()


def load_scenarios(folder: Path) -> Iterator[Scenario]:
    """Every scenario of the folder's files, by file name. Raises `BadScenario`."""
    for path in sorted(folder.glob("*.toml")):
        data = _parsed(path)
        if data.keys() == {"watch"}:  # a desk that scenarios name
            continue
        file = typed(data, FileTable, path.name)
        for number, table in enumerate(file.scenario, 1):
            yield _scenario(table, path, folder / file.desk, number)


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
    said = typed(table, ScenarioTable, where)
    if not said.article:
        raise BadScenario(f"{where}: no [[scenario.article]]")
    steps: list[Step] = []
    for n, article in enumerate(said.article, 1):
        steps.append(_step(article, f"{where}, article {n}", n, steps))
    desk = path.parent / said.desk if said.desk else desk
    return Scenario(
        name=name, file=path, desk=desk, steps=tuple(steps), shows=tuple(str(s) for s in said.shows),
        said=tuple(_command(one, where) for one in said.said),
    )  # fmt: skip


def _command(one: SaidTable, where: str) -> Said:
    try:
        return Said(words=one.words, channel=one.channel, at=NOON + _offset(one.at))
    except ValueError as fault:
        raise BadScenario(f"{where}, `said`: {fault}") from None


def _step(table: Mapping[str, Any], where: str, number: int, earlier: Sequence[Step]) -> Step:
    said = typed(table, ArticleTable, where, FIELDS)
    try:
        seen = parse_time(NOON + _offset(said.at or f"{number - 1}m"))  # of the years that a clock may show
        expect = tuple((watch, Reason(reason)) for watch, reason in said.expect.items())
        if said.fault and said.fault not in FAULTS:
            raise ValueError(f"`fault` is {said.fault!r}: write relate, claim or away")  # noqa: TRY301 - one place says where
        before = _earlier(earlier, str(said.again)) if said.again is not None else None
        return Step(
            id=before.id if before else str(said.id) or str(number),
            raw=before.raw if before else _raw(table, said, number),
            seen=before.seen if before else seen,
            partition=before.partition if before else said.partition,
            again=before is not None, fault=said.fault, expect=expect,
            ends=Reason(said.ends) if said.ends is not None else None,
            story_of=str(said.story_of), other_story_than=str(said.other_story_than), detail=said.detail,
        )  # fmt: skip
    except (ValueError, TypeError, OverflowError) as fault:  # TypeError: what JSON cannot say
        raise BadScenario(f"{where}: {fault}") from None


def _earlier(steps: Sequence[Step], name: str) -> Step:
    for step in steps:
        if step.id == name:
            return step
    raise ValueError(f"`again` names {name!r}, which no article before it has as `id`")


def _raw(table: Mapping[str, Any], said: ArticleTable, number: int) -> bytes:
    if said.raw is not None:
        return said.raw.encode()
    fields = {"id": str(number)} | {k: v for k, v in table.items() if k in FIELDS}
    if "published" in fields:
        fields["published"] = _published(fields["published"])
    for name, size in said.stretch.items():
        text = str(fields.get(name) or "x ")
        fields[name] = (text * (size // len(text) + 1))[:size]
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
