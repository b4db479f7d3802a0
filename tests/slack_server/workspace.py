"""Who is who: tokens and their scopes, channels, webhooks, and the short-lived ids that interactions bring."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from tests.slack_server.basics import JSON, RefusedError

BOT_TOKEN = "xoxb-test"
APP_TOKEN = "xapp-test"
HOOK = "/services/T0TEST/B0HOOK/secret"
TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 1800.0
RESPONSE_USES = 5
BOT_SCOPES = frozenset(
    {
        "chat:write",
        "channels:history",
        "groups:history",
        "channels:read",
        "groups:read",
        "reactions:write",
        "commands",
    }
)


@dataclass(frozen=True, slots=True)
class Token:
    """Whom a token speaks for, and what it may do."""

    token: str = ""
    scopes: frozenset[str] = frozenset()
    team_id: str = "T0TEST"
    user_id: str = "U0BOT"
    bot_id: str = "B0TEST"
    app_id: str = "A0TEST"


@dataclass(slots=True)
class Channel:
    """A channel as the bot finds it; `refuses` and `refuses_replies` are the codes posting meets there."""

    id: str
    name: str = ""
    archived: bool = False
    member: bool = True
    private: bool = False
    refuses: str | None = None
    refuses_replies: str | None = None

    def described(self) -> JSON:
        """The channel as `conversations.info` answers it."""
        return {
            "id": self.id,
            "name": self.name or self.id.lower(),
            "is_channel": not self.private,
            "is_archived": self.archived,
            "is_member": self.member,
            "is_private": self.private,
        }


@dataclass(slots=True)
class Response:
    """A response_url still good for some uses; `ts` is the message it came from, if any."""

    channel: str
    ts: str | None
    until: float
    uses: int = RESPONSE_USES


class Workspace:
    """The workspace T0TEST, with one bot, one app token, one person and a handful of channels."""

    def __init__(self) -> None:
        self.tokens = {
            BOT_TOKEN: Token(BOT_TOKEN, BOT_SCOPES),
            APP_TOKEN: Token(APP_TOKEN, frozenset({"connections:write"})),
        }
        self.dead: dict[str, str] = {}
        self.channels = {
            channel.id: channel
            for channel in (
                Channel("C0ALERTS", "alerts"),
                Channel("C0ALERT2", "alerts-two"),
                Channel("C0OPS", "ops"),
                Channel("C0ARCH", "old", archived=True),
                Channel("C0OUT", "elsewhere", member=False),
                Channel("G0SECRET", "board", private=True, member=False),
            )
        }
        self.hooks = {HOOK: "C0OPS"}
        self.users = {"U0HUMAN", "U0BOSS"}
        self.responses: dict[str, Response] = {}
        self._triggers: dict[str, float | None] = {}
        self._minted = 0

    def identify(self, token: str) -> Token:
        """Whom the token speaks for; raises the code of a missing, dead or unknown one."""
        if not token:
            raise RefusedError("not_authed")
        if token in self.dead:
            raise RefusedError(self.dead[token])
        if token not in self.tokens:
            raise RefusedError("invalid_auth")
        return self.tokens[token]

    def set_channel(self, channel: str, changes: JSON) -> Channel:
        """The channel with these changes, made if it was not there."""
        known = {field.name for field in fields(Channel)} - {"id"}
        if unknown := sorted(set(changes) - known):
            raise RefusedError("bad_channel", f"a channel has no {', '.join(unknown)}", status=400)
        held = self.channels.setdefault(channel, Channel(channel))
        for name, value in changes.items():
            setattr(held, name, value)
        return held

    def set_token(self, token: str, changes: JSON) -> None:
        """Brings a token to life, new or known, with these scopes and ids."""
        known: dict[str, Any] = asdict(self.tokens.get(token, Token(token, BOT_SCOPES)))
        if unknown := sorted(set(changes) - set(known)):
            raise RefusedError("bad_token", f"a token has no {', '.join(unknown)}", status=400)
        merged = {**known, **changes}
        self.tokens[token] = Token(**{**merged, "scopes": frozenset(merged["scopes"])})
        self.dead.pop(token, None)

    def mint_trigger(self, now: float) -> str:
        """An id with which one view may be opened within three seconds."""
        self._minted += 1
        trigger = f"{self._minted}.{self._minted}.trigger"
        self._triggers[trigger] = now + TRIGGER_SECONDS
        return trigger

    def use_trigger(self, trigger: object, now: float) -> None:
        """Uses up a trigger; raises the code of an unknown, used or expired one."""
        if not isinstance(trigger, str) or trigger not in self._triggers:
            raise RefusedError("invalid_trigger_id")
        until = self._triggers[trigger]
        if until is None:
            raise RefusedError("exchanged_trigger_id")
        if until < now:
            raise RefusedError("expired_trigger_id")
        self._triggers[trigger] = None

    def mint_response(self, channel: str, ts: str | None, now: float) -> str:
        """The path of a response_url: five uses within half an hour."""
        self._minted += 1
        path = f"/response/{self._minted}"
        self.responses[path] = Response(channel, ts, now + RESPONSE_SECONDS)
        return path
