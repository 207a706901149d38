"""Runs the commands that the pages of docs/ show, and holds what they print against the pages.

    python -m benchmarks.shown_commands [PAGE ...]   # where they differ; it ends with how many do
    python -m benchmarks.shown_commands --write      # put what they print into the pages

Each page has a fresh copy of the sample project, indexed if the page does not show that. Its blocks
of `console` are run in their order, a line that begins with `$ ` being a command of bash; what it
printed on standard output is below it.
Ids of what is recorded, hashes, seconds and days differ from run to run, nothing else does; where
only these do, the page stays as it is.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    "README.md",
    "docs/index.md",
    "docs/first-ten-minutes.md",
    "docs/examples.md",
    "docs/coordinator-loop.md",
)
WIDTH = "88"
_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ (?:.*\\\n|.*<<'EOF'\n(?:.*\n)*?(?=EOF$))*.*\n", re.MULTILINE)
_ID = re.compile(r"\b(?:run|les|fla|dec|bas|ref|not|pla)-[a-z2-7]{8}\b")
_CHANGING = re.compile(
    rf"{_ID.pattern}|\b[0-9a-f]{{7,40}}\b|\b\d{{4}}-\d\d-\d\d(?: \d\d:\d\d UTC)?|\b\d+\.\d s\b"
)


class Shown(NamedTuple):
    """A command on a page, and what it says that it prints."""

    command: str  # as bash takes it, with its line end
    printed: str


def shown_in(page: str) -> list[list[Shown]]:
    """The commands of a page by block, in their order."""
    return [_read(found[0]) for found in _BLOCK.finditer(page)]


def _read(block: str) -> list[Shown]:
    begins = [found.span() for found in _COMMAND.finditer(block)]
    ends = [start for start, _ in begins[1:]] + [len(block)]
    return [
        Shown(block[start + 2 : end], block[end:until])
        for (start, end), until in zip(begins, ends, strict=True)
    ]


def run_page(page: str, folder: Path) -> str:
    """The page with what its commands print here; the folder is used up by it.

    Raises:
        RuntimeError: a command failed, and the page does not show with what it ends.
    """
    environment = _environment(folder)
    make = ["make", "--silent", f"DEMO={folder / 'shop'}", str(folder / "shop" / ".git")]
    subprocess.run(make, cwd=ROOT, check=True, env=environment)
    if "$ archmem index\n" not in page:
        index = ["archmem", "--project", str(folder / "shop"), "index"]
        subprocess.run(index, check=True, env=environment, capture_output=True)
    used = {one for block in shown_in(page) for each in block for one in _ID.findall(each.command)}
    ids: dict[str, str] = {}  # here, by that of the page, of what it goes on with

    def run(block: re.Match[str]) -> str:
        said = ""
        for command, before in _read(block[0]):
            done = subprocess.run(
                ["bash", "-c", _ID.sub(lambda one: ids.get(one[0], one[0]), command)],
                cwd=folder / "shop",
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode and "$?" not in command:
                raise RuntimeError(f"{command}ended with {done.returncode}: {done.stderr}")
            pairs = zip(_ID.findall(before), _ID.findall(done.stdout), strict=False)
            ids.update({old: new for old, new in pairs if old in used and old not in ids})
            known = {here: there for there, here in ids.items()}
            answer = _ID.sub(lambda one, known=known: known.get(one[0], one[0]), done.stdout)
            answer = answer.replace(str(folder), "~").rstrip()
            answer += "\n" if answer else ""
            answer += "\n" if f"\n{before}".endswith("\n\n") else ""
            said += f"$ {command}{before if steady(answer) == steady(before) else answer}"
        return said

    try:
        return _BLOCK.sub(run, page)
    finally:
        subprocess.run(["archmem", "stop"], env=environment, check=True, capture_output=True)


def _environment(folder: Path) -> dict[str, str]:
    """The user's, with an engine of its own and this checkout's program."""
    program = folder / "bin" / "archmem"
    program.parent.mkdir()
    call = "import sys; sys.argv[0] = 'archmem'; from cli.main import main; main()"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -c "{call}" "$@"\n')
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARCHMEM_")}
    return kept | {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "ARCHMEM_RUNTIME": str(folder / "runtime"),
        "ARCHMEM_STATE": str(folder / "state"),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
        "COLUMNS": WIDTH,
        "NO_COLOR": "1",
        **{f"GIT_{who}_NAME": "dana" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "dana@example.com" for who in ("AUTHOR", "COMMITTER")},
    }


def steady(text: str) -> str:
    """A page without what differs from run to run."""
    return _CHANGING.sub("…", text)


def main(arguments: list[str]) -> int:
    """Run the pages that are named, or all; how many say what is not so."""
    stale = 0
    for name in [one for one in arguments if one != "--write"] or PAGES:
        page = (ROOT / name).read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            now = run_page(page, Path(folder))
        if steady(now) == steady(page):
            continue
        if "--write" in arguments:
            (ROOT / name).write_text(now, encoding="utf-8")
            print(f"{name} was brought up to date.")
        else:
            stale += 1
            lines = steady(page).splitlines(), steady(now).splitlines()
            print("\n".join(difflib.unified_diff(*lines, name, "printed now", lineterm="")))
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
