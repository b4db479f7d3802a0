"""A channel in this process, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from streams.delivery.book import Delivery, Edit, Mark
from streams.delivery.channel import Answer, Doubt, Posted
from streams.records import Millis


@dataclass(slots=True)
class MemoryChannel:
    """Keeps every delivery in order; `answers` are given first, one per post, before posts succeed.

    A `Doubt` put in as ("stored", doubt) keeps the message although the answer is lost.
    """

    posts: list[Delivery] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    answers: list[Answer | tuple[str, Doubt]] = field(default_factory=list)
    deleted: list[tuple[str, str]] = field(default_factory=list)
    shut: Answer | None = None  # what a probe answers

    async def post(self, delivery: Delivery) -> Answer:
        """See `Channel.post`."""
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, tuple):
                self.posts.append(delivery)
                return answer[1]
            return answer
        self.posts.append(delivery)
        return Posted(f"{len(self.posts)}.000000")

    async def marks(self, delivery: Delivery) -> Mapping[str, Mark]:
        """See `Channel.marks`."""
        told = [(f"{n}.000000", p) for n, p in enumerate(self.posts, 1) if p.channel == delivery.channel]
        lines = {m.alert_id: Mark(ts, folded=True) for ts, p in reversed(told) for m in p.members}
        return lines | {p.id: Mark(ts) for ts, p in reversed(told)}

    async def edit(self, edit: Edit) -> Answer:
        """See `Channel.edit`."""
        self.edits.append(edit)
        return Posted(edit.ts)

    async def delete(self, place: str, ts: str) -> Answer:
        """See `Channel.delete`."""
        self.deleted.append((place, ts))
        return Posted(ts)

    async def probe(self) -> Answer | None:
        """See `Channel.probe`."""
        return self.shut

    async def spare(self, place: str, since: Millis) -> Sequence[str]:  # noqa: ARG002 - it proves its doubles at once
        """See `Channel.spare`."""
        return ()
