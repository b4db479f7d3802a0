"""Little is done where we stand, much beside the loop; the outcome is the same."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from streams.records import Article, evolve
from streams.stages.aside import LITTLE, aside
from tests.build import arrival


def where(articles: Sequence[Article]) -> tuple[int, bool]:
    """How many there are, and whether the loop's own thread is asked."""
    return len(articles), threading.current_thread() is threading.main_thread()


@pytest.mark.parametrize(("length", "here"), [(10, True), (LITTLE, False)])
async def test_only_much_text_gets_a_thread(length: int, *, here: bool) -> None:
    """Measured by its characters: of headlines a batch takes few, of long texts many."""
    some = [evolve(arrival(b""), text="x" * length)] * 2
    assert await aside(where, some) == (2, here)
