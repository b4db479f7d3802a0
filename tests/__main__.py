"""`make test`: the live tests, which mostly wait for brokers and clocks, beside all others, which want the processor.

Two cores then do both in the time of one. The others' output follows when the live tests are done.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

PYTEST = (sys.executable, "-m", "pytest")
LIVE = Path(__file__).parent / "live"
HASTY = "test_delivery_*.py"
"""Live tests that go with the others, because both halves should take the same time."""


def main() -> int:
    """0 only when both runs pass. A new file of tests is in one of them wherever it stands."""
    slow = sorted(set(LIVE.glob("test_*.py")) - set(LIVE.glob(HASTY)))
    with tempfile.TemporaryFile("w+") as said:
        ignored = [f"--ignore={file}" for file in slow]
        others = subprocess.Popen([*PYTEST, *ignored, "-p", "no:cacheprovider"], stdout=said, stderr=said)
        try:
            live = subprocess.run([*PYTEST, *map(str, slow)], check=False).returncode
            other = others.wait()
        finally:
            others.kill()
        said.seek(0)
        print(said.read(), flush=True)
    return live or other


if __name__ == "__main__":
    sys.exit(main())
