"""Live desks on the embedded and on the real broker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.live.desk import CHANNEL, LiveDesk
from tests.slack_server.client import SlackProcess


@pytest.fixture(params=["embedded", pytest.param("apache", marks=pytest.mark.kafka)])
async def desk(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> AsyncIterator[LiveDesk]:
    """A desk under a prefix of its own."""
    broker = request.getfixturevalue(f"{request.param}_kafka")
    async with SlackProcess(journal=tmp_path / "slack.jsonl", rate=0, ws_rate=0) as slack:
        await slack.ctl("channel", id=CHANNEL)
        made = LiveDesk(
            broker, redis_url, slack, tmp_path, f"t{uuid4().hex[:8]}.", embedded=request.param == "embedded"
        )
        made.open()
        yield made
        made.close()
