"""Settings looked at again while a worker runs: a new Slack token is taken, everything else waits for a restart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path

from streams.settings.load import gather_settings
from streams.settings.record import Settings

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Renewer:
    """Holds what is on disk against `settings`, which the worker was started with."""

    settings: Settings
    config: Path | None
    renew: Callable[[str], None]  # is given a new Slack token
    _token: str = field(init=False, repr=False)
    _told: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """The token in use."""
        self._token = self.settings.slack_token

    async def look(self, *, all_of_it: bool = False) -> bool:
        """One look; whether there was a new token. Faults and settings that need a restart are said once."""
        fresh, faults = await asyncio.to_thread(gather_settings, self.config)
        if faults:
            self._tell(tuple(f"refused, the old settings stay in use: {fault}" for fault in faults))
            return False
        changed = [
            f.name
            for f in fields(Settings)
            if f.name != "slack_token" and getattr(fresh, f.name) != getattr(self.settings, f.name)
        ]
        self._tell(tuple(f"`{name}` has changed: a restart takes it" for name in changed))
        if not fresh.slack_token or (fresh.slack_token == self._token and not all_of_it):
            return False
        renewed = fresh.slack_token != self._token
        self._token = fresh.slack_token
        self.renew(fresh.slack_token)
        if renewed:
            log.warning("a new Slack token is in use")
        return renewed

    def _tell(self, lines: tuple[str, ...]) -> None:
        if lines != self._told:
            for line in lines:
                log.warning("settings: %s", line)
        self._told = lines
