"""An alarm: a place that cannot be told says so somewhere else, once an hour. It is an alert like any other."""

from __future__ import annotations

from streams.basics.text import hash_of
from streams.basics.times import HOUR
from streams.records import Alert, Kind, Millis


def alarm(channel: str, what: str, why: str, at: Millis) -> Alert:
    """To `channel`, about `what` takes nothing. The same within an hour, whichever process raises it."""
    own = hash_of("alarm", what, why, str(at // HOUR), size=10)
    return Alert(
        alert_id=own, kind=Kind.NEW, watch="tapewire", channel=channel, story_id=own, article_id=own, root_id=own,
        title=f"tapewire: {what} takes no alerts, they are held: {why}", url="", source="tapewire", lang="en",
        companies=(), relevances=(), why="it resumes by itself once this is mended; tapewire doctor tells how",
        urgent=True, seen=at, decided=at,
    )  # fmt: skip
