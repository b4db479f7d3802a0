"""Small checks that compose. Each looks at one JSON value and says what Slack would say about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

_URL = re.compile(r"https?://[^\s<>|]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place."""

    words: str
    pointer: str

    def __str__(self) -> str:
        return f"{self.words} [json-pointer:{self.pointer}]"


Check: TypeAlias = Callable[[Any, str], Iterator[Problem]]


def units(text: str) -> int:
    """Length in UTF-16 units: Slack does not say what it counts, and this is the stricter of the usual two."""
    return len(text.encode("utf-16-le")) // 2


def string(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem("must be a string", at)
        elif units(value) < least:
            yield Problem(f"must be more than {least - 1} characters", at)
        elif units(value) > most:
            yield Problem(f"must be less than {most + 1} characters", at)

    return check


def url(most: int) -> Check:
    """An http or https address that Slack's link syntax cannot break out of."""
    right_length = string(most)

    def check(value: Any, at: str) -> Iterator[Problem]:
        yield from right_length(value, at)
        if isinstance(value, str) and not _URL.fullmatch(value):
            yield Problem("must be a valid URL", at)

    return check


def boolean(value: Any, at: str) -> Iterator[Problem]:
    """True or false, not 0 or "true"."""
    if not isinstance(value, bool):
        yield Problem("must be a boolean", at)


def whole(value: Any, at: str) -> Iterator[Problem]:
    """A whole number, zero or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        yield Problem("must be a non-negative integer", at)


def one_of(*allowed: str) -> Check:
    """One of a closed set of words."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem(f"must be one of {', '.join(allowed)}", at)

    return check


def array(of: Check, least: int, most: int) -> Check:
    """`least` to `most` items, each of which passes `of`."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem("must be an array", at)
            return
        if len(value) < least:
            yield Problem(f"no fewer than {least} items allowed", at)
        if len(value) > most:
            yield Problem(f"no more than {most} items allowed", at)
        for index, item in enumerate(value):
            yield from of(item, f"{at}/{index}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("must be an object", at)
            return
        for name in required:
            if name not in value:
                yield Problem(f"missing required field: {name}", at)
        for name, inner in value.items():
            if name in known:
                yield from known[name](inner, f"{at}/{name}")
            else:
                yield Problem(f"invalid additional property: {name}", at)

    return check


def by_type(shapes: Mapping[str, Check]) -> Check:
    """An object whose `type` chooses which shape the rest must have."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        kind = value.get("type") if isinstance(value, dict) else None
        if isinstance(kind, str) and kind in shapes:
            yield from shapes[kind]({name: inner for name, inner in value.items() if name != "type"}, at)
        else:
            yield Problem(f"unsupported type: {kind}", at)

    return check
