"""Faults on order: which call is to go wrong, at which point, and how. How it looks on the wire is in `breakage`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

import orjson

from tests.slack_server.basics import JSON, RefusedError

Point: TypeAlias = Literal["before", "late", "after"]

# what may be ordered, and the words that shape each
KINDS: dict[str, frozenset[str]] = {
    "status": frozenset({"status", "error", "headers", "body", "retry_after", "hold"}),
    "error": frozenset({"status", "error", "headers", "retry_after", "hold"}),
    "html": frozenset({"status", "headers", "body"}),
    "text429": frozenset({"retry_after", "headers", "hold"}),
    "close": frozenset(),
    "rst": frozenset(),
    "truncate": frozenset(),
    "hang": frozenset({"s"}),
    "delay": frozenset({"s"}),
    "late_accept": frozenset({"s", "hang"}),
}
_COMMON = frozenset({"do", "method", "when", "left", "skip", "contains", "match"})
_NEEDS = {"status": "status", "error": "error", "delay": "s", "late_accept": "s"}


@dataclass(slots=True)
class Fault:
    """One order. `left` counts down as it strikes (-1 never ends); `skip` matching calls go by unharmed first."""

    do: str
    method: str = "chat.postMessage"
    when: str = "before"
    left: int = 1
    skip: int = 0
    contains: str | None = None
    match: JSON = field(default_factory=dict)
    how: JSON = field(default_factory=dict)

    @property
    def point(self) -> Point:
        """Where in the life of a call it strikes; a late acceptance has a point of its own."""
        if self.do == "late_accept":
            return "late"
        return "after" if self.when == "after" else "before"

    def fits(self, method: str, args: JSON, spelled: str) -> bool:
        """Is this the call that was meant? `contains` is looked for in the arguments as JSON, `match` by argument."""
        return (
            self.left != 0
            and self.method in (method, "*")
            and (self.contains is None or self.contains in spelled)
            and all(str(args.get(name)) == str(value) for name, value in self.match.items())
        )


def ordered(order: JSON) -> Fault:
    """The fault an order describes; raises on a word it does not know, lest a misspelt fault never strike."""
    do = order.get("do")
    if do not in KINDS:
        raise RefusedError("bad_fault", f"do must be one of {', '.join(KINDS)}", status=400)
    if unknown := sorted(set(order) - _COMMON - KINDS[do]):
        raise RefusedError("bad_fault", f"{do} does not know {', '.join(unknown)}", status=400)
    if order.get("when", "before") not in {"before", "after"}:
        raise RefusedError("bad_fault", "when must be before or after", status=400)
    if do in _NEEDS and _NEEDS[do] not in order:
        raise RefusedError("bad_fault", f"{do} needs {_NEEDS[do]}", status=400)
    common = {name: value for name, value in order.items() if name in _COMMON}
    return Fault(**common, how={name: value for name, value in order.items() if name not in _COMMON})


def spell(args: JSON) -> str:
    """The arguments as compact JSON, blocks and metadata opened even if they came as strings."""
    return orjson.dumps(args).decode()


class FaultBook:
    """The orders still open, first come first served."""

    def __init__(self) -> None:
        self._open: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Takes an order."""
        self._open.append(fault)

    def clear(self) -> None:
        """Drops every order."""
        self._open.clear()

    def due(self, point: Point, method: str, args: JSON) -> Fault | None:
        """The first fault that strikes this call at this point, counted as used."""
        candidates = [fault for fault in self._open if fault.point == point and fault.left != 0]
        if not candidates:
            return None
        spelled = spell(args)
        for fault in candidates:
            if not fault.fits(method, args, spelled):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.left > 0:
                fault.left -= 1
            return fault
        return None

    def listed(self) -> list[dict[str, Any]]:
        """Every order with what is left of it."""
        return [asdict(fault) for fault in self._open]
