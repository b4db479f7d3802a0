"""What Slack would accept, but our product must never send. Pure, like `validate`.

Lints are listed in the state of the server; unless it runs `--lax`, the call is refused with the lint's code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.slack_server.basics import JSON, is_true
from tests.slack_server.shapes import units

MOST_TEXT = 3900  # Slack has been seen to split, or to post twice, texts beyond about 4000

# every token that notifies or links somebody; `<!date^...>` is the only one we write ourselves
_TOKEN = re.compile(r"<(?:!(?!date\^)|@|#)[^>]*>?")
_MENTIONING = {"broadcast", "user", "usergroup"}
_CONTENT = frozenset({"text", "blocks", "attachments", "markdown_text"})
_LOOK = frozenset({"username", "icon_emoji", "icon_url", "as_user", "link_names", "parse"})
_PAGES = frozenset({"channel", "cursor", "limit", "oldest", "latest", "inclusive", "include_all_metadata"})
_UNFURL = frozenset({"unfurl_links", "unfurl_media"})

ARGUMENTS: dict[str, frozenset[str]] = {
    "chat.postMessage": _CONTENT
    | _LOOK
    | _UNFURL
    | {"channel", "thread_ts", "reply_broadcast", "mrkdwn", "metadata", "client_msg_id", "unfurl_app_links"},
    "chat.postEphemeral": _CONTENT | _LOOK | {"channel", "user", "thread_ts"},
    "chat.update": _CONTENT | {"channel", "ts", "as_user", "link_names", "parse", "metadata", "reply_broadcast"},
    "chat.delete": frozenset({"channel", "ts", "as_user"}),
    "chat.getPermalink": frozenset({"channel", "message_ts"}),
    "conversations.history": _PAGES,
    "conversations.replies": _PAGES | {"ts"},
    "conversations.info": frozenset({"channel", "include_locale", "include_num_members"}),
    "conversations.list": frozenset({"cursor", "exclude_archived", "limit", "team_id", "types"}),
    "reactions.add": frozenset({"channel", "name", "timestamp"}),
    "views.open": frozenset({"trigger_id", "interactivity_pointer", "view"}),
    "blocks.validate": frozenset({"blocks"}),
    "webhook": _CONTENT | _UNFURL | {"thread_ts", "metadata"},
    "response_url": _CONTENT
    | _UNFURL
    | {"response_type", "replace_original", "delete_original", "thread_ts", "metadata"},
}
_SPEAKS = {"chat.postMessage", "chat.postEphemeral", "chat.update", "webhook", "response_url"}
_UNFURLS = {"chat.postMessage", "webhook"}


@dataclass(frozen=True, slots=True)
class Lint:
    """One thing our product must not do."""

    code: str
    detail: str


def lint_call(method: str, args: JSON, mentions: tuple[str, ...] = ()) -> Iterator[Lint]:
    """The lints of one call; `mentions` are the ids an operator has allowed alerts to mention."""
    known = ARGUMENTS.get(method)
    if known is not None and (unknown := sorted(set(args) - known - {"token"})):
        yield Lint("x_lint_unknown_arg", ", ".join(unknown))
    if method not in _SPEAKS or is_true(args.get("delete_original")):
        return
    yield from _lint_text(str(args.get("text") or ""))
    yield from _lint_mentions(args, mentions)
    yield from _lint_flags(method, args)


def _lint_text(text: str) -> Iterator[Lint]:
    if not text.strip():
        yield Lint("x_lint_no_fallback_text", "the top-level text drives push notifications and screen readers")
    if units(text) > MOST_TEXT:
        yield Lint("x_lint_text_may_be_split", f"{units(text)} units, more than {MOST_TEXT}")


def _lint_mentions(args: JSON, mentions: tuple[str, ...]) -> Iterator[Lint]:
    for source in _sources(args):
        for token in _TOKEN.findall(source):
            if not any(f"<!subteam^{allowed}>" == token for allowed in mentions):
                yield Lint("x_lint_mention", token[:80])


def _sources(args: JSON) -> Iterator[str]:
    """Every string of the call in which Slack would look for mentions."""
    yield str(args.get("text") or "")
    yield str(args.get("markdown_text") or "")
    yield from _block_sources(args.get("blocks"))
    yield from _every_string(args.get("attachments"))


def _block_sources(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _block_sources(item)
    elif isinstance(value, dict):
        kind = value.get("type")
        if kind in {"mrkdwn", "markdown"}:
            yield str(value.get("text"))
        elif kind == "usergroup":
            yield f"<!subteam^{value.get('usergroup_id')}>"
        elif kind in _MENTIONING:
            yield f"<@{value.get('user_id') or value.get('range')}>"
        else:
            for item in value.values():
                yield from _block_sources(item)


def _every_string(value: Any) -> Iterator[str]:
    """Attachments have too many fields that are read as mrkdwn to tell them apart."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _every_string(item)


def _lint_flags(method: str, args: JSON) -> Iterator[Lint]:
    if is_true(args.get("link_names")) or args.get("parse") == "full":
        yield Lint("x_lint_parse", "link_names and parse=full turn bare words into mentions")
    if method == "chat.update" and args.get("parse") != "none":
        yield Lint("x_lint_parse", "an update without parse=none falls back to parse=client")
    if method in _UNFURLS and any(_not_off(args.get(flag)) for flag in ("unfurl_links", "unfurl_media")):
        yield Lint("x_lint_unfurl", "unfurl_links and unfurl_media must be false")


def _not_off(flag: object) -> bool:
    return flag is None or is_true(flag)
