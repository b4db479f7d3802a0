"""The delivery book: what must be said, who is saying it, what was said. States and the port both books keep.

PENDING ─claim─► SENDING ─ok─────────────► SENT
▲     │         │ refused for now ─► PENDING (not before ...)
│     │         │ refused for good ─► DEAD
│     │         │ not wanted any more ─► UNWANTED (seen before it is tried)
│     │         └ nobody knows ─► DOUBT ─claim─► READING ─marker found─► SENT
│     └ too many wait ─► FOLDED (told by a digest, a delivery of its own)
└──────────── two clean reads after the settle time ────────┘

Echoes are never posted: they wait with their story's first message and are FOLDED into it by an edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import Protocol

from streams.basics.times import from_ts
from streams.delivery.waiting import Waiting
from streams.records import Alert, Away, Millis, Receipt


class State(StrEnum):
    """Where a delivery stands; see `FINAL`."""

    PENDING = "pending"
    SENDING = "sending"
    DOUBT = "doubt"
    READING = "reading"
    SENT = "sent"
    DEAD = "dead"
    FOLDED = "folded"
    UNWANTED = "unwanted"


FINAL = frozenset({State.SENT, State.DEAD, State.FOLDED, State.UNWANTED})


OUTLIVED = "waited longer than the outbox keeps"


class Forgotten(Away):
    """The book lost its memory (a flush, an empty replica): nothing may be said before it is rebuilt."""


class Sign(StrEnum):
    """What an attempt told about the other side, beside its own end."""

    NONE = ""
    ANSWERED = "answered"  # a definite answer of any kind: the other side lives
    TROUBLE = "trouble"  # no answer, or one that says nothing: counts towards the breaker
    LIMITED = "limited"  # too fast


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An alert on its way, held under a lease; only the holder of the newest `fence` may move it.

    With `members` it is a digest: `alert` lends it channel, story and times, `id` is its own.
    """

    alert: Alert
    state: State  # SENDING or READING when claimed
    fence: int
    attempts: int = 0
    clean: int = 0  # clean reads since its last doubt; where nobody can read they prove nothing
    anchor: str = "0"  # newest Slack ts known in the channel when the attempt began: reads start there
    root_ts: str = ""  # the story's first message in this channel, when it was sent
    step: int = 0  # how much decoration was dropped after payload errors
    members: tuple[Alert, ...] = ()
    fold: str = ""  # why a digest: crowd, late or quiet
    digest_id: str = ""
    at: Millis = 0  # when it was claimed

    @property
    def id(self) -> str:
        """The alert's id, or the digest's own."""
        return self.digest_id or self.alert.alert_id

    @property
    def channel(self) -> str:
        """Where it goes."""
        return self.alert.channel


