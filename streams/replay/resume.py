"""Going on where a run was cut off: what of its output stands, and what that tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from streams.replay.output import decided
from streams.replay.run import Sums

_FORGETFUL: Final = frozenset({"decode", "normalise", "identify", "classify", "screen"})
"""Stages before the story memory (a test holds them against the flow): what ends there leaves nothing behind."""


@dataclass(slots=True)
class Kept:
    """The part of an output that is whole: `size` bytes, and for each article whether it left nothing in the memory."""

    size: int = 0
    done: bytearray = field(default_factory=bytearray)
    sums: Sums = field(default_factory=Sums)


def kept(path: Path) -> Kept:
    """What stands of a cut-off output. The last article goes too: some of its lines may be missing.

    Raises ValueError when a line that is not the last is no decision, and OSError.
    """
    whole = Kept()
    waiting: list[bytes] = []  # lines of the article that is being read
    at: tuple[int, int] | None = None
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if not raw.endswith(b"\n"):
                break
            try:
                place = decided(raw).at
            except ValueError as fault:
                raise ValueError(f"{path}:{number}: {fault}") from None
            if at is not None and place != at:
                _keep(whole, waiting)
                waiting = []
            at = place
            waiting.append(raw)
    return whole


def _keep(whole: Kept, raws: list[bytes]) -> None:
    decisions = [decided(raw) for raw in raws]
    whole.size += sum(len(raw) for raw in raws)
    whole.done.append(decisions[0].watch == "" and decisions[0].stage in _FORGETFUL)
    whole.sums.articles += 1
    for decision in decisions:
        whole.sums.restore(decision)
