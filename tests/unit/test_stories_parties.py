"""To which companies a headline says that something goes, and which says that a curb does not hit it."""

from __future__ import annotations

import pytest

from streams.records import evolve
from streams.stories.parties import parties, unhurt
from tests.unit.companies import article, directory


@pytest.mark.parametrize(
    ("title", "lang", "goals", "named"),
    [
        ("Nvidia invests in Wayve", "en", ["wayve"], ["nvidia"]),
        ("US clears Nvidia chip sales to Saudi firm Humain", "en", ["humain"], ["nvidia"]),
        ("US clears Nvidia chip sales to Alibaba and Tencent", "en", ["alibaba", "tencent"], ["nvidia"]),
        ("Nvidia in partnership with Intel", "en", [], ["nvidia", "intel"]),
        ("Intel gets $2 billion from SoftBank", "en", [], ["intel", "softbank"]),
        ("Softbank investiert zwei Milliarden Dollar in Intel", "de", ["intel"], ["softbank"]),
        ("Nvidia steigt bei Wayve ein", "de", ["wayve"], ["nvidia"]),
        ("Intel erhält zwei Milliarden Dollar von Softbank", "de", [], ["intel", "softbank"]),
    ],
)
def test_who_stands_behind_to_or_in(title: str, lang: str, goals: list[str], named: list[str]) -> None:
    """And who is joined to one; not who is behind "with", "from" or "of". The others are only named."""
    told = article(title, lang=lang)
    [companies] = directory().identify([told])
    found = list(parties(evolve(told, companies=companies)))
    assert [f.value for f in found if not f.unit] == goals
    assert [f.value for f in found if f.unit] == named


@pytest.mark.parametrize(
    ("title", "lang", "who"),
    [
        ("ASML says Norwegian licence rule will not affect guidance", "en", ["asml"]),
        ("ASML: NO IMPACT ON GUIDANCE FROM NORWAY'S EXPORT RULE", "en", ["asml"]),
        ("Tokyo Electron sees limited impact from Norway's scanner curbs", "en", ["tokyo-electron"]),
        ("Tokyo Electron won't be hurt by Norway's scanner curbs", "en", ["tokyo-electron"]),
        ("ASML: Exportkontrollen haben kaum Auswirkungen", "de", ["asml"]),
        ("ASML von Norwegens Exportverbot nicht betroffen", "de", ["asml"]),
        ("ASML says Norway's export rule will affect guidance", "en", []),
        ("Norway says export rule will not affect ASML", "en", []),  # who is spared is no one who says so
        ("Pfizer drug shows no effect in late trial", "en", []),
    ],
)
def test_who_says_that_a_curb_does_not_hit_it(title: str, lang: str, who: list[str]) -> None:
    """News of the curb's story, though it has no figure."""
    told = article(title, lang=lang)
    [companies] = directory().identify([told])
    assert [f.value for f in unhurt(evolve(told, companies=companies))] == who
