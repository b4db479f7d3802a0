"""Tickers and numbers as the press writes them, and what a watch may name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import isin as stdnum_isin

from models.companies.exchanges import MICS, PRESS, ending, padded
from models.companies.numbers import isin_valid, wkn_valid
from tests.unit.companies import companies, directory


@pytest.mark.parametrize(
    ("title", "company"),
    [
        ("$NVDA jumps after hours", "nvidia"),
        ("Chip maker (NASDAQ: NVDA) beats", "nvidia"),
        ("NYSE:BABA slips", "alibaba"),
        ("Platform operator (9988.HK) sells bonds", "alibaba"),
        ("Stake in 0700.HK sold", "tencent"),
        ("HKG: 700 at record", "tencent"),
        ("Memory maker (005930 KS) to expand", "samsung-electronics"),
        ("Retailer <BABA.N> and phone maker <1810.HK> gain", "alibaba"),
        ("Retailer <BABA.N> and phone maker <1810.HK> gain", "xiaomi"),
        ("Autobauer (ETR: BMW) ruft zurück", "bmw"),
        ("Softwarekonzern, WKN 716460, vor Zahlen", "sap"),
        ("Papier US0378331005 gefragt", "apple"),
        ("Papier DE0007164600 gefragt", "sap"),
        ("Network owner <FB.O> banned in court", "meta"),
        ("Payments firm (NYSE: SQ) in 2021", "block"),
        ("NVDA, AMD shares slip", "nvidia"),
        ("TSM shares at record in New York", "tsmc"),
        ("Cloud firms (NASDAQ: GOOG, AMZN) spend more", "amazon"),
    ],
)
def test_notations(title: str, company: str) -> None:
    """Cashtag, exchange and colon, brackets, Reuters and Bloomberg codes, ISIN, WKN after the word, bare in a list."""
    assert company in companies(title)


@pytest.mark.parametrize(
    "title",
    [
        "Rates (A) and (B) differ",
        "WKN 999999 is nobody's",
        "Number 716460 was drawn in the lottery",
        "The AI stocks rally goes on",
        "ISIN DE0007164601 has a typing error",
        "BUY NOW OR PAY MORE, SAYS CEO",
        "The CEO and CFO (NOW) leave",
        "A.B.DE is no ticker",
    ],
)
def test_what_only_looks_like_a_ticker(title: str) -> None:
    """Single letters, words, mistyped numbers and lines in capitals name nobody."""
    assert companies(title) == {}


def test_a_ticker_in_brackets_makes_the_ambiguous_name_before_it_certain() -> None:
    """Target (TGT) is the shop."""
    assert companies("Target (TGT): what next?")["target"].confidence > 0.9


@pytest.mark.parametrize(
    "asked", ["BABA", "9988.HK", "baba", "$BABA", "NYSE:BABA", "9988", "alibaba", " BABA ", "KYG017191142"]
)
def test_a_watch_names_a_company_by_any_listing(asked: str) -> None:
    """Any ticker, the ISIN or the id mean one company; a bare number without an exchange means none."""
    expected = frozenset() if asked == "9988" else frozenset({"alibaba"})
    assert directory().company_of(asked) == expected


def test_a_watch_names_groups() -> None:
    """Shipped groups and the user's own; nobody's name is an empty set."""
    from models.companies.identify import load_directory  # noqa: PLC0415

    assert len(directory().company_of("group:dax")) == 40
    assert "nvidia" in directory().company_of("group:chips")
    assert directory().company_of("group:nonsense") == frozenset()
    assert directory().company_of("XXXYZ") == frozenset()
    own = load_directory(groups={"mine": ["BABA", "0700.HK", "openai"]})
    assert own.company_of("group:mine") == {"alibaba", "tencent", "openai"}


def test_tickers_are_offered_for_suggestions() -> None:
    """The watch file's reader suggests the nearest of these."""
    assert {"BABA", "9988.HK", "SAP.DE"} <= set(directory().tickers)


def test_the_feeds_tickers_support_and_are_not_trusted_blindly() -> None:
    """They make an ambiguous name certain; alone they stay below a watch's usual confidence."""
    assert companies("Gap between plan and reality") == {}
    supported = companies("Gap: what comes now?", given=("GAP",))
    assert supported["gap"].confidence > 0.8
    alone = companies("Weather stays mild", given=("NVDA", "UNKNOWN"))
    assert list(alone) == ["nvidia"]
    assert alone["nvidia"].confidence < 0.7
    assert alone["nvidia"].salience < 30
    assert alone["nvidia"].spans == ()


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=10, max_size=13))
def test_isin_check_agrees_with_stdnum_on_any_string(number: str) -> None:
    """Our ten lines and python-stdnum say the same."""
    assert isin_valid(number) == bool(stdnum_isin.is_valid(number)) or number[:2] not in KNOWN_PREFIXES


@given(st.sampled_from(["US", "DE", "KY", "FR", "GB"]), st.text(alphabet="0123456789ABCXYZ", min_size=9, max_size=9))
def test_exactly_one_check_digit_is_right(prefix: str, body: str) -> None:
    """Of the ten numbers with one body, one is valid, and it is the one stdnum computes."""
    right = [d for d in "0123456789" if isin_valid(prefix + body + d)]
    assert right == [stdnum_isin.calc_check_digit(prefix + body)]


def test_wkn_has_a_shape_and_no_check_digit() -> None:
    """Six letters or digits, never I or O."""
    assert wkn_valid("716460")
    assert wkn_valid("A1EWWW")
    assert not wkn_valid("A1EWWI")
    assert not wkn_valid("71646")


def test_endings_and_padding() -> None:
    """A class is no exchange; Hong Kong numbers have four digits."""
    assert ending("BRK.B") == ""
    assert ending("SAP.DE") == ".DE"
    assert ending("NVDA") == ""
    assert ending("7203.T") == ".T"
    assert padded("700", ".HK") == padded("00700", ".HK") == "0700.HK"
    assert all(e in MICS for ends in PRESS.values() for e in ends)


KNOWN_PREFIXES = frozenset({"US", "DE", "GB", "FR", "CH", "NL", "KY", "JP", "KR", "CN", "HK", "IE", "IT", "ES"})
