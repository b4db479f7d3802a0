"""The `tapewire` command. Each subcommand lives in `streams/commands/` and is imported only when it is called."""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

COMMANDS = {
    "worker": ("worker", "run triage and delivery on your Kafka, Redis and Slack"),
    "ingest": ("ingest", "bring articles in from feeds and other sources"),
    "sources": ("sources", "how each source does, what an address gives, who is first"),
    "demo": ("demo", "the whole path on embedded parts, with the sample wire"),
    "analyse": ("analyse", "articles in as JSON lines, one JSON line out with all that the flow finds"),
    "check": ("check", "read settings and watches and report every fault"),
    "health": ("health", "ask the worker of this machine whether it is ready; for health checks"),
    "topics": ("topics", "make the topics, or name every difference from what they should be"),
    "doctor": ("doctor", "examine Kafka, Redis, Slack, model and watches, and say how to mend what is wrong"),
    "replay": ("replay", "a stretch of a topic, or a file, through the same flow, silently; what a change would do"),
    "why": ("why", "why an article fired, or did not: its walk through every stage"),
    "feedback": ("feedback", "what people clicked in Slack; labels for training; a command without Slack"),
    "warm": ("warm", "fill an empty story memory again from the articles and the ledger, silently"),
    "stories": ("stories", "what a story holds and who was told what of it; how much the memory holds"),
    "ledger": ("ledger", "sums of the decisions, held against Kafka's offsets"),
    "dead": ("dead", "articles that could not be read or judged: list, show, send again, drop"),
    "import": ("import_articles", "articles from a file (JSON lines, CSV, gzip) onto the topic"),
    "export": ("export_articles", "a stretch of the topic into a file (JSON lines, CSV, gzip)"),
    "train": ("train", "train the relevance model from its examples"),
    "card": ("card", "measure the shipped relevance model and write its card"),
    "evaluate": ("evaluate", "measure relevance, companies or stories on labelled files"),
    "companies": ("companies", "find companies in a text; check the directory"),
}


GONE = 141
"""The reader of our output has gone, as `head` does: a shell says so of whatever ends by that."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; exit codes: 0 done, 1 found something wrong, 2 could not be called so, or could not write.

    130 when it was broken off by hand, and `GONE`: in neither case anything was found out.
    """
    _open_streams()
    try:
        code = _called(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        return _unread(GONE)
    except SystemExit as left:
        if isinstance(left.__context__, BrokenPipeError):  # rich makes that of it
            return _unread(GONE)
        raise
    except OSError as fault:  # what a command cannot read or reach, it says itself
        if fault.errno not in _FULL:
            raise
        print(f"the output cannot be written: {fault.strerror}", file=sys.stderr)
        return _unread(2)
    except KeyboardInterrupt:
        return 130
    return code


def _called(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tapewire", description="Watches the news wire for people who trade on it.")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, words) in COMMANDS.items():
        sub = subparsers.add_parser(name, help=words, description=words)
        if given[:1] == [name]:
            command = importlib.import_module(f"streams.commands.{module}")
            command.add_arguments(sub)
            sub.set_defaults(run=command.run)
    options = parser.parse_args(given)
    return int(options.run(options))


def _open_streams() -> None:
    """Nothing that is printed is a fault: not a letter the terminal has no code for, nor a stream the shell closed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - as long as we live
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _unread(code: int) -> int:
    """What the output did not take stays in its buffer, and would be complained of at the very end."""
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return code


if __name__ == "__main__":
    sys.exit(main())
