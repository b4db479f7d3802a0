"""A worker that kills itself (SIGKILL) at a named point, so that a test can crash it at every await of the path.

    python -m tests.live.killable POINT NTH          POINT is `method:before` or `method:after`, or `none`

The product has no hooks for this: the parts it is given are wrapped here.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from streams.assemble import Live, live
from streams.kafka import publish
from streams.settings.load import load_settings
from streams.worker.start import start
from tests.live.bomb import Bomb, Wrapped

POINTS = tuple(
    f"{method}:{when}"
    for method in (
        "relate",
        "claim_story",
        "publish",
        "intend",
        "claim_delivery",
        "post",
        "sent",
        "receipts",
        "reported",
    )
    for when in ("before", "after")
)


def armed(made: Live, bomb: Bomb) -> Live:
    """The live parts, each await of the path around a bomb."""
    stories, book = made.stories, made.book
    wrapped_stories: Any = Wrapped(
        stories, relate=bomb.around("relate", stories.relate), claim=bomb.around("claim_story", stories.claim)
    )
    wrapped_book: Any = Wrapped(
        book,
        intend=bomb.around("intend", book.intend),
        claim=bomb.around("claim_delivery", book.claim),
        sent=bomb.around("sent", book.sent),
        receipts=bomb.around("receipts", book.receipts),
        reported=bomb.around("reported", book.reported),
    )
    channels: Any = {k: Wrapped(c, post=bomb.around("post", c.post)) for k, c in made.channels.items()}
    publisher: Any = publish.Publisher
    publisher.publish = bomb.around("publish", publisher.publish)
    return replace(made, stories=wrapped_stories, book=wrapped_book, channels=channels)


def main() -> None:
    """Run the worker of the environment's settings."""
    settings = load_settings()
    start(settings, armed(live(settings), Bomb(sys.argv[1], int(sys.argv[2]))), log_level="error")


if __name__ == "__main__":
    main()
