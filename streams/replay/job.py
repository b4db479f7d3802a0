"""One call of `tapewire replay`: options to a run, a report, a page and a gate."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from rich.console import Console

from streams.basics.times import WallClock
from streams.beside.reader import BesideReader
from streams.kafka.bounds import between
from streams.names import Names
from streams.ports import Clocked
from streams.replay.diff import difference, exceeded, expect_decisions, limits
from streams.replay.followed import FollowedSource
from streams.replay.page import page
from streams.replay.progress import Progress
from streams.replay.report import alerts_words, print_difference, print_sums
from streams.replay.resume import Kept, Partial
from streams.replay.run import Replay, Sums, run
from streams.replay.setup import Setup, check_paths, setup_of
from streams.replay.source import FileSource, Source
from streams.replay.topic_source import TopicSource
from streams.settings.load import load_settings
from streams.settings.record import Settings

LONG: Final = 20_000
"""From so many articles on a second process is worth its start."""


async def job(options: argparse.Namespace) -> int:
    """Exit code 1 when the gate is shut. Raises what cannot be read or reached."""
    allowed = {} if options.fail_on is None else limits(options.fail_on)
    if allowed and not options.against:
        raise ValueError("--fail-on needs --against: the run to hold this one against")
    pace = speed(options.speed)
    check_paths(options)
    settings = load_settings(options.config)
    source = await _source(options, settings)
    setup = await setup_of(options, settings, source)
    total = await source.total()
    if pace is None and (options.cores == "2" or (options.cores == "auto" and (total or 0) >= LONG)):
        setup = replace(setup, two_cores=True)
    other = setup.other(options.against) if options.against else None
    if options.against and not other:
        expect_decisions(options.against)  # a long run would be for nothing
    console = Console()
    out = options.out.resolve()
    with Progress(total, shown=not options.quiet) as progress:
        partial = Partial(out, setup.digest(await source.mark()))
        sums = await _replayed(setup, source, partial, resume=options.resume, speed=pace, look=progress)
    alerts = alerts_words(sums.alerts, sums.spoken)
    print_sums(console, sums.of(setup.parts(Clocked()).desk.names), sums.articles, alerts)
    shut: list[str] = []
    diff = None
    if options.against:
        with tempfile.TemporaryDirectory() as folder:
            before = await _baseline(other, source, Path(folder)) if other else options.against
            diff = difference(before, out)
        print_difference(console, diff)
        shut = exceeded(diff, allowed)
        for fault in shut:
            console.print(f"gate: {fault}", style="red", markup=False)
    if options.html:
        options.html.write_text(page(out, diff, source.name), encoding="utf-8")
    return 1 if shut else 0


async def _source(options: argparse.Namespace, settings: Settings) -> Source:
    if options.file:
        if options.topic or options.start or options.end or options.order != "time":
            raise ValueError("--topic, --from, --to and --order are for a topic; a file is replayed as it stands")
        return FileSource(options.file)
    now = WallClock().now()
    names = Names(settings.prefix)
    start, end = between(options.start, options.end, now)
    made = await TopicSource.between(settings.cluster, options.topic or names.articles, start, end)
    return made if options.order == "time" else FollowedSource(made, names.decisions)


async def _replayed(
    setup: Setup, source: Source, partial: Partial, *, resume: bool, speed: float | None, look: Callable[[Sums], None]
) -> Sums:
    before = partial.begin(resume=resume)
    with partial.path.open("r+b" if before.size else "wb") as out:
        out.truncate(before.size)
        out.seek(before.size)
        sums = await _run(setup, source, out, before, speed=speed, look=look)
    partial.done()
    return sums


async def _run(
    setup: Setup, source: Source, out: IO[bytes], before: Kept, *, speed: float | None = None,
    look: Callable[[Sums], None] | None = None,
) -> Sums:  # fmt: skip
    clock = Clocked()
    made = setup.parts(clock)
    made = replace(made, stories=await source.memory(made.stories))
    named = setup.settings
    beside = BesideReader(made, model=named.model, directory=named.directory) if setup.two_cores else None
    replay = Replay(parts=made, clock=clock, source=source, speed=speed, read=beside, done=bytes(before.done))
    try:
        return await run(replay, out.write, before.sums, look)
    finally:
        if beside:
            await beside.close()


async def _baseline(other: Setup, source: Source, folder: Path) -> Path:
    """The decisions of a run made now with the other configuration."""
    made = folder / "baseline.jsonl"
    with made.open("wb") as out:
        await _run(other, source, out, Kept())
    return made


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
