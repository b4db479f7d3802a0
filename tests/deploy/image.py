"""`python -m tests.deploy.image`: the first stage of the image, run here without a container engine.

Every COPY and RUN of the stage is done in a folder of its own, in order; then the installed program is asked for its help
and to check the sample watches and a source with full text, from a folder that cannot be written. Prints what it did; needs a
package index.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.deploy.tools import DEPLOY, ROOT


def steps() -> list[tuple[str, str]]:
    """COPY and RUN of the first stage, continued lines joined."""
    stage = (DEPLOY / "Dockerfile").read_text().split("\nFROM ")[1]
    lines = re.sub(r"\\\n", " ", stage).splitlines()
    found = [line.partition(" ") for line in lines if line.startswith(("COPY ", "RUN "))]
    return [(what, rest.strip()) for what, _, rest in found]


def build(folder: Path) -> Path:
    """Do the stage; the folder that stands for /opt/tapewire."""
    source, target = folder / "src", folder / "opt"
    source.mkdir()
    for what, rest in steps():
        print(f"{what} {rest}", flush=True)
        if what == "COPY":
            *names, place = shlex.split(rest)
            for name in names:
                _copy(ROOT / name, source / (f"{name}" if place == "./" else place))
            continue
        command = rest.replace("/opt/tapewire", str(target)).replace("python -m", f"{sys.executable} -m", 1)
        command = re.sub(r"&& \S*/bin/python", f"&& {target}/bin/python", command)
        subprocess.run(["/bin/sh", "-c", command], cwd=source, check=True)
    return target


def _copy(what: Path, where: Path) -> None:
    where.parent.mkdir(parents=True, exist_ok=True)
    if what.is_dir():
        shutil.copytree(what, where, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(what, where)


def main() -> None:
    """Build, and ask what was built."""
    with tempfile.TemporaryDirectory() as name:
        made = build(Path(name))
        shut = Path(name) / "shut"
        shut.mkdir(mode=0o555)
        sources = Path(name) / "sources.toml"
        sources.write_text('[[source]]\nname = "a"\nurl = "https://harbourwire.example/a.rss"\nfull_text = true\n')
        environment = {"PATH": f"{made}/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
        watches = ROOT / "streams" / "sample" / "watches.toml"
        for command in (["tapewire", "--help"], ["tapewire", "check"]):
            given = environment | {"TAPEWIRE_WATCHES": str(watches), "TAPEWIRE_SLACK_TOKEN": "xoxb-1-example"}
            given |= {"TAPEWIRE_SOURCES": str(sources)}
            done = subprocess.run(
                [f"{made}/bin/{command[0]}", *command[1:]],
                cwd=shut,
                env=given,
                capture_output=True,
                text=True,
                check=False,
            )
            print(" ".join(command), "->", done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1:])
            done.check_returncode()
        size = sum(f.stat().st_size for f in made.rglob("*") if f.is_file())
        print(f"{size / 2**20:.0f} MiB installed")


if __name__ == "__main__":
    main()
