"""The summary of replay, ledger and demo: readable in a terminal, however many watches there are."""

from __future__ import annotations

import io
from collections import Counter

from rich.console import Console

from streams.records import Reason
from streams.replay.report import sums_table

WATCHES = 44
COLUMNS = 80


def printed(sums: dict[str, Counter[str]]) -> list[str]:
    """The table's lines in a terminal of 80 columns."""
    terminal = io.StringIO()
    Console(file=terminal, width=COLUMNS).print(sums_table(sums, "ledger"))
    return terminal.getvalue().splitlines()


def test_every_count_of_many_watches_is_read_at_eighty_columns() -> None:
    """Name, number of articles and every reason with its count stand in the row of each watch."""
    reasons = [r.value for r in Reason][:9]
    sums = {f"watch-{n:02}": Counter({r: 100 * n + at + 1 for at, r in enumerate(reasons)}) for n in range(WATCHES)}
    lines = printed(sums)
    assert max(map(len, lines)) <= COLUMNS
    rows: dict[str, str] = {}
    name = ""
    for line in lines:
        if line.startswith("│"):
            watch, articles, words = (cell.strip() for cell in line.strip("│").split("│"))
            name = watch or name
            rows[name] = f"{rows.get(name, '')} {articles} {words}"
    assert list(rows) == list(sums)
    for watch, counted in sums.items():
        assert rows[watch].split()[0] == str(counted.total())
        for reason, count in counted.items():
            assert f"{reason} {count}" in " ".join(rows[watch].replace(",", " ").split())


def test_the_most_frequent_reason_comes_first_and_those_without_a_decision_are_left_out() -> None:
    """A reason with no decisions says nothing."""
    (row,) = [x for x in printed({"desk": Counter(late=1, alerted=3, muted=0)}) if x.startswith("│")]
    assert row.strip("│").split() == ["desk", "│", "4", "│", "alerted", "3,", "late", "1"]


def test_a_long_name_leaves_room_for_the_reasons() -> None:
    """It goes on in the next line."""
    name = "n" * 70
    lines = [x for x in printed({name: Counter(alerted=3)}) if x.startswith("│")]
    assert "".join(x.strip("│").split("│")[0].strip() for x in lines) == name
    assert "alerted 3" in lines[0]
