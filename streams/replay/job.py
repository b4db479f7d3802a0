"""One call of `tapewire replay`: options to a run, a report, a page and a gate."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from rich.console import Console

from streams.beside.reader import BesideReader
from streams.desk.feedback import Feedback
from streams.names import Names
from streams.ports import Clocked
from streams.replay.desk import changes_of, parts
from streams.replay.diff import difference, exceeded, limits
from streams.replay.followed import FollowedSource
from streams.replay.page import page
from streams.replay.progress import Progress
from streams.replay.report import print_difference, print_sums
from streams.replay.resume import Kept, kept
from streams.replay.run import Replay, Sums, run
from streams.replay.source import FileSource, Source
from streams.replay.stretch import TopicSource, bound
from streams.settings import Settings
from streams.settings_load import load_settings
from streams.times import WallClock

LONG: Final = 20_000
"""From so many articles on a second process is worth its start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What judges: a watch file and a model."""

    watches: Path
    model: Path | None
    two_cores: bool = False
    changes: tuple[Feedback, ...] = ()  # made on the desk by people, see `streams.desk`


async def job(options: argparse.Namespace) -> int:
    """Exit code 1 when the gate is shut. Raises what cannot be read or reached."""
    settings = load_settings(options.config)
    allowed = limits(options.fail_on) if options.fail_on else {}
    if allowed and not options.against:
        raise ValueError("--fail-on needs --against: the run to hold this one against")
    source = _source(options, settings)
    changes = await changes_of(options.desk, source, settings)
    setup = Setup(watches=options.watches or settings.watches, model=options.model, changes=changes)
    total = await source.total()
    if options.speed == "max" and (options.cores == "2" or (options.cores == "auto" and (total or 0) >= LONG)):
        setup = replace(setup, two_cores=True)
    console = Console()
    await _replayed(options, setup, source, console, total)
    shut: list[str] = []
    diff = None
    if options.against:
        with tempfile.TemporaryDirectory() as folder:
            diff = difference(await _baseline(options, setup, source, Path(folder)), options.out)
        print_difference(console, diff)
        shut = exceeded(diff, allowed)
        for fault in shut:
            console.print(f"gate: {fault}", style="red", markup=False)
    if options.html:
        options.html.write_text(page(options.out, diff, source.name), encoding="utf-8")
    return 1 if shut else 0


def _source(options: argparse.Namespace, settings: Settings) -> Source:
    if options.file:
        if options.start or options.end or options.order != "time":
            raise ValueError("--from, --to and --order are for a topic; a file is replayed as it stands")
        return FileSource(options.file)
    now = WallClock().now()
    names = Names(settings.prefix)
    made = TopicSource(
        bootstrap=settings.cluster,
        topic=options.topic or names.articles,
        start=bound(options.start, now),
        end=bound(options.end, now),
    )
    if options.order == "time":
        return made
    return FollowedSource(made, names.decisions)


async def _replayed(
    options: argparse.Namespace, setup: Setup, source: Source, console: Console, total: int | None
) -> None:
    before = kept(options.out) if options.resume and options.out.exists() else Kept()
    mode = "r+b" if before.size else "wb"
    with options.out.open(mode) as out, Progress(total, shown=not options.quiet) as progress:
        out.truncate(before.size)
        out.seek(before.size)
        sums = await _run(setup, source, out, before, speed=speed(options.speed), look=progress)
    names = list(parts(setup.watches, Clocked(), changes=setup.changes).desk.names)
    print_sums(console, sums.of(names), sums.articles, sums.alerts)


async def _run(
    setup: Setup, source: Source, out: IO[bytes], before: Kept, *, speed: float | None = None,
    look: Callable[[Sums], None] | None = None,
) -> Sums:  # fmt: skip
    clock = Clocked()
    made = parts(setup.watches, clock, setup.model, setup.changes)
    if isinstance(source, FollowedSource):
        made = replace(made, stories=await source.memory(made.stories))
    beside = BesideReader(made, model=setup.model) if setup.two_cores else None
    replay = Replay(parts=made, clock=clock, source=source, speed=speed, read=beside, done=bytes(before.done))
    try:
        return await run(replay, out.write, before.sums, look)
    finally:
        if beside:
            await beside.close()


async def _baseline(options: argparse.Namespace, setup: Setup, source: Source, folder: Path) -> Path:
    """An earlier run's decisions: given, or made now with the other configuration."""
    other = _other(options.against, setup)
    if other is None:
        return Path(options.against)
    made = folder / "baseline.jsonl"
    with made.open("wb") as out:
        await _run(other, source, out, Kept())
    return made


def _other(given: Path, setup: Setup) -> Setup | None:
    """The configuration that a path stands for; None when it is a run's output."""
    if given.is_dir():
        return replace(setup, model=given)
    return replace(setup, watches=given) if given.suffix == ".toml" else None


def speed(text: str) -> float | None:
    """`60x` to 60.0, `max` to None. Raises ValueError."""
    if text == "max":
        return None
    try:
        value = float(text.removesuffix("x"))
    except ValueError:
        value = 0.0
    if not value > 0:
        raise ValueError(f"--speed {text!r}: write max, 1x or 60x")
    return value
