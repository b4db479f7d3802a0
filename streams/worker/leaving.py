"""A stop that takes too long is cut short: whoever stays in the group without working holds up its partitions.

The heartbeat has a thread of its own and goes on while a stop waits: for a broker that is away, or for ever.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from streams.worker.watchdog import exit_now

_LOOK_S = 0.1


def leave_in_time(told: Callable[[], bool], seconds: float, die: Callable[[str], None] = exit_now) -> threading.Thread:
    """End the process when it is still there so long after it was `told` to stop.

    Nothing is lost by it: what is not acknowledged is done again, as after `kill -9`. A thread of its own, because
    an event loop that hangs cannot look after itself.
    """

    def watch() -> None:
        while not told():
            time.sleep(_LOOK_S)
        time.sleep(seconds)
        die(f"still here {seconds:.0f} s after the order to stop")

    thread = threading.Thread(target=watch, name="leave in time", daemon=True)
    thread.start()
    return thread
