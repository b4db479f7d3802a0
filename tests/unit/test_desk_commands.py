"""Commands: what people type, checked as the watch file is."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.basics.times import DAY, FOR_GOOD, HOUR
from streams.desk.commands import HELP, Reader, Unclear
from streams.desk.feedback import Act
from streams.knowledge import Knowledge
from tests.build import NOON
from tests.desk_kit import HERE, READER


def test_a_watch_is_read_as_the_file_would_say_it() -> None:
    """Companies and categories in any order and case, options with an equals sign."""
    order = READER.read("watch baba, NVDA Capex urgent min_probability=0.8 max_age=2h", HERE, NOON)
    assert order.act is Act.WATCH
    watch = READER.check(order.table)
    assert watch.companies == {"alibaba", "nvidia"} and watch.categories == {"capex"}
    assert (watch.channel, watch.urgent, watch.min_probability, watch.max_age) == (HERE, True, 0.8, 2 * HOUR)
    assert watch.name == order.watch == "baba-nvda-capex@C0DESK"


def test_the_same_words_make_the_same_watch_and_a_name_can_be_given() -> None:
    """So that a command sent twice is one watch."""
    assert READER.read("watch BABA", HERE, NOON) == READER.read("watch  baba ", HERE, NOON)
    assert READER.read("watch BABA name=mine", HERE, NOON).watch == "mine@C0DESK"
    assert READER.read("unwatch mine", HERE, NOON).watch == "mine@C0DESK"
    assert READER.read("unwatch mine@C0DESK", HERE, NOON).watch == "mine@C0DESK"


def test_what_is_long_is_neither_cut_nor_taken_for_another() -> None:
    """A cut command would watch less than was asked; two cut names would be one watch, the second ending the first."""
    names = [READER.read(f"watch BABA name={'long-' * 14}{end}", HERE, NOON).watch for end in "ab"]
    assert len(set(names)) == 2 and all(len(name) < 70 for name in names)
    with pytest.raises(Unclear, match="more than 500 characters"):
        READER.read("watch BABA " + " " * 500 + "NVDA", HERE, NOON)


def ambiguous() -> Reader:
    """A directory with a company whose id is another's ticker, and one whom nobody lists."""
    known = {
        "HAL": "halliburton",
        "HAL.NS": "hal",
        "hal": "hal",
        "TAP": "molson",
        "tap": "tap",
        "ALV": "alv",
        "alv": "alv",
    }
    return replace(
        READER, tickers=("HAL", "HAL.NS", "TAP", "ALV"), company_of=lambda t: frozenset({known[t]} if t in known else ()),
        names={"halliburton": "Halliburton", "hal": "Hindustan Aeronautics", "molson": "Molson Coors", "tap": "TAP Air"},
    )  # fmt: skip


@pytest.mark.parametrize("verb", ["watch", "mute", "unmute"])
def test_a_word_that_means_two_companies_is_not_guessed(verb: str) -> None:
    """People type `hal` for HAL; it is another company's id. Each is named, with how to write it."""
    with pytest.raises(Unclear) as unclear:
        ambiguous().read(f"{verb} hal", HERE, NOON)
    assert str(unclear.value) == ("'hal' may be Halliburton (write HAL) or Hindustan Aeronautics (write HAL.NS)")
    with pytest.raises(Unclear, match=r"Molson Coors \(write TAP\) or TAP Air \(write company:tap\)"):
        ambiguous().read(f"{verb} tap", HERE, NOON)
    with pytest.raises(Unclear, match="is no company"):
        ambiguous().read(f"{verb} company:TAPE 1h", HERE, NOON)


@pytest.mark.parametrize(
    ("word", "company"),
    [("HAL", "halliburton"), ("hal.ns", "hal"), ("TAP", "molson"), ("company:TAP", "tap"), ("alv", "alv")],
)
def test_each_way_to_write_a_company_means_it(word: str, company: str) -> None:
    """Also in a mute, where it may be the last word."""
    reader = ambiguous()
    assert reader.check(reader.read(f"watch {word}", HERE, NOON).table).companies == {company}
    assert reader.read(f"mute {word}", HERE, NOON).companies == (company,)


def test_the_shipped_directory_guesses_nobody_either() -> None:
    """Whatever joins it: an id in capitals that is another company's ticker is asked back."""
    known = Knowledge.load()
    reader = known.reader()
    for entry in known.directory.entries:
        other = reader.company_of(entry.id.upper()) - {entry.id}
        with pytest.raises(Unclear, match="may be") if other else contextlib.nullcontext():
            assert reader.read(f"mute {entry.id} 1h", HERE, NOON).companies == (entry.id,)


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("mute BABA", NOON + HOUR),
        ("mute BABA 30m", NOON + HOUR // 2),
        ("mute baba nvda 2d", NOON + 2 * DAY),
        ("mute BABA good", FOR_GOOD),
        ("mute BABA today", NOON + 11 * HOUR),  # noon in London is one o'clock in Berlin
        ("mute BABA 99999999d", FOR_GOOD),
    ],
)
def test_mutes_end_when_they_say(words: str, until: int) -> None:
    """An hour unless said otherwise; today ends at midnight on the desk's clock."""
    assert READER.read(words, HERE, NOON).until == until


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("wach BABA", "did you mean watch"),
        ("watch BABBA", "'BABBA' is no company and no category; did you mean BABA"),
        ("watch export_control BABA", "did you mean export_controls"),
        ("watch", "asks for nothing"),
        ("watch BABA min_probability=7", "from 0 to 1"),
        ("watch BABA min_probability=much", "is no number"),
        ("watch BABA quiet=25:00-07:00", "is no span of the day"),
        ("watch BABA name=<!channel>", "cannot be a name"),
        ("mute", "say whom"),
        ("mute BABA soon", "is no span of time"),
        ("mute BABA 1s", "a minute at least"),
        ("mute XYZ 1h", "is no company"),
        ("unmute", "say whom"),
        ("unwatch", "say which"),
        ("watch " + "BABA " * 60, "at most 30 words"),
    ],
)
def test_a_fault_is_named_with_what_was_meant_perhaps(words: str, says: str) -> None:
    """Nothing is guessed, nothing is done by half."""
    with pytest.raises(Unclear) as unclear:
        READER.read(words, HERE, NOON)
    assert says in str(unclear.value)


def test_no_words_mean_help() -> None:
    """And help tells every command."""
    assert READER.read("  ", HERE, NOON).act is READER.read("help", HERE, NOON).act is Act.HELP
    told = "\n".join(HELP)
    assert all(verb in told for verb in ("watch", "unwatch", "mute", "unmute", "list", "why"))


@given(st.text(max_size=600), st.sampled_from(["", "watch ", "mute ", "unmute ", "unwatch ", "why "]))
def test_any_text_is_an_order_or_unclear(words: str, verb: str) -> None:
    """Hostile words raise nothing else, and are not sent back at length."""
    with contextlib.suppress(Unclear):
        assert len(repr(READER.read(verb + words, HERE, NOON))) < 4_000
