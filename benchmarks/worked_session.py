"""A session from task to lesson on the sample project, as docs/coordinator-loop.md shows it.

    python -m benchmarks.worked_session            # print it
    python -m benchmarks.worked_session --write    # put it into that page

Uids of what is recorded, hashes and today's date differ from run to run, nothing else does.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "coordinator-loop.md"
BEGIN, END = "<!-- a worked session: begin -->", "<!-- a worked session: end -->"
WIDTH = "100"
_CHANGING = re.compile(r"\b(?:(?:run|les|fla)-[a-z2-7]{8}|[0-9a-f]{7,40})\b|\b\d{4}-\d\d-\d\d\b")

TASK = "Let receipts and webhooks share one pool of queue workers again"
PLAN = """\
# Fewer idle workers

- Merge the receipt and webhook workers into one pool
- Alert when the dead-letter queue is not empty for ten minutes
- Move the dashboards to a provider that stores metrics for a year
"""
INSTEAD = "Size the pools of receipt and webhook workers apart"
RESULT = {
    "success": True,
    "approach": "Give each kind of consumer a pool of its own and size it by what was measured",
    "situation": "Queue workers idle while slow merchants hold up fast messages",
    "metrics": {"receipt_delay_p95": {"before": 660, "after": 4, "unit": "s"}},
    "issues": [],
    "lessons": ["Size worker pools by the 95th percentile of service time, not by the mean"],
}


class Session:
    """Commands that were run in a project, and what they printed."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "shop"
        self._environment = os.environ | {
            "ARCHMEM_ENGINE": "0",
            "COLUMNS": WIDTH,
            "NO_COLOR": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        shutil.copytree(ROOT / "data" / "sample", self.project)
        self._git("init", "--quiet", "--initial-branch=main")
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", "The sample project")
        self.said: list[str] = []

    def run(self, *words: str, told: str = "", shown: str = "", code: int = 0) -> str:
        """Run a command of archmem, and keep what it printed.

        Args:
            words: Its arguments.
            told: What it reads on standard input.
            shown: How the command looks in the session; "" for as it is.
            code: With which it is to end.
        """
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", "--project", str(self.project), *words],
            input=told,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=self._environment,
            check=False,
        )
        if done.returncode != code:
            raise RuntimeError(f"{shlex.join(words)} ended with {done.returncode}: {done.stderr}")
        self.said.append(f"$ {shown or f'archmem {shlex.join(words)}'}\n{done.stdout}")
        return done.stdout

    def _git(self, *words: str) -> None:
        own = ["-c", "user.name=dana", "-c", "user.email=dana@example.com"]
        subprocess.run(
            ["git", "-C", str(self.project), *own, *words], check=True, env=self._environment
        )


def work(folder: Path) -> str:
    """The session as a block of Markdown; the folder is used up by it."""
    session = Session(folder)
    session.run("index")
    session.said.clear()
    session.run("brief", TASK, "--modules", "queue,notifications", "--budget", "900")
    plan = session.project / "plan.md"
    plan.write_text(PLAN, encoding="utf-8")
    session.run("check", str(plan), shown="archmem check plan.md", code=3)
    begun = session.run("run", "start", "--task", INSTEAD, "--modules", "queue,notifications",
                        "--no-brief")  # fmt: skip
    run = _first(r"\brun-[a-z2-7]{8}\b", begun)
    finished = session.run(
        "run", "finish", run, "--from", "-",
        told=json.dumps(RESULT),
        shown=f"archmem run finish {run} --from - <<< '{json.dumps(RESULT)}'",
    )  # fmt: skip
    session.run("explain", _first(r"\bles-[a-z2-7]{8}\b", finished))
    return "```console\n" + "\n".join(session.said).rstrip() + "\n```\n"


def steady(text: str) -> str:
    """A session without what differs from run to run."""
    return _CHANGING.sub("…", text)


def shown_in_docs() -> str:
    """The session that the page has now."""
    page = PAGE.read_text(encoding="utf-8")
    return page.partition(BEGIN)[2].partition(END)[0].strip() + "\n"


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"nothing like {pattern} in:\n{text}")
    return found[0]


def main() -> None:
    """Print the session, or put it into the docs."""
    with tempfile.TemporaryDirectory() as folder:
        said = work(Path(folder))
    if "--write" not in sys.argv[1:]:
        print(said)
        return
    before, begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    PAGE.write_text(f"{before}{begin}\n{said}{end}{after}", encoding="utf-8")
    print(f"The docs have the session of {datetime.now(UTC):%Y-%m-%d}.")


if __name__ == "__main__":
    main()
