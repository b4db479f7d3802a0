"""A worker that does not stop when it is told to."""

from __future__ import annotations

import threading
import time

from streams.worker.leaving import leave_in_time


def test_a_stop_that_hangs_is_cut_short() -> None:
    """Not before it was told to stop, and not before its time."""
    told, died, words = threading.Event(), threading.Event(), list[str]()

    def die(why: str) -> None:
        words.append(why)
        died.set()

    leave_in_time(told.is_set, 0.3, die)
    assert not died.wait(0.5)
    told.set()
    at = time.monotonic()
    assert died.wait(5)
    assert time.monotonic() - at >= 0.3
    assert words == ["still here 0 s after the order to stop"]


def test_whoever_leaves_is_not_held_up() -> None:
    """The watch does not keep a process alive."""
    assert leave_in_time(lambda: False, 60, lambda _: None).daemon
