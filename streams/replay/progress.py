"""A replay's progress on the terminal's error stream: articles, rate, event time, time left."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from streams.basics.times import iso
from streams.replay.run import Sums


class Progress:
    """Called with each batch. Shows nothing where nobody looks (no terminal)."""

    def __init__(self, total: int | None, *, shown: bool) -> None:
        console = Console(stderr=True)
        self._bar = Bar(
            TextColumn("{task.fields[at]}"), BarColumn(), TaskProgressColumn(), MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), console=console,
            disable=not (shown and console.is_terminal), transient=True,
        )  # fmt: skip
        self._task = self._bar.add_task("replay", total=total, at="", rate="")

    def __call__(self, sums: Sums) -> None:
        """Show how far the run is."""
        speed = self._bar.tasks[0].speed
        at = (iso(sums.clock) or "")[:16].replace("T", " ")
        rate = f"{speed:,.0f}/s" if speed else ""
        self._bar.update(self._task, completed=sums.articles, at=at, rate=rate)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
