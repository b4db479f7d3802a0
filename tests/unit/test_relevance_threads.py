"""The worker explains one batch while it judges the next."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from models.relevance.model import TRAINED, load_model
from streams.records import Article, Relevance, evolve
from tests.unit.test_relevance import article


def test_judging_and_explaining_at_the_same_time_disturb_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that change places all the time, new words: the worker explains one batch while it judges the next."""
    monkeypatch.setattr("models.relevance.scorer._MOST_WORDS", 300)
    words = ["".join(letters) for letters in product("bdgklmnprst", "aeiou", "bdgklmnprst")]
    batches = [[article(f"Alibaba raises $3 billion for {n}{m}") for m in words[:40]] for n in words[40:70]]
    shared = load_model(TRAINED)

    def judge(batch: list[Article]) -> list[tuple[Relevance, ...]]:
        return shared.explain([evolve(a, relevances=r) for a, r in zip(batch, shared.classify(batch), strict=True)])

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            together = list(threads.map(judge, batches))
    finally:
        sys.setswitchinterval(before)
    shared = load_model(TRAINED)
    assert together == [judge(batch) for batch in batches]
