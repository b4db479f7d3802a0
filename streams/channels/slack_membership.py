"""Whether the bot may speak in a channel, as Slack tells it without anything being said there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from streams.channels.slack_answers import FAULTS, word
from streams.records import Away

_NO_MEMBER: Final = "the bot is not in this channel: /invite @tapewire, then say it again"
_NO_GUEST: Final = "the bot is in no conversation between others: say it in a channel, after /invite @tapewire there"
_ARCHIVED: Final = "this channel is archived: unarchive it, then say it again"
_UNKNOWN: Final = frozenset({"channel_not_found", "not_in_channel"})


async def barred(client: AsyncWebClient, place: str) -> str:
    """Why nothing can be posted there, for who is there; "" when it can. Raises `Away` when Slack does not say."""
    try:
        channel = await _looked_at(client, place)
    except FAULTS as fault:
        code = word(fault)
        if code not in _UNKNOWN:
            raise Away(f"Slack: nobody knows whether {place} can be posted to: {code or repr(fault)}") from None
        return _NO_GUEST if place.startswith("D") else _NO_MEMBER
    if channel.get("is_archived"):
        return _ARCHIVED
    return "" if is_in(channel) else _NO_MEMBER


def is_in(channel: Mapping[str, Any]) -> bool:
    """Whether the bot is in what `conversations.info` tells of; it sees no conversation of two but its own."""
    return bool(channel.get("is_member") or channel.get("is_im"))


async def _looked_at(client: AsyncWebClient, place: str) -> Mapping[str, Any]:
    """A token that may not look may still read back what it has posted: then that is tried."""
    try:
        return (await client.conversations_info(channel=place)).get("channel") or {}
    except SlackApiError as fault:
        if word(fault) != "missing_scope":
            raise
    await client.conversations_history(channel=place, limit=1)
    return {"is_member": True}