@dataclass(frozen=True, slots=True)
class Back:
    """How a claimed delivery goes back into the book. `clean` and `step` are as in `Delivery`: 0 begins anew."""

    state: State  # PENDING or DOUBT
    delay: Millis = 0  # due only after it; 0 keeps its place in line
    _: KW_ONLY
    clean: int = 0
    step: int = 0
    pause: Millis = 0  # keeps the whole channel quiet for so long
    sign: Sign = Sign.NONE
    elsewhere: str = ""  # a channel in which it is in doubt from now on


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a story's first message has to say by now: it replaces the message whole, so repeats are harmless."""

    root: Alert
    ts: str
    revision: int
    step: int = 0
    heard: int = 0  # echoes so far
    echoes: tuple[Alert, ...] = ()  # of these, the first ones
    notes: tuple[Alert, ...] = ()  # updates and corrections that were sent as replies
    seen: tuple[int, int] = (0, 0)  # how many echoes and notes there were: what comes later asks for another edit

    @property
    def posted(self) -> Millis:
        """When the first message was sent."""
        return from_ts(self.ts)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a delivery was seen: its own message, or (`folded`) a line of the digest whose thread begins at `ts`.

    `signed`: the message names this desk. One that names none is of an older version, perhaps another desk's: it is
    proof of what is in doubt, but never one too many.
    """

    ts: str
    folded: bool = False
    signed: bool = True


class DeliveryBook(Protocol):
    """Raises `Away` when it cannot be reached, `Forgotten` when it lost its memory.

    All times are the book's own clock, never a worker's.
    """

    async def intend(self, alerts: Sequence[Alert]) -> int:
        """Enter alerts durably; those known already stay as they are. Returns how many were new.

        An alert with `hold`, or decided in its `quiet` hours, is not due before their end. A channel is told in the
        order of entering (held alerts: of their times), and a delay costs nobody its place; a reply waits for its
        story's first message and for the reply before it. A first message that waits in another channel than its
        reply's is moved there, as by `relocate`.
        """
        ...

    async def rebuild(self, alerts: Sequence[Alert], *, sent: bool = False) -> int:
        """Enter alerts of which nobody knows whether they were sent, as DOUBT; also into a book that forgot.

        What is held until later was not sent. With `sent` they are taken as that, where no read could ever settle it.
        """
        ...

    async def begin(self) -> None:
        """The book is whole (new, or rebuilt from the outbox): from now on it may be claimed from."""
        ...

    async def claim(self, lease: Millis) -> Delivery | None:
        """The next delivery that is due in a channel that may speak, if any; one at a time per channel.

        Expired leases become DOUBT first: nobody knows whether their message went out.
        """
        ...

    async def sent(self, delivery: Delivery, ts: str, pace: Millis) -> bool:
        """Record proof of a message. Proof is accepted from anyone; False when another message was proved before."""
        ...

    async def found(self, marks: Mapping[str, Mark]) -> int:
        """Proof from a read, by id. What is final or unknown stays as it is. Returns how many it settled."""
        ...

    async def again(self, delivery: Delivery, back: Back) -> bool:
        """Give a claimed delivery back, to be claimed again. False when the fence was not the newest."""
        ...

    async def put_off(self, delivery: Delivery, until: Mapping[str, Millis]) -> bool:
        """Nothing was tried: these of its alerts are held until then, and whatever waits for them.

        A digest is undone: its other alerts are due as before. False when the fence was not the newest.
        """
        ...

    async def unwanted(self, delivery: Delivery, why: Mapping[str, str]) -> bool:
        """Nothing was tried: these of its alerts are never told, each for its reason, and count as told of their story.

        A digest is undone: its other alerts are due as before. What waited for one of these waits for it no longer.
        False when the fence was not the newest.
        """
        ...

    async def relocate(self, places: Mapping[str, str], out_of: str = "") -> int:
        """What waits (`out_of` one channel or any) goes, in its order, to where its watch speaks now; how many did.

        What was ever in doubt stays where it was tried; a digest with an alert that goes is undone.
        """
        ...

    async def dead(self, delivery: Delivery, why: str) -> bool:
        """Record that it will never be sent. False when the fence was not the newest."""
        ...

    async def outlived(self) -> int:
        """Bury what waits, or is in doubt, for longer than the outbox keeps it; a digest when its first alert does.

        Also what is on hold, or in a channel that refuses for ever. Returns how many alerts it buried.
        """
        ...

    async def buried(self) -> Sequence[Alert]:
        """Dead alerts whose stories must be released; each until `released`."""
        ...

    async def released(self, alerts: Sequence[Alert]) -> None:
        """The stories of these dead alerts may be told by the next article."""
        ...

    async def receipts(self, most: int, lease: Millis) -> Sequence[Receipt]:
        """What was proved of alerts and the ledger was not told; again after `lease` unless `reported`.

        Of alerts that were sent, alone or by a digest, are dead or unwanted; an echo is told by an edit and has none.
        At most so many, the longest waiting first. They are kept as long as their deliveries.
        """
        ...

    async def reported(self, receipts: Sequence[Receipt]) -> None:
        """The ledger has these. What was proved of an alert since stays to be told."""
        ...

    async def edit(self, lease: Millis) -> Edit | None:
        """The next first message that has more to say, if any; again after `lease` unless `edited`.

        Until then there is no other edit of the same message: the older of two could be the last to arrive.
        """
        ...

    async def edited(self, edit: Edit, wait: Millis | None = None, sign: Sign = Sign.NONE) -> None:
        """The edit stands (or was dropped for good); with `wait`, it is to be tried again after so long, not before.

        Nothing of the same service is edited meanwhile (a minute at most) when the sign is LIMITED.
        """
        ...

    async def doubles(self) -> Sequence[tuple[str, str, str]]:
        """Messages proved to stand twice: channel, alert id, ts of the one too many; each until `mended`."""
        ...

    async def mended(self, double: tuple[str, str, str]) -> None:
        """The message too many is gone."""
        ...

    async def channels(self, lately: Millis) -> Sequence[str]:
        """Every channel in which something was sent no longer ago than this; what is older is forgotten."""
        ...

    async def hold(self, kind: str, why: str) -> None:
        """Stop claiming for every channel of a kind (`slack`) until `resume`."""
        ...

    async def resume(self, kind: str) -> None:
        """Go on after a hold, and forget the troubles of the kind; those of a webhook are its own and pass."""
        ...

    async def holds(self) -> Mapping[str, str]:
        """Kinds of channels on hold, with the reason."""
        ...

    async def alert(self, alert_id: str) -> Alert | None:
        """An alert that is or was on its way; None when it was not, or too long ago."""
        ...

    async def state(self, alert_id: str) -> State | None:
        """How it stands with an alert; None when it never was on its way, or too long ago."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """Deliveries by state."""
        ...

    async def waiting(self) -> Waiting:
        """What is held, what is due and not told, and what the ledger was not told."""
        ...
