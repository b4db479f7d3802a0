"""What speaks for one story beside the words."""

from __future__ import annotations

from streams.records import Article, Origin
from streams.stories import thresholds as at
from streams.stories.evidence import agreeing, apart
from streams.stories.prepare import prepare
from streams.stories.tell import telling_of
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


def test_other_subjects_speak_against_and_no_subject_says_nothing() -> None:
    """Only when both are about someone."""
    assert apart(BOND, OTHER)
    assert not apart(BOND, SAME)
    assert not apart(BOND, NAMELESS)


def test_only_whom_an_article_is_about_is_its_subject() -> None:
    """A company that is merely mentioned is told to the memory as such."""
    about, mentioned = company("alibaba", role="subject"), company("nvidia", "NVDA")
    origin = Origin(topic="articles", partition=0, offset=1)
    article = Article(raw=b"", origin=origin, seen=NOON, companies=(about, mentioned))
    assert (telling_of(article, ()).companies, telling_of(article, ()).subjects) == (
        ("alibaba", "nvidia"),
        ("alibaba",),
    )
