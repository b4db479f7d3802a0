"""The tables of a scenario file: what may stand in them, of which types (`tests/scenarios/README.md`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct, ValidationError, convert

_Size = Annotated[int, Meta(ge=0, le=10_000_000)]


class BadScenario(ValueError):  # noqa: N818 - named for what was read
    """A scenario file that cannot be used; the message says where and why."""


class FileTable(Struct):
    """The file itself."""

    scenario: list[dict[str, Any]] = []
    desk: str = "desk.toml"


class ScenarioTable(Struct, kw_only=True):
    """A scenario."""

    name: str
    article: list[dict[str, Any]] = []
    shows: list[str | int] = []
    desk: str = ""
    said: list[SaidTable] = []


class SaidTable(Struct, kw_only=True, forbid_unknown_fields=True):
    """A command that somebody gave."""

    words: str
    channel: str = "console"
    at: str = "0m"


class ArticleTable(Struct, kw_only=True):
    """What is ours in an article, beside what a feed would send: that may be anything, to show what happens to it."""

    id: str | int = ""
    at: str = ""
    raw: str | None = None
    again: str | int | None = None
    stretch: dict[str, _Size] = {}
    fault: str = ""
    partition: Annotated[int, Meta(ge=0, lt=1 << 31)] = 0
    expect: dict[str, str] = {}
    ends: str | None = None
    story_of: str | int = ""
    other_story_than: str | int = ""
    detail: str = ""


_T = TypeVar("_T", bound=Struct)


def typed(table: Mapping[str, Any], kind: type[_T], where: str, more: Iterable[str] = ()) -> _T:
    """The table as `kind`; the names in `more` may stand in it too. Raises `BadScenario`."""
    known = {*kind.__struct_fields__, *more}
    if strange := sorted(table.keys() - known):
        raise BadScenario(f"{where}: unknown `{strange[0]}`; known are {', '.join(sorted(known))}")
    try:
        return convert(table, kind)
    except ValidationError as fault:
        raise BadScenario(f"{where}: {fault}") from None
