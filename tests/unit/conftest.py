"""What several unit tests start from."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.slack_server.client import SlackServer


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A strict server without limits of pace."""
    async with SlackServer(rate=0, ws_rate=0) as server:
        yield server
