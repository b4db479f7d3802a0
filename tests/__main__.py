"""`make test`: the live tests, which mostly wait for brokers and clocks, beside all others, which want the processor.

Two cores then do both in the time of one. The others' output follows when the live tests are done.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

PYTEST = (sys.executable, "-m", "pytest")


def main() -> int:
    """0 only when both runs pass."""
    with tempfile.TemporaryFile("w+") as said:
        others = subprocess.Popen([*PYTEST, "--ignore=tests/live", "-p", "no:cacheprovider"], stdout=said, stderr=said)
        try:
            live = subprocess.run([*PYTEST, "tests/live"], check=False).returncode
            other = others.wait()
        finally:
            others.kill()
        said.seek(0)
        print(said.read(), flush=True)
    return live or other


if __name__ == "__main__":
    sys.exit(main())
