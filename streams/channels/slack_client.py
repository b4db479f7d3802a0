"""Slack's clients as they must be made: nothing is sent twice behind our back, and no proxy on the way to ourselves."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

_OURSELVES: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def web_client(token: str, url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client without retry handlers: the SDK's default posts again when a connection is cut after acceptance."""
    client = AsyncWebClient(token=token, base_url=url, session=session, retry_handlers=[])
    client.proxy = proxy_for(url, client.proxy)
    return client


def proxy_for(url: str, proxy: str | None) -> str | None:
    """The SDK takes a proxy from the environment for every address, also for this machine."""
    return None if urlsplit(url).hostname in _OURSELVES else proxy
