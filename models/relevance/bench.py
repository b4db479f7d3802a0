"""How fast relevance is judged, on one core, also as a multiple of a plain hashing of word pairs of the same texts."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from random import Random
from typing import Final, TypeVar

from sklearn.feature_extraction.text import HashingVectorizer

from models.relevance.corpus import load_corpus
from models.relevance.model import TRAINED, Model, load_model
from streams.records import NOWHERE, Article, evolve

SIZES: Final = {"lead": (400, 1024), "long": (2_500, 256)}
"""Characters of title and text, and how many such articles."""
BATCH: Final = 128
SEED: Final = 5
ROUNDS: Final = 3
T = TypeVar("T")


def measure() -> dict[str, float]:
    """Articles a second, and the time as a multiple of the hashing's: fresh texts first, then the same ones again."""
    before = _megabytes()
    load_s, model = _timed(load_model)
    figures = {
        "load_s": load_s,
        "memory_mb": _megabytes() - before,
        "file_mb": sum(p.stat().st_size for p in TRAINED.iterdir()) / 1e6,
    }
    for name, (chars, count) in SIZES.items():
        figures |= {f"{name}_{k}": v for k, v in _speed(model, _articles(chars, count)).items()}
    return figures


def _speed(model: Model, articles: Sequence[Article]) -> dict[str, float]:
    """The first half warms the model up, the second half is measured: its texts are new, most of its words are not."""
    half = len(articles) // 2
    _judge(model, articles[:half])
    fresh = articles[half:]
    first, _ = _timed(lambda: _judge(model, fresh))
    again = min(_timed(lambda: _judge(model, fresh))[0] for _ in range(ROUNDS))
    told = [evolve(a, relevances=r) for a, r in zip(fresh, model.classify(fresh), strict=True)]
    told = [a for a in told if any(r.relevant for r in a.relevances or ())]
    words = min(_timed(lambda: model.explain(told))[0] for _ in range(ROUNDS))
    hashing = HashingVectorizer(ngram_range=(1, 2))
    bodies = [a.body for a in fresh]
    yardstick = min(_timed(lambda: hashing.transform(bodies))[0] for _ in range(ROUNDS))
    return {
        "fresh_per_s": len(fresh) / first,
        "per_s": len(fresh) / again,
        "times_hashing": again / yardstick,
        "explained_per_s": len(told) / words,
    }


def _judge(model: Model, articles: Sequence[Article]) -> None:
    for start in range(0, len(articles), BATCH):
        model.classify(articles[start : start + BATCH])


def _articles(chars: int, count: int) -> list[Article]:
    """Our own examples, each lengthened by everyday ones: two of five carry a category, as in a busy feed."""
    corpus = list(load_corpus())
    Random(SEED).shuffle(corpus)
    quiet = [f"{e.title}. {e.text}" for e in corpus if not e.categories]
    written = []
    for number, example in enumerate(islice(cycle(corpus), count)):
        at = number * 7 % len(quiet)
        text = " ".join([example.text, *islice(cycle(quiet[at:] + quiet[:at]), chars // 40)])
        text = text[: chars - len(example.title)]
        written.append(
            Article(raw=b"", origin=NOWHERE, seen=0, title=example.title, text=text, lang=example.lang, companies=())
        )
    return written


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    """Processor time, so that other work on the machine counts less."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
