"""How the limits of the Slack server are tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.slack_server.basics import RefusedError


class Limit(NamedTuple):
    """`most` passes, one more is refused with `code`, pointing at `pointer`."""

    name: str
    most: int
    build: Callable[[int], Any]
    pointer: str = ""
    code: str = "invalid_blocks"

    def __str__(self) -> str:
        return self.name


def refusal(check: Callable[[], None]) -> RefusedError:
    """The refusal that `check` raises."""
    with pytest.raises(RefusedError) as caught:
        check()
    return caught.value
