"""The console channel: the same alert for people without Slack."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from streams.basics.times import to_ts
from streams.channels.words import changed, clocks_line, companies_line, headline_words, inert
from streams.delivery.book import Delivery
from streams.delivery.channel import Answer, Posted, PostOnly
from streams.ports import Clock
from streams.records import Alert, Kind, Status

_COLOURS = {Kind.NEW: "cyan", Kind.UPDATE: "yellow", Kind.CORRECTION: "red", Kind.ECHO: "dim"}


class ConsoleChannel(PostOnly):
    """Prints. A crash between printing and the book's note can print an alert again, as any terminal would."""

    def __init__(self, clock: Clock, console: Console | None = None) -> None:
        self._console = console or Console()
        self._clock = clock

    async def post(self, delivery: Delivery) -> Answer:
        """See `Channel.post`."""
        with self._console.capture() as boxes:
            for alert in delivery.members or (delivery.alert,):
                self._console.print(panel(alert, self._clock.now()))
        # what the terminal's encoding has no letter for becomes a question mark
        words = boxes.get().encode(self._console.encoding, "replace").decode(self._console.encoding)
        self._console.file.write(words)
        self._console.file.flush()
        return Posted(to_ts(self._clock.now()))


def panel(alert: Alert, at: int) -> Panel:
    """The alert as a box of plain text; nothing in a headline can colour or move anything."""
    lines = [Text(headline_words(alert, 250), style="bold"), Text(inert(companies_line(alert), 300))]
    if news := changed(alert):
        lines.append(Text(inert(news, 250), style="yellow"))
    lines.append(Text(inert(alert.why, 250), style="dim"))
    lines.append(Text(inert(clocks_line(alert, at), 300), style="dim"))
    said = "withdrawn" if alert.status is Status.REMOVED else alert.kind.value
    title = f"{said.upper()} · {escape(alert.watch)} → {escape(alert.channel)}"
    return Panel(Text("\n").join(lines), title=title, title_align="left", border_style=_COLOURS[alert.kind])
