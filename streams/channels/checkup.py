"""`tapewire doctor`'s look at Slack: the token, its scopes, the channels of the watches, Slack's clock."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from streams.channels.slack_answers import FAULTS, judged, word
from streams.channels.slack_client import web_client
from streams.channels.slack_membership import is_in
from streams.delivery.channel import Reach, Refused
from streams.delivery.checkup import Finding, skewed
from streams.names import CHANNELS, kind_of, place_of
from streams.settings.record import Settings, parse_webhooks

SCOPES: Final = frozenset({"chat:write", "channels:history", "groups:history"})
"""The least that sending and reading back need."""

_MENDS: Final = {
    "channel_not_found": "use the channel's id (C...), or invite the bot to the private channel",
    "missing_scope": "add channels:read and groups:read to see channels here (sending does not need them)",
}


async def channel_findings(settings: Settings, channels: Collection[str]) -> list[Finding]:
    """What is wrong with the places that alerts go to."""
    by_kind: dict[str, list[str]] = {}
    for name in sorted(set(channels)):
        by_kind.setdefault(kind_of(name), []).append(place_of(name))
    found = [
        Finding("watches", f"{kind}: is no kind of channel", f"write {' or '.join(CHANNELS.values())}")
        for kind in by_kind
        if kind not in CHANNELS
    ]
    found += _webhooks(parse_webhooks(settings.webhooks), by_kind.get("webhook", []))
    if settings.slack_token:
        found += await _slack(settings, by_kind.get("slack", []))
    elif "slack" in by_kind:
        mend = "set TAPEWIRE_SLACK_TOKEN (or _FILE) to the bot token; deploy/slack-manifest.yaml makes the app"
        found.append(Finding("slack", "there is no token, but watches speak to Slack", mend))
    return found


def _webhooks(known: Mapping[str, str], asked: Sequence[str]) -> list[Finding]:
    return [
        Finding("webhook", f"{name}: at-least-once; doubts are sent again, marked as possible repeats")
        if name in known
        else Finding("webhook", f"{name}: nobody knows its url", "add NAME=https://... to TAPEWIRE_WEBHOOKS")
        for name in asked
    ]


async def _slack(settings: Settings, places: Sequence[str]) -> list[Finding]:
    timeout = aiohttp.ClientTimeout(total=settings.slack_timeout / 1_000)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = web_client(settings.slack_token, settings.slack_url, session)
        try:
            answer = await client.auth_test()
        except FAULTS as fault:
            return [_shut(fault, settings.slack_url)]
        found = [Finding("slack", f"token of {answer.get('user')} in {answer.get('team')}")]
        hears = bool(settings.slack_app_token)
        found += _scopes(answer.headers, SCOPES | ({"commands"} if hears else set())) + _clock(answer.headers)
        found.append(await _socket(settings, session))
        return found + [await _place(client, place) for place in places]


def _shut(fault: Exception, url: str) -> Finding:
    """Slack does not say whose token it is: it takes no such token, or nobody can ask it."""
    answer = judged(fault)
    if isinstance(answer, Refused) and answer.reach is Reach.SERVICE:
        mend = "put a valid bot token (xoxb-...) into TAPEWIRE_SLACK_TOKEN (or _FILE), and let this address reach Slack"
        return Finding("slack", f"the token is refused: {word(fault)}", mend)
    words = " ".join(str(fault).split()) or repr(fault)
    return Finding("slack", f"does not answer: {words[:200]}", f"let this machine reach {url}")


async def _socket(settings: Settings, session: aiohttp.ClientSession) -> Finding:
    """Whether the app token may open a socket; none is opened."""
    if not settings.slack_app_token:
        return Finding("slack", "no app token: alerts have no buttons, /tapewire is not heard")
    try:
        client = web_client("", settings.slack_url, session)
        await client.apps_connections_open(app_token=settings.slack_app_token)
    except FAULTS as fault:
        mend = (
            "make an app-level token (xapp-...) with connections:write, switch Socket Mode on, set it in"
            " TAPEWIRE_SLACK_APP_TOKEN (or _FILE)"
        )
        return Finding("slack", f"the app token opens no socket: {word(fault) or repr(fault)}", mend)
    return Finding("slack", "buttons and /tapewire are heard over Socket Mode")


def _scopes(headers: Mapping[str, Any], wanted: frozenset[str]) -> list[Finding]:
    told = {name.lower(): str(value) for name, value in headers.items()}.get("x-oauth-scopes", "")
    missing = sorted(wanted - {s.strip() for s in told.split(",")})
    mend = f"add {', '.join(missing)} to the app and install it again" if missing else ""
    return [Finding("slack", f"scopes {told or 'unknown'}", mend)]


def _clock(headers: Mapping[str, Any]) -> list[Finding]:
    date = {name.lower(): str(value) for name, value in headers.items()}.get("date")
    return [skewed("clock", "Slack", parsedate_to_datetime(date).timestamp() + 0.5 - time.time())] if date else []


async def _place(client: AsyncWebClient, place: str) -> Finding:
    try:
        channel = (await client.conversations_info(channel=place)).get("channel") or {}
    except FAULTS as fault:
        code = word(fault) or repr(fault)
        return Finding("slack", f"{place}: {code}", _MENDS.get(code, "see what Slack says of this code"))
    name = f"{place} (#{channel.get('name')})"
    if channel.get("is_archived"):
        return Finding("slack", f"{name} is archived", "unarchive it, or change the watch")
    if not is_in(channel):
        return Finding("slack", f"{name}: the bot is not a member", "type /invite @tapewire there")
    return Finding("slack", f"{name} can be posted to and read back")
