"""What words mean, how the files of concepts are kept, and how held-out rows speak for the thresholds."""

from __future__ import annotations

import re
import tomllib
from collections import Counter

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from models.relevance.corpus import Example
from models.relevance.lexicon import CONCEPTS, FILES, MEANINGS, Concepts
from models.relevance.model import load_model
from models.relevance.scorer import Weights
from models.relevance.train import Thresholds, Trained, held_out_figures

_ENTRY = re.compile(r"\*?[^\W\d_]+|[^\W\d_]+\*")
"""One token, which has letters only."""
_SHORTEST = 3
SHIPPED = Concepts.load()


def test_a_word_belongs_where_it_equals_begins_or_ends() -> None:
    """In the order of the files, and to so many at most."""
    concepts = Concepts({"late": ("bank",), "plant": ("werk*", "*werk", "plant"), "early": ("*bankwerk",)})
    assert concepts.of("plant") == ("plant",)
    assert concepts.of("werkstor") == ("plant",)
    assert concepts.of("bankwerk") == ("plant", "early")
    assert concepts.of("bank") == ("late",)
    assert concepts.of("networks") == concepts.of("banks") == ()
    many = Concepts({f"c{n}": ("word",) for n in range(MEANINGS + 3)})
    assert many.of("word") == tuple(f"c{n}" for n in range(MEANINGS))


@pytest.mark.parametrize("name", FILES)
def test_every_entry_can_match(name: str) -> None:
    """Lower case, Swiss spelling, a wildcard at one end of at least three letters, no entry twice."""
    for concept, entries in tomllib.loads((CONCEPTS / name).read_text(encoding="utf-8")).items():
        listed = entries.split()
        wrong = [
            e
            for e in listed
            if e != e.lower() or "ß" in e or not _ENTRY.fullmatch(e) or ("*" in e and len(e.strip("*")) < _SHORTEST)
        ]
        assert wrong == [], concept
        assert [e for e, n in Counter(listed).items() if n > 1] == [], concept


def test_no_concept_is_told_by_two_files() -> None:
    """The later would replace the earlier."""
    names = [c for name in FILES for c in tomllib.loads((CONCEPTS / name).read_text(encoding="utf-8"))]
    assert [c for c, n in Counter(names).items() if n > 1] == []
    assert sorted(path.name for path in CONCEPTS.iterdir()) == sorted(FILES)


@pytest.mark.parametrize(
    ("words", "concept"),
    [
        (("school", "prison", "gefängnis", "justizzentrum"), "public_building"),
        (("datacenter", "rechenzentrum", "serverfarm"), "compute_site"),
        (("exportstopp", "ausfuhrverbot"), "forbid_export"),
        (("einsammeln", "secures"), "raise_verb"),
    ],
)
def test_words_of_both_languages_mean_one_thing(words: tuple[str, ...], concept: str) -> None:
    """A word that the examples never held is read by what it means."""
    assert [w for w in words if concept not in SHIPPED.of(w)] == []


def test_thresholds_are_judged_on_held_out_rows_as_feeds_bring_them() -> None:
    """Rows of other files do not count; a category that no such row carries has no figure."""
    rows = [("feed.a.en", {"capex"}), ("feed.a.en", {"capex"}), ("feed.b.de", set()), ("near.en", {"capex", "rounds"})]
    corpus = [
        Example(title="t", text="", categories=frozenset(c), kind="", lang="en", file=f"{file}.jsonl", line=n)
        for n, (file, c) in enumerate(rows)
    ]
    held_out = np.array([[0.9, 0.9], [0.2, 0.0], [0.8, 0.0], [0.1, 0.9]])
    nothing = np.zeros((0, 2), dtype=np.float32)
    weights = Weights(vocabulary=(), rows=nothing, bias=nothing[0:0, 0])
    trained = Trained(
        categories=("capex", "rounds"), weights=weights, slopes=(1.0, 1.0), shifts=(0.0, 0.0), held_out=held_out
    )
    thresholds = {"capex": Thresholds(0.7, 0.85), "rounds": Thresholds(0.7, 0.7)}
    assert held_out_figures(trained, corpus, thresholds) == [("capex", 0.7, 0.5, 0.5), ("capex", 0.85, 1.0, 0.5)]


def test_a_loaded_model_multiplies_with_one_thread() -> None:
    """Small products gain nothing from a second one, which would spin on the core that others need."""
    load_model()
    assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}
