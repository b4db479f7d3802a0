"""What many small pushes come to, told to health once a second rather than once a push."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from streams.basics.times import SECOND
from streams.ports import Clock
from streams.records import Millis
from streams.sources.base import Errand, Notice, Taken, Visit


@dataclass(slots=True, kw_only=True)
class Tally:
    """Collects until `tell`. A quiet second tells nothing; a quiet `every` tells that we still listen."""

    errand: Errand
    clock: Clock
    notice: Notice
    _taken: list[Taken] = field(default_factory=list)
    _fault: str = ""
    _told: Millis = 0

    def took(self, taken: Taken) -> None:
        """A push that entered."""
        self._taken.append(taken)

    def refused(self, fault: str) -> None:
        """A push of somebody with a key that could not be read."""
        self._fault = fault

    async def tell(self) -> None:
        """What came since the last time."""
        now, source = self.clock.now(), self.errand.source
        taken, self._taken = self._taken, []
        fault, self._fault = self._fault, ""
        if fault:
            await self.notice(source, Visit(at=now, fault=fault))
        if taken or (not fault and now - self._told >= max(SECOND, source.every)):
            await self.notice(source, Visit(at=now, taken=summed(taken) if taken else None))
        if taken or fault or now - self._told >= source.every:
            self._told = now


def summed(all_taken: Sequence[Taken]) -> Taken:
    """Several as one."""
    missing: Counter[str] = Counter()
    for taken in all_taken:
        missing.update(taken.missing)
    return Taken(
        new=sum(t.new for t in all_taken), updated=sum(t.updated for t in all_taken),
        removed=sum(t.removed for t in all_taken), known=sum(t.known for t in all_taken),
        arrived=tuple(a for t in all_taken for a in t.arrived), form=all_taken[-1].form,
        listed=sum(t.listed for t in all_taken), empty=sum(t.empty for t in all_taken), missing=missing,
    )  # fmt: skip
