"""`make test`: the live tests, which mostly wait for brokers and clocks, beside all others, which want the processor.

Two cores then do both in the time of one. The others' output follows when the live tests are done.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

PYTEST = (sys.executable, "-m", "pytest")
TESTS = Path(__file__).parent
BEHIND = ("test_kill.py", "test_delivery_*.py")
"""Live tests that go with the others, behind them, because both halves should take the same time."""
LAST = "test_soak.py"
"""It has bounds on time, and by then it has the machine nearly to itself."""


def halves() -> tuple[list[Path], list[Path]]:
    """The live tests, and all others. A new file or folder of tests is in one of them wherever it stands."""
    live = set((TESTS / "live").glob("test_*.py"))
    behind = [file for name in BEHIND for file in sorted((TESTS / "live").glob(name))]
    folders = [path for path in sorted(TESTS.iterdir()) if path.is_dir() and path.name not in ("live", "__pycache__")]
    return sorted(live - set(behind), key=lambda file: (file.name == LAST, file)), [*folders, *behind]


def main() -> int:
    """0 only when both runs pass."""
    live, others = halves()
    with tempfile.TemporaryFile("w+") as said:
        beside = subprocess.Popen([*PYTEST, *map(str, others), "-p", "no:cacheprovider"], stdout=said, stderr=said)
        try:
            first = subprocess.run([*PYTEST, *map(str, live)], check=False).returncode
            second = beside.wait()
        finally:
            beside.kill()
        said.seek(0)
        print(said.read(), flush=True)
    return first or second


if __name__ == "__main__":
    sys.exit(main())
