"""How much is read ahead of the agents: bounded by bytes, where Faust's own bound counts records.

It overrides private methods of mode's queue, so `pyproject.toml` pins the version it was measured on.
"""

from __future__ import annotations

from typing import Any, Final

import faust
from mode.utils.queues import ThrowableQueue

PLACE_BYTES: Final = 1_024
PLACES: Final = 65_536
"""64 MiB a topic, and seconds of work: a full buffer makes Faust's fetcher sleep a whole second."""


class Buffer(ThrowableQueue):  # type: ignore[misc]  # mode says nothing of its types to us
    """What was fetched of a topic and no agent has taken yet.

    A record takes a place, and one of more than a kilobyte as many as it has kilobytes: after an outage the broker
    has more to give than memory can hold. From four fifths of its places on the partition is no longer fetched.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._places = 0

    def qsize(self) -> int:
        """The places taken."""
        return self._places

    def clear(self) -> None:
        """See `ThrowableQueue`."""
        super().clear()
        self._places = 0

    def _put(self, item: Any) -> None:
        super()._put(item)
        self._places += _places(item)

    def _get(self) -> Any:
        item = super()._get()
        self._places -= _places(item)
        return item


def _places(event: Any) -> int:
    message = event.message
    size = len(message.value or b"") + len(message.key or b"")
    if message.headers:
        size += sum(len(name) + len(value or b"") for name, value in dict(message.headers).items())
    return 1 + size // PLACE_BYTES


class App(faust.App):  # type: ignore[misc]  # Faust says nothing of its types
    """Faust's app, with such buffers."""

    def FlowControlQueue(self, maxsize: int | None = None, *, clear_on_resume: bool = False) -> Buffer:  # noqa: N802 - Faust's name
        """See `faust.App`."""
        return Buffer(maxsize=maxsize, flow_control=self.flow_control, clear_on_resume=clear_on_resume)
