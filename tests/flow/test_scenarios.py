"""Scenarios as data: one test each; and every invariant and every reason has one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from streams.commands.replay import check_folder
from streams.knowledge import Knowledge
from streams.records import Reason
from streams.replay.check import check
from streams.replay.parts import parts_for
from streams.replay.scenario_tables import BadScenario
from streams.replay.scenarios import Scenario, load_scenarios

FOLDER = Path(__file__).parents[1] / "scenarios"
SCENARIOS = list(load_scenarios(FOLDER))
UNSHOWN = {"no_watch"}
"""Of a desk that nobody has filled: the flow's own tests show it."""


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: f"{s.file.stem}: {s.name}")
async def test_scenario(scenario: Scenario) -> None:
    """What the file says is what the flow does, with the shipped directory and model."""
    assert await check(scenario, partial(parts_for, Knowledge.load())) == []


def test_every_invariant_and_every_reason_has_a_scenario() -> None:
    """Invariant 8 (replay cannot speak) is a house test; the others are told here, reasons by expectation."""
    shown = {mark for s in SCENARIOS for mark in s.shows}
    assert {str(n) for n in range(1, 12)} - shown == {"8"}
    expected = {r for s in SCENARIOS for step in s.steps for r in (*dict(step.expect).values(), step.ends) if r}
    assert {r.value for r in set(Reason) - expected} <= UNSHOWN


def test_there_are_many_and_in_both_languages() -> None:
    """At least 60, a third of them German; no two of one name."""
    assert len(SCENARIOS) >= 60
    assert sum("de" in s.shows for s in SCENARIOS) >= 20
    assert len({s.name for s in SCENARIOS}) == len(SCENARIOS)


BROKEN = """
[[scenario]]
name = "expects the wrong thing"
[[scenario.article]]
id = "a"
title = "Home side win derby with late penalty"
expect = { china = "alerted", nobody = "late" }
detail = "a word that is not there"
[[scenario.article]]
title = "Alibaba to invest $9 billion in new data centres in Brazil"
text = "Alibaba said it would spend $9 billion on three data centres."
story_of = "a"
"""


async def test_what_does_not_hold_is_told_in_words(tmp_path: Path) -> None:
    """A wrong reason, a watch nobody has, a silence that was broken, a story that is another: each has its line."""
    (tmp_path / "broken.toml").write_text(f'desk = "{FOLDER / "desk.toml"}"\n{BROKEN}')
    (scenario,) = load_scenarios(tmp_path)
    faults = "\n".join(await check(scenario, partial(parts_for, Knowledge.load())))
    assert "article 1 (a): china: alerted expected, got all watches below_threshold" in faults
    assert "the desk has no watch 'nobody'" in faults
    assert "no detail says 'a word that is not there'" in faults
    assert "article 2 (2): spoke to china, which nobody expected" in faults
    assert "same story expected as of 'a'" in faults
    assert await check_folder(tmp_path, Knowledge.load()) == 1
    assert await check_folder(tmp_path / "none", Knowledge.load()) == 2


ONE = '[[scenario]]\nname = "x"\n[[scenario.article]]\ntitle = "y"\n'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[scenario]]\n", "scenario 1: `name` is missing"),
        ('[[scenario]]\nname = "x"\n', "no \\[\\[scenario.article\\]\\]"),
        ('[[scenario]]\nname = "x"\ncolour = 1\n', "unknown `colour`"),
        ('[[scenario]]\nname = "x"\n[[scenario.article]]\nheadline = "y"\n', "article 1: unknown `headline`"),
        ('[[scenario]]\nname = "x"\n[[scenario.article]]\nends = "well"\n', "'well' is not a valid Reason"),
        ('[[scenario]]\nname = "x"\n[[scenario.article]]\nfault = "fire"\n', "write relate, claim or away"),
        ('[[scenario]]\nname = "x"\n[[scenario.article]]\nagain = "y"\n', "no article before it"),
        ('[[scenario]]\nname = "x"\n[[scenario.article]]\nat = "soon"\n', "no span of time"),
        ("[[scenario", "Expected"),
        ('[[scenarios]]\nname = "x"\n', "x.toml: unknown `scenarios`; known are desk, scenario"),
        ('[[watch]]\nname = "w"\n[[scenario]]\nname = "x"\n', "x.toml: unknown `watch`"),
        ('[scenario]\nname = "x"\n', "Expected `array`, got `object` - at `\\$.scenario`"),
        ("desk = 5\n", "Expected `str`, got `int` - at `\\$.desk`"),
        ('[[scenario]]\nname = "x"\nshows = 5\n', "Expected `array`, got `int`"),
        ('[[scenario]]\nname = "x"\narticle = "y"\n', "Expected `array`, got `str`"),
        ('[[scenario]]\nname = "x"\narticle = ["y"]\n', "Expected `object`, got `str`"),
        (ONE + f"id = {10**30}\n", "article 1: "),
        (ONE + f"tickers = [{10**30}]\n", "article 1: Integer exceeds 64-bit range"),
        (ONE + "stretch = { text = inf }\n", "Expected `int`, got `float`"),
        (ONE + "stretch = { text = 99999999999 }\n", "Expected `int` <= 10000000"),
        (ONE + 'expect = ["alerted"]\n', "Expected `object`, got `array`"),
        (ONE + 'partition = "one"\n', "Expected `int`, got `str`"),
        (ONE + 'at = "9999999999999d"\n', "article 1: "),
    ],
)
def test_a_scenario_that_cannot_be_read_says_where(text: str, fault: str, tmp_path: Path) -> None:
    """File, scenario and article, and what to write."""
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(BadScenario, match=fault):
        list(load_scenarios(tmp_path))
