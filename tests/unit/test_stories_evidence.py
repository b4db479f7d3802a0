"""What speaks for one story beside the words; and which part of the past a warm-up reads."""

from __future__ import annotations

from streams.records import Article, Decision, Origin, Reason
from streams.stories import thresholds as at
from streams.stories.evidence import agreeing, apart
from streams.stories.prepare import prepare
from streams.stories.tell import told_of
from streams.warm import Past, _enter, stretch
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
    assert (told_of(article, ()).companies, told_of(article, ()).subjects) == (("alibaba", "nvidia"), ("alibaba",))


def _decided(offset: int, *, story: str = "s-1", seen: int = NOON, watch: str = "w", claimed: int = 0) -> Decision:
    return Decision(
        article_id=str(offset), watch=watch, stage="decide", reason=Reason.ALERTED, detail="", seen=seen,
        origin=Origin(topic="articles", partition=0, offset=offset), story_id=story, claimed=claimed,
    )  # fmt: skip


def test_a_warm_up_reads_what_reached_the_memory_lately() -> None:
    """Without a story or too old: left out. A watch counts as claiming only where the memory ruled."""
    found: dict[tuple[int, int], Past] = {}
    for decision in (
        _decided(4, claimed=9), _decided(4, watch="v"), _decided(5, story=""), _decided(1, seen=NOON - 1), _decided(7),
    ):  # fmt: skip
        _enter(found, decision, NOON)
    assert found == {(0, 4): Past("s-1", {"w": None}), (0, 7): Past("s-1", {})}
    assert stretch("articles", found) == {("articles", 0): (4, 8)}
