"""The process beside: articles on standard input, what they say on standard output.

python -m streams.beside [--model FOLDER] [--directory FOLDER]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
from pathlib import Path
from typing import IO

from streams.basics.languages import load_detector
from streams.beside.frames import HEAD, answer, asked
from streams.flow import read
from streams.knowledge import Knowledge
from streams.ports import Clocked
from streams.silent import silent


def main() -> None:
    """Answer questions until standard input ends."""
    # the process that asks is stopped, and then this one has no more to do
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parser = argparse.ArgumentParser(prog="python -m streams.beside")
    parser.add_argument("--model", type=Path, help="another model folder than the shipped one")
    parser.add_argument("--directory", type=Path, help="another company directory than the shipped one")
    options = parser.parse_args()
    known = Knowledge.load(options.directory, options.model)
    parts = silent(known, known.everything(), Clocked())
    load_detector()
    source, sink = _pipes()
    gc.freeze()  # what is loaded stays
    with asyncio.Runner() as runner:
        while head := source.read(HEAD):
            articles = asked(source.read(int.from_bytes(head, "big")))
            sink.write(answer(runner.run(read(parts, articles))))
            sink.flush()


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Ours alone, and buffered: under PYTHONUNBUFFERED standard output would drop what the pipe does not take at once.

    Whatever prints writes to the standard error output from now on.
    """
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return source, sink


if __name__ == "__main__":
    main()
