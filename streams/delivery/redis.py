"""The delivery book in Redis: every move is one atomic script under Redis' own clock."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from streams.delivery.alike import anchor_before, digest_alert, entering, placed, queue_class, receipt_of
from streams.delivery.book import OUTLIVED, Back, Delivery, Edit, Forgotten, Mark, Sign, State
from streams.delivery.rules import Rules
from streams.delivery.waiting import Waiting
from streams.records import Alert, Millis, Receipt
from streams.redis.scripts import Script, Took, redis_away
from streams.wire import decode_alert, encode_alert

_PARTS: Final = tuple(
    Path(__file__).parent / "lua" / f"{name}.lua"
    for name in ("shared", "clock", "edits", "moves", "enter", "gate", "claim", "attempts", "waiting", "operations")
)
_TOGETHER: Final = 10
"""Alerts, or digests, that are moved in one call: while it runs, Redis does nothing else."""


class RedisBook:
    """See `DeliveryBook`. `redis` must not decode responses; `prefix` becomes the hash tag of every key."""

    def __init__(
        self, redis: Redis, prefix: str, rules: Rules | None = None, took: Took = lambda _seconds: None
    ) -> None:
        self._redis = redis
        self._tag = "{" + prefix + "}"
        self._rules = json.dumps(asdict(rules or Rules()))
        self._script = Script(redis, *_PARTS, took=took)

    async def _call(self, *args: Any) -> Any:
        return (await self._calls([args]))[0]

    async def _calls(self, calls: Sequence[Sequence[Any]]) -> list[Any]:
        try:
            return await self._script.run_many([self._tag], [[c[0], self._rules, *c[1:]] for c in calls])
        except ResponseError as fault:
            if "FORGOTTEN" in str(fault):
                raise Forgotten("Redis: the delivery book is empty") from None
            raise

    async def close(self) -> None:
        """End the connections."""
        await self._redis.aclose()

    async def intend(self, alerts: Sequence[Alert]) -> int:
        """See `DeliveryBook.intend`."""
        return sum(await self._calls([["intend", *_entry(a)] for a in alerts]))

    async def rebuild(self, alerts: Sequence[Alert], *, sent: bool = False) -> int:
        """See `DeliveryBook.rebuild`. Reads of the channel start an hour before the alert was decided."""
        return sum(await self._calls([["rebuild", *_entry(a), anchor_before(a.decided), int(sent)] for a in alerts]))

    async def begin(self) -> None:
        """See `DeliveryBook.begin`."""
        await self._call("begin")

    async def claim(self, lease: Millis) -> Delivery | None:
        """See `DeliveryBook.claim`."""
        answer = await self._call("claim", lease)
        if not answer:
            return None
        own, state, fence, attempts, clean, anchor, root_ts, step, alert, fold, members, root, at = answer
        inside = tuple(_alert(m) for m in members)
        return Delivery(
            alert=digest_alert(inside, own.decode(), root.decode()) if inside else _alert(alert), members=inside,
            state=State(state.decode()), fence=int(fence), attempts=int(attempts), clean=int(clean),
            anchor=anchor.decode(), root_ts=root_ts.decode(), step=int(step), fold=fold.decode(),
            digest_id=own.decode() if inside else "", at=int(at),
        )  # fmt: skip

    async def sent(self, delivery: Delivery, ts: str, pace: Millis) -> bool:
        """See `DeliveryBook.sent`."""
        return bool(await self._call("sent", delivery.id, delivery.fence, ts, pace, delivery.channel))

    async def found(self, marks: Mapping[str, Mark]) -> int:
        """See `DeliveryBook.found`."""
        return sum(await self._calls([["found", own, m.ts, int(m.folded)] for own, m in marks.items()]))

    async def again(self, delivery: Delivery, back: Back) -> bool:
        """See `DeliveryBook.again`."""
        how = [back.state.value, back.delay, back.clean, back.step, back.pause, back.sign.value, back.elsewhere]
        return bool(await self._call("again", delivery.id, delivery.fence, *how))

    async def put_off(self, delivery: Delivery, until: Mapping[str, Millis]) -> bool:
        """See `DeliveryBook.put_off`."""
        return bool(await self._call("put_off", delivery.id, delivery.fence, *chain.from_iterable(until.items())))

    async def unwanted(self, delivery: Delivery, why: Mapping[str, str]) -> bool:
        """See `DeliveryBook.unwanted`."""
        each = chain.from_iterable((own, words[:500]) for own, words in why.items())
        return bool(await self._call("unwanted", delivery.id, delivery.fence, *each))

    async def relocate(self, places: Mapping[str, str], out_of: str = "") -> int:
        """See `DeliveryBook.relocate`. Line by line, digests last: what is folded meanwhile stands there."""
        told, total = json.dumps(dict(places)), 0
        ready = await self._plain(self._redis.zrange(self._tag + ":ready", 0, -1)) if places else ()
        for channel in [out_of] if out_of and places else [name.decode() for name in ready]:
            for line in ("u", "n", "d"):
                ids = await self._plain(self._redis.zrange(f"{self._tag}:due:{channel}:{line}", 0, -1))
                for at in range(0, len(ids), _TOGETHER):
                    total += await self._call("relocate", channel, told, *ids[at : at + _TOGETHER])
        return total

    async def dead(self, delivery: Delivery, why: str) -> bool:
        """See `DeliveryBook.dead`."""
        return bool(await self._call("dead", delivery.id, delivery.fence, why[:500]))

    async def outlived(self) -> int:
        """See `DeliveryBook.outlived`. Each channel is a call of its own, and in one call it buries some hundreds."""
        channels = await self._plain(self._redis.zrange(self._tag + ":ready", 0, -1))
        return sum(await self._calls([["outlived", channel, OUTLIVED] for channel in channels]))

    async def buried(self) -> Sequence[Alert]:
        """See `DeliveryBook.buried`."""
        return [_alert(row) for row in await self._call("buried")]

    async def released(self, alerts: Sequence[Alert]) -> None:
        """See `DeliveryBook.released`."""
        await self._calls([["released", a.alert_id] for a in alerts])

    async def receipts(self, most: int, lease: Millis) -> Sequence[Receipt]:
        """See `DeliveryBook.receipts`."""
        rows = await self._call("receipts", most, lease)
        return [
            receipt_of(_alert(alert), State(state.decode()), int(proved), said.decode(), why.decode())
            for alert, state, proved, said, why in rows
        ]

    async def reported(self, receipts: Sequence[Receipt]) -> None:
        """See `DeliveryBook.reported`."""
        await self._calls([["reported", r.alert_id, r.proof.value] for r in receipts])

    async def edit(self, lease: Millis) -> Edit | None:
        """See `DeliveryBook.edit`."""
        answer = await self._call("edit", lease)
        if not answer:
            return None
        root, ts, revision, step, heard, n_echoes, n_notes, echoes, notes = answer
        return Edit(
            root=_alert(root), ts=ts.decode(), revision=int(revision), step=int(step), heard=int(heard),
            seen=(int(n_echoes), int(n_notes)),
            echoes=tuple(_alert(e) for e in echoes), notes=tuple(_alert(n) for n in notes),
        )  # fmt: skip

    async def edited(self, edit: Edit, wait: Millis | None = None, sign: Sign = Sign.NONE) -> None:
        """See `DeliveryBook.edited`."""
        later = -1 if wait is None else wait
        await self._call("edited", edit.root.alert_id, edit.revision, *edit.seen, later, sign.value)

    async def doubles(self) -> Sequence[tuple[str, str, str]]:
        """See `DeliveryBook.doubles`."""
        found = await self._plain(self._redis.smembers(self._tag + ":doubles"))
        return [(channel, own, ts) for channel, own, ts in (d.decode().rsplit("|", 2) for d in sorted(found))]

    async def mended(self, double: tuple[str, str, str]) -> None:
        """See `DeliveryBook.mended`."""
        await self._plain(self._redis.srem(self._tag + ":doubles", "|".join(double)))

    async def channels(self, lately: Millis) -> Sequence[str]:
        """See `DeliveryBook.channels`."""
        return sorted(name.decode() for name in await self._call("channels", lately))

    async def hold(self, kind: str, why: str) -> None:
        """See `DeliveryBook.hold`."""
        await self._call("hold", kind, why[:500])

    async def resume(self, kind: str) -> None:
        """See `DeliveryBook.resume`."""
        await self._call("resume", kind)

    async def holds(self) -> Mapping[str, str]:
        """See `DeliveryBook.holds`."""
        holds = await self._plain(self._redis.hgetall(self._tag + ":holds"))
        return {k.decode(): v.decode() for k, v in holds.items()}

    async def alert(self, alert_id: str) -> Alert | None:
        """See `DeliveryBook.alert`."""
        row = await self._plain(self._redis.hmget(f"{self._tag}:d:{alert_id}", "alert", "channel", "hold"))
        return _alert(row) if row[0] else None

    async def state(self, alert_id: str) -> State | None:
        """See `DeliveryBook.state`."""
        state = await self._plain(self._redis.hget(f"{self._tag}:d:{alert_id}", "state"))
        return State(state.decode()) if state else None

    async def counts(self) -> Mapping[str, int]:
        """See `DeliveryBook.counts`."""
        counts = await self._plain(self._redis.hgetall(self._tag + ":counts"))
        return {k.decode(): int(v) for k, v in counts.items() if int(v)}

    async def waiting(self) -> Waiting:
        """See `DeliveryBook.waiting`."""
        held, number, age, *rows = await self._call("waiting")
        return Waiting(int(held), {channel.decode(): int(since) for channel, since in rows}, int(number), int(age))

    async def _plain(self, command: Any) -> Any:
        with redis_away():
            return await command


def _alert(row: Sequence[bytes]) -> Alert:
    """An alert as it stands in the book: it may have been moved or put off since it was entered."""
    raw, channel, hold = row
    return placed(decode_alert(raw), channel.decode(), int(hold))


def _entry(alert: Alert) -> list[Any]:
    alert = entering(alert)
    return [
        alert.alert_id,
        alert.channel,
        alert.root_id,
        alert.kind.value,
        queue_class(alert),
        alert.hold,
        encode_alert(alert),
    ]
