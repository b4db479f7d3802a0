"""Silent parts for a replay: other watches, another model; and the scenarios of a folder run through them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rich.console import Console

from models.relevance.model import load_model
from streams.flow import Parts
from streams.ports import Clocked
from streams.replay.check import check
from streams.replay.scenarios import load_scenarios
from streams.silent import knowledge, read_desk, silent
from streams.watches import Desk


def parts(watches: Path, clock: Clocked, model: Path | None = None) -> Parts:
    """Parts with a new memory. Raises `BadWatches` and `BadModel`."""
    judge = load_model(model) if model else knowledge()[1]
    return silent(_desk(watches), clock, judge.unexplained())


@cache
def _desk(watches: Path) -> Desk:
    return read_desk(watches)


async def check_folder(folder: Path) -> int:
    """Exit code 1 when a scenario does not hold, 2 when there is none. Raises `BadScenario`."""
    console = Console(highlight=False)
    count = failed = 0
    for scenario in load_scenarios(folder):
        count += 1
        if faults := await check(scenario, parts):
            failed += 1
            console.print(f"{scenario.file.name}: {scenario.name}", style="red", markup=False)
            for fault in faults:
                console.print(f"    {fault}", markup=False, soft_wrap=True)
    if not count:
        console.print(f"{folder}: no scenario there")
        return 2
    console.print(f"{count} scenarios, {failed or 'none'} failed")
    return 1 if failed else 0
