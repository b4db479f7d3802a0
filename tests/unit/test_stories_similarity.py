"""Likeness in whole numbers: the same in every process, and falling as it should."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.basics.times import DAY, HOUR
from streams.stories import thresholds as at
from streams.stories.index import Frequencies, Postings
from streams.stories.similarity import Bag, add_to_centroid, alike, bar, blend, fade, weigh
from streams.stories.terms import CONCEPT_BIT
from tests.build import NOON

_TERMS = st.lists(
    st.tuples(st.integers(0, 0xFFFFFF), st.floats(0.1, 3.0)), min_size=1, max_size=120, unique_by=lambda pair: pair[0]
)


@given(terms=_TERMS, articles=st.integers(1, 10_000))
def test_a_vector_is_bounded_ordered_and_of_unit_length(terms: list[tuple[int, float]], articles: int) -> None:
    """Whatever the words: at most `TERMS`, heaviest first, weights from 1 to `SCALE`."""
    vector = weigh(terms, articles, {term: 1 for term, _ in terms})
    assert len(vector.terms) <= at.TERMS
    assert list(vector.weights) == sorted(vector.weights, reverse=True)
    assert all(1 <= w <= at.SCALE for w in vector.weights)
    length = math.sqrt(sum(w * w for w in vector.weights))
    assert length == pytest.approx(at.SCALE, rel=0.1)


def test_rare_words_weigh_more() -> None:
    """The stream's own frequencies decide."""
    vector = weigh([(1, 1.0), (2, 1.0)], 1000, {1: 500, 2: 1})
    assert vector.terms == (2, 1)
    assert vector.weights[0] > 3 * vector.weights[1]


def test_equal_words_are_entirely_alike_and_others_not_at_all() -> None:
    """The ends of the scale."""
    one, two, none = Bag.of({1: 100, 2: 50}), Bag.of({3: 100, 4: 50}), Bag.of({})
    assert alike(one, one) == pytest.approx(1.0)
    assert alike(one, two) == 0.0
    assert alike(none, none) == 0.0


def test_within_a_language_concepts_do_not_count() -> None:
    """The words themselves are there, and a concept would count them twice."""
    one, two = Bag.of({1: 100, CONCEPT_BIT | 1: 200}), Bag.of({2: 100, CONCEPT_BIT | 1: 200})
    assert alike(one, two) == 0.0
    assert alike(one, two, across=True) == pytest.approx(1 / 3)


def test_likeness_fades_to_half() -> None:
    """1 at once, three quarters after a day, never below a half."""
    assert fade(0) == 1.0
    assert fade(DAY) == fade(-DAY) == 0.75
    assert 0.5 < fade(30 * DAY) < 0.51
    assert blend(0.8, 0.4, 0) == pytest.approx(0.6)


def test_the_bar_falls_with_length_and_rises_with_contrary_evidence() -> None:
    """Headlines must be more alike than texts; languages and other companies raise it."""
    headlines, texts = (bar(n, n, across=False, parted=False) for n in (10, 60))
    assert headlines == bar(at.SHORT, 90, across=False, parted=False) == at.LINK > texts
    assert bar(60, 60, across=True, parted=False) == at.LINK_ACROSS > texts
    assert bar(10, 60, across=False, parted=True) > headlines
    assert bar(60, 60, across=False, parted=True) == texts


def test_a_centroid_is_the_sum_and_stays_small() -> None:
    """Trimmed to its heaviest terms once it is twice too long."""
    assert add_to_centroid({1: 5}, (1, 2), (3, 4)) == {1: 8, 2: 4}
    grown = add_to_centroid({t: 1000 - t for t in range(120)}, range(1000, 1060), [1] * 60)
    assert len(grown) == at.CENTROID_TERMS
    assert 0 in grown


def test_frequencies_count_this_and_the_previous_epoch_per_language() -> None:
    """What was common last week, or in the other language, does not count."""
    frequencies = Frequencies()
    for _ in range(50):
        frequencies.weigh([(1, 1.0)], "en", NOON)
    common = frequencies.weigh([(1, 1.0), (2, 1.0)], "en", NOON)
    other = frequencies.weigh([(1, 1.0), (2, 1.0)], "de", NOON)
    later = frequencies.weigh([(1, 1.0), (2, 1.0)], "en", NOON + 4 * at.EPOCH)
    assert common.weights[0] > common.weights[1]
    assert other.weights[0] == other.weights[1] == later.weights[0] == later.weights[1]


def test_forgotten_epochs_are_gone() -> None:
    """The counters do not pile up."""
    frequencies = Frequencies()
    for days in range(0, 60, 3):
        frequencies.weigh([(1, 1.0)], "en", NOON + days * DAY)
        frequencies.forget(NOON + days * DAY)
    assert len(frequencies.counters) <= 3


def test_postings_keep_the_newest_and_answer_within_the_window() -> None:
    """Best shared first; bounded per term."""
    postings = Postings()
    for i in range(at.POSTINGS + 10):
        postings.add([1], f"{i:08}".encode(), NOON + i)
    postings.add([1, 2], b"shares-2", NOON)
    postings.add([1, 2], b"too-old.", NOON - at.WINDOW - HOUR)
    assert postings.candidates([(1, 10), (2, 10)], NOON, at.WINDOW)[0] == b"shares-2"
    assert len(postings.lists[1]) == at.POSTINGS
    assert b"too-old." not in postings.candidates([(2, 10)], NOON, at.WINDOW)
    postings.remove([1, 2], b"too-old.")
    assert postings.lists[2] == [(b"shares-2", NOON)]
