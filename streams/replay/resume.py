"""Going on where a run was cut off: what of its output stands, and what that tells."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from glob import escape
from itertools import pairwise
from pathlib import Path
from typing import Final

from streams.files.whole import take_place
from streams.replay.output import Decided, by_record, decided_at
from streams.replay.run import Sums

_FORGETFUL: Final = frozenset({"decode", "normalise", "identify", "classify", "screen"})
"""Stages before the story memory (a test holds them against the flow): what ends there leaves nothing behind."""
DIGITS: Final = 16


@dataclass(slots=True)
class Kept:
    """The part of an output that is whole: `size` bytes, and for each article whether it left nothing in the memory."""

    size: int = 0
    done: bytearray = field(default_factory=bytearray)
    sums: Sums = field(default_factory=Sums)


@dataclass(frozen=True, slots=True)
class Partial:
    """What a run writes until it is whole, beside its output and under a name that says of which run it is.

    An output is never half written, a fault leaves the one before as it was, and only the same run goes on.
    """

    out: Path
    run: str  # a digest of input and configuration: of `DIGITS` hexadecimal digits

    @property
    def path(self) -> Path:
        """Where the run writes."""
        return self.out.with_name(f"{self.out.name}.{self.run}.part")

    def begin(self, *, resume: bool) -> Kept:
        """What stands of this run, and with `resume` may stay. Raises ValueError when it is another run's."""
        found = list(self.out.parent.glob(f"{escape(self.out.name)}.{'[0-9a-f]' * DIGITS}.part"))
        if not resume:
            for path in found:
                path.unlink()
        elif self.path in found:
            return kept(self.path)
        elif found:
            raise ValueError(
                f"--resume: {found[0]} is of a run with another input, desk, directory or model (24h and an open "
                "end are another stretch each time): give the same again, or leave out --resume to begin anew"
            )
        return Kept()

    def done(self) -> None:
        """The run is whole: it takes the place of what was there."""
        take_place(self.path, self.out)


def kept(path: Path) -> Kept:
    """What stands of a cut-off output. The last article goes too: some of its lines may be missing.

    Raises ValueError when a line that is not the last is no decision, and OSError.
    """
    whole = Kept()
    sizes: deque[int] = deque()
    for record, _ in pairwise(by_record(_whole_lines(path, sizes))):
        whole.size += sum(sizes.popleft() for _ in record)
        whole.done.append(record[0].watch == "" and record[0].stage in _FORGETFUL)
        whole.sums.articles += 1
        for decision in record:
            whole.sums.restore(decision)
    return whole


def _whole_lines(path: Path, sizes: deque[int]) -> Iterator[Decided]:
    """The decisions up to the first line without an end; the size of each goes to `sizes`."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if not raw.endswith(b"\n"):
                return
            sizes.append(len(raw))
            yield decided_at(path, number, raw)
