"""What waits in a delivery book: by design, or because nobody takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from streams.records import Millis


@dataclass(frozen=True, slots=True)
class Waiting:
    """An echo waits for nothing of its own, and is not among it."""

    held: int
    """Not due before their quiet hours end."""
    oldest: Mapping[str, Millis]
    """For each channel that was not told all that is due: since how long the oldest is. A retry starts nothing anew."""
    unreported: int = 0
    """Receipts that wait for the ledger, in a reporter's hand or not."""
    unreported_for: Millis = 0
    """How long about the oldest of them has waited."""
