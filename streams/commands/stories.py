"""`tapewire stories`: what a story holds and who was told what of it; how much the memory holds."""

from __future__ import annotations

import argparse
import asyncio
import sys

import orjson

from streams.basics.text import visible
from streams.ledger.storybook import as_json, read_story, told
from streams.names import Names
from streams.records import Away
from streams.redis.client import connect
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings
from streams.stories.redis import RedisStories


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which story."""
    parser.add_argument("action", choices=("show", "size"), help="show: one story; size: what the memory holds")
    parser.add_argument("what", nargs="?", default="", help="a story's id, an article's id, or words of its headline")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when there is no such story, 2 when something cannot be read or reached."""
    if options.action == "show" and not options.what:
        print("which story? give its id, an article's id, or words of a headline", file=sys.stderr)
        return 2
    try:
        return asyncio.run(_show(options) if options.action == "show" else _size(options))
    except (BadSettings, Away, ValueError) as bad:
        print(bad, file=sys.stderr)
        return 2


async def _show(options: argparse.Namespace) -> int:
    settings = load_settings(options.config)
    book = await read_story(settings.cluster, Names(settings.prefix), options.what)
    if book is None:
        print(f"no story is {options.what!r} by id, and none of its articles by id or headline", file=sys.stderr)
        return 1
    print(as_json(book).decode() if options.json else "\n".join(map(visible, told(book))))
    return 0


async def _size(options: argparse.Namespace) -> int:
    settings = load_settings(options.config)
    async with connect(settings) as redis:
        size = dict(await RedisStories(redis, Names(settings.prefix).stories, most=settings.stories_most).size())
    size["bytes_per_article"] = size["bytes"] // size["articles"] if size["articles"] else 0
    if options.json:
        print(orjson.dumps(size).decode())
    else:
        each = f"{size['bytes_per_article']} bytes an article"
        kept = f"{size['articles']} articles (of {size['most']} at most)"
        print(f"{kept} of {size['stories']} stories, {size['bytes'] / 1e6:.1f} MB, {each}")
    return 0
