"""`tapewire warm`: an empty story memory filled again from the articles topic and the ledger."""

from __future__ import annotations

import argparse
import asyncio
import sys

from streams.assemble import live
from streams.basics.times import parse_span
from streams.desk.kafka import read_feedback
from streams.kafka.reader import Ranges, TopicReader
from streams.names import Names
from streams.records import Away
from streams.replay.followed import FollowedSource
from streams.replay.topic_source import TopicSource
from streams.replay.warm import SPAN, Warmed, held, past, stretch, warm
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings, Settings
from streams.watches.file import BadWatches


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """From where, and whether a memory that is not empty is meant."""
    parser.add_argument("--since", dest="start", help="how far back to read: a span such as 48h (5d)")
    parser.add_argument("--again", action="store_true", help="the memory is not empty: go on with a warm-up cut short")
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when the memory is not empty, 2 when something cannot be read or reached."""
    try:
        return asyncio.run(_warmed(options))
    except (BadSettings, BadWatches, Away, ValueError) as bad:
        print(bad, file=sys.stderr)
        return 2


async def _warmed(options: argparse.Namespace) -> int:
    settings = load_settings(options.config)
    house = live(settings)
    kept = await house.stories.size()
    if kept["articles"] and not options.again:
        print(
            f"the memory holds {kept['articles']} articles: stop triage and empty it, or give --again", file=sys.stderr
        )
        return 1
    house.desk.add(await read_feedback(settings.cluster, house.names.feedback))
    since = max(0, house.clock.now() - (parse_span(options.start) if options.start else SPAN))
    topic = house.names.articles
    there = await _there(settings, house.names)
    told = await past(settings.cluster, house.names.decisions, since)
    if not told:
        print("the ledger knows no article that reached the memory: nothing to warm it with")
        return 0
    known = held(topic, told, there)
    inner = TopicSource(where=settings.cluster, topic=topic, ranges=stretch(topic, known))
    source = FollowedSource(inner, house.names.decisions)
    done = Warmed()
    async for done in warm(house.parts, source, known):
        print(f"\r{done.articles} of {len(known)} articles", end="", file=sys.stderr)
    print(file=sys.stderr)
    print(f"{done.articles} articles of {len(done.stories)} stories, {done.claims} claims; nothing was published")
    if gone := len(told) - len(known):
        print(f"{gone} articles are no longer on {topic}, and cannot be told again")
    if done.elsewhere:
        print(f"{done.elsewhere} articles have another story than before: theirs began before the stretch (--since)")
    return 0


async def _there(settings: Settings, names: Names) -> Ranges:
    """What the topic keeps. Raises `NoTopic`, also for a ledger: what is not there is no empty one."""
    async with TopicReader(settings.cluster) as reader:
        for name in (names.articles, names.decisions):
            await reader.expect(name)
        return await reader.ranges(names.articles)
