"""What speaks for one story beside the words."""

from __future__ import annotations

from streams.records import Article, Origin
from streams.stories import thresholds as at
from streams.stories.evidence import agreeing, apart, one_figure, shared_news
from streams.stories.prepare import prepare
from streams.stories.similarity import Bag
from streams.stories.tell import telling_of
from streams.stories.terms import term_for
from tests.build import NOON, company
from tests.story_build import told

BOND = prepare(told(1, "Nordbank sells $3.2bn bond", subjects=("nordbank",)))
SAME = prepare(told(2, "Bond of 3.2 billion dollars by Nordbank", subjects=("nordbank",)))
OTHER = prepare(told(3, "Ostara sells $1.9bn bond", subjects=("ostara",)))
NAMELESS = prepare(told(4, "Lender sells bond"))


def test_an_equal_figure_speaks_for_one_story_but_makes_no_copy() -> None:
    """Whatever it lifts stays below what only equal words reach; another figure says nothing."""
    assert agreeing(0.3, BOND, SAME) == at.FIGURE_AGREES * 0.3
    assert agreeing(0.85, BOND, SAME) == at.AGREED < at.COPY
    assert agreeing(0.95, BOND, SAME) == 0.95
    assert agreeing(0.3, BOND, OTHER) == 0.3


def test_a_sum_in_another_currency_speaks_for_one_story() -> None:
    """Each outlet converts to its own, and rates move; a near sum in the same currency is another one."""
    converted = prepare(told(5, "Nordbank places debt for 2.8 billion euros", subjects=("nordbank",)))
    near = prepare(told(6, "Nordbank sells $3.3bn bond", subjects=("nordbank",)))
    larger = prepare(told(7, "Nordbank places debt for 3.4 billion euros", subjects=("nordbank",)))
    assert agreeing(0.3, BOND, converted) == agreeing(0.3, converted, BOND) == at.FIGURE_AGREES * 0.3
    assert agreeing(0.3, BOND, near) == 0.3
    assert agreeing(0.3, BOND, larger) == 0.3
    yen = prepare(told(8, "Nordbank sells 480 billion yen bond", subjects=("nordbank",)))
    other = prepare(told(9, "Nordbank places debt for 2.9 billion euros", subjects=("nordbank",)))
    assert one_figure(yen, converted) and one_figure(converted, yen) and one_figure(yen, BOND)
    assert not one_figure(converted, other) and not one_figure(yen, larger)


def test_a_rounder_sum_speaks_for_one_story() -> None:
    """An outlet gives 3.2 billion where another has 3.17 or 3.24; of 3.3 both say 3.3, and a small sum is a price."""
    exact = prepare(told(8, "Nordbank sells $3.17bn bond", subjects=("nordbank",)))
    other = prepare(told(9, "Nordbank sells $3.24 billion bond", subjects=("nordbank",)))
    near = prepare(told(10, "Nordbank sells $3.27bn bond", subjects=("nordbank",)))
    price, close = (prepare(told(11, f"Nordbank sells shares at ${p}", subjects=("nordbank",))) for p in (31.7, 32))
    assert one_figure(BOND, exact) and one_figure(other, BOND)
    assert not one_figure(BOND, near) and not one_figure(price, close)


def test_other_subjects_speak_against_and_no_subject_says_nothing() -> None:
    """Only when both are about someone."""
    assert apart(BOND, OTHER)
    assert not apart(BOND, SAME)
    assert not apart(BOND, NAMELESS)


def test_only_whom_an_article_is_about_is_its_subject() -> None:
    """A company that is merely mentioned is told to the memory as such."""
    about = company("alibaba", role="subject", spans=((11, 18), (29, 36)))
    mentioned = company("nvidia", "NVDA", spans=((0, 6),))
    origin = Origin(topic="articles", partition=0, offset=1)
    title, text = "Nvidia and Alibaba", "Shares of Alibaba rose."
    article = Article(raw=b"", origin=origin, seen=NOON, title=title, text=text, companies=(about, mentioned))
    telling = telling_of(article, ())
    assert (telling.companies, telling.subjects, telling.names) == (("alibaba", "nvidia"), ("alibaba",), ("Alibaba",))


def _bag(words: int, weight: int, *shared: int) -> Bag:
    return Bag.of({**dict.fromkeys(range(words), weight), **dict.fromkeys(shared, 100)})


def test_every_term_of_a_name_is_the_company() -> None:
    """Its words, what they mean, and the pairs of them."""
    name = "Bank of Nordland"
    prepared = prepare(told(1, name, subjects=("nordland",), names=(name,)))
    assert {term for term, _ in prepared.terms} <= set(prepared.naming)


def test_news_of_one_company_share_more_than_the_company() -> None:
    """An equal figure, words, or what they mean; long tellings do in any case."""
    note = prepare(told(1, "Nordbank shares slip", subjects=("nordbank",), names=("Nordbank",)))
    outlook = prepare(told(2, "Nordbank suspends outlook", subjects=("nordbank",), names=("Nordbank",)))
    name, word, meaning = term_for("nordbank"), term_for("outlook"), term_for("@outlook")
    assert not shared_news(note, _bag(0, 0, name), outlook, _bag(0, 0, name))
    assert shared_news(note, _bag(0, 0, name, word), outlook, _bag(0, 0, name, word))
    assert shared_news(note, _bag(0, 0, name, meaning), outlook, _bag(0, 0, name, meaning))
    assert not shared_news(note, _bag(0, 0, name, *range(9)), outlook, _bag(0, 0, name, *range(8, 17)))
    for words in (at.LONG - 1, at.LONG):
        mine, theirs = _bag(0, 0, name, *range(1, words)), _bag(0, 0, name, *range(words, 2 * words - 1))
        assert shared_news(note, mine, outlook, theirs) is (words == at.LONG)
    assert shared_news(BOND, _bag(0, 0, name), SAME, _bag(0, 0, name))
    percents = ("Nordbank must pay 7%", "Levy of 7 percent for Nordbank")  # of which no anchor is made
    one, two = (prepare(told(1, title, subjects=("nordbank",), names=("Nordbank",))) for title in percents)
    assert shared_news(one, _bag(0, 0, name), two, _bag(0, 0, name))
