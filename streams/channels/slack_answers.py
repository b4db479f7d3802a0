"""What Slack's answers mean for a message: the table of error codes, and what the client raises."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError

from streams.delivery.book import Sign
from streams.delivery.channel import Answer, CannotRead, Doubt, Reach, Refused, asked_wait
from streams.records import Millis

FAULTS: Final = (SlackApiError, TimeoutError, aiohttp.ClientError, OSError, ValueError)
"""All that a call can raise. A connection refused is among them, and is no doubt."""

_WAIT: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_RETRY: Final = frozenset({"request_timeout"})
_PAYLOAD: Final = frozenset({
    "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text", "too_many_attachments",
    "attachment_payload_limit_exceeded", "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large",
    "markdown_text_conflict", "invalid_arguments", "invalid_arg_name", "invalid_array_arg", "invalid_charset",
    "invalid_form_data", "invalid_post_type", "missing_post_type",
})  # fmt: skip
_ROUTE: Final = frozenset({
    "channel_not_found", "not_in_channel", "is_archived", "restricted_action", "restricted_action_read_only_channel",
    "messages_tab_disabled", "team_access_not_granted", "team_not_found", "no_permission", "access_denied",
})  # fmt: skip
_AUTH: Final = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
    "not_allowed_token_type", "ekm_access_denied", "accesslimited",
    "two_factor_setup_required", "org_login_required", "team_added_to_org", "enterprise_is_restricted",
    "method_deprecated", "deprecated_endpoint", "as_user_not_supported", "unknown_method",
})  # fmt: skip
THREAD: Final = frozenset({
    "cannot_reply_to_message", "restricted_action_thread_locked", "restricted_action_non_threadable_channel",
    "thread_not_found",
})  # fmt: skip
_EDIT: Final = frozenset({
    "message_not_found", "cant_update_message", "edit_window_closed", "is_inactive", "block_mismatch", "update_failed",
    "cant_delete_message",
})  # fmt: skip
_ROUTE_WAIT: Final[Millis] = 60_000
_CONNECT_WAIT: Final[Millis] = 2_000

_REFUSALS: Final[tuple[tuple[frozenset[str], Callable[[str], Refused]], ...]] = (
    (_RETRY, lambda code: Refused(code, wait=_CONNECT_WAIT)),
    (_PAYLOAD, lambda code: Refused(code, Reach.PAYLOAD)),
    (_ROUTE, lambda code: Refused(code, Reach.CHANNEL, wait=_ROUTE_WAIT)),
    (_AUTH, lambda code: Refused(code, Reach.SERVICE)),
    (_EDIT, lambda code: Refused(code, Reach.MESSAGE)),
    (THREAD, Refused),
)


def judged(fault: Exception) -> Answer:
    """The answer that an exception of the client stands for. What is not known for certain is a doubt."""
    if isinstance(fault, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL):
        return Refused(f"not connected: {fault!r}", Reach.CHANNEL, wait=_CONNECT_WAIT, sign=Sign.TROUBLE)
    if not isinstance(fault, SlackApiError):
        return Doubt(repr(fault))
    code, status = word(fault), _status(fault)
    if is_limit(fault):
        return Refused(code or "429", Reach.CHANNEL, wait=_retry_after(fault), sign=Sign.LIMITED)
    return next((refusal(code) for codes, refusal in _REFUSALS if code in codes), Doubt(f"{status} {code}"))


def is_limit(fault: Exception) -> bool:
    """Whether we are too fast."""
    return isinstance(fault, SlackApiError) and (_status(fault) == HTTPStatus.TOO_MANY_REQUESTS or word(fault) in _WAIT)


def unread(place: str, fault: Exception) -> CannotRead:
    """Why a channel could not be read, and when to try again. Too many reads are no sign of trouble."""
    answer = judged(fault)
    if isinstance(answer, Refused):
        sign = Sign.TROUBLE if answer.sign is Sign.TROUBLE else Sign.NONE
        return CannotRead(f"Slack: cannot read {place}: {answer.why}", answer.wait, sign)
    return CannotRead(f"Slack: cannot read {place}: {word(fault)}")


def word(fault: Exception) -> str:
    """Slack's error code, or what else there is to say."""
    data = getattr(getattr(fault, "response", None), "data", None)
    if isinstance(data, dict):
        return str(data.get("error", ""))
    if isinstance(fault, SlackApiError):
        return data.strip()[:100] if isinstance(data, str) else ""
    return repr(fault)


def _status(fault: SlackApiError) -> int:
    response = fault.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)


def _retry_after(fault: SlackApiError) -> Millis:
    headers: Any = getattr(fault.response, "headers", None) or {}
    return asked_wait(headers.get("Retry-After") or headers.get("retry-after"))
