"""Whether the commit with which a cycle began is found: histories made by a seed, a cycle planted.

    python benchmarks/cycle_history.py [--seeds 6] [--commits 24]

Each history is of one project of Python or TypeScript with three modules. At one commit, drawn, an
import closes a cycle of files or of modules. Before and after it files of the cycle are renamed and
moved into folders, a folder of a module is renamed, lines move, files come, and the cycle grows. In
a third of them the import comes on a branch that is merged; in a third the cycle was there before,
for some commits, and went.

exact: `drift` of the finding names the commit that was planted. again: of those in which the cycle
was there before; any of its beginnings counts there as found, as `drift` says that it is one.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table
from indexer.code.code_reader import forget
from indexer.project import open_project

MODULES = ("orders", "stock", "people")
FILES = 5  # of a module
ENDINGS = {"python": ".py", "typescript": ".ts"}


class History:
    """A project that is written and committed step by step."""

    def __init__(self, root: Path, rng: random.Random, language: str) -> None:
        self.root, self.rng, self.ending = root, rng, ENDINGS[language]
        self.now = datetime.now(UTC) - timedelta(days=200)
        self.paths: dict[str, str] = {}  # of each file, without its ending
        self.needs: dict[str, list[str]] = defaultdict(list)
        self.above: dict[str, int] = defaultdict(int)  # lines
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        for module in MODULES:
            for number in range(FILES):
                self.add(module, f"{module}{number}")
        for module in MODULES:
            for number in range(2):
                self.needs[f"{module}{number}"].append(f"{module}{number + 1}")
        self.needs["orders3"].append("stock3")

    def git(self, *words: str) -> str:
        """Run git as nobody in particular, a day after the last commit."""
        at = self.now.isoformat()
        who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        return subprocess.run(
            ["git", "-C", str(self.root), *who, *words], check=True, capture_output=True, text=True,
            env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_AUTHOR_DATE": at,
                 "GIT_COMMITTER_DATE": at},
        ).stdout.strip()  # fmt: skip

    def add(self, folder: str, name: str) -> None:
        """A file more."""
        self.paths[name] = f"app/{folder}/{name}"

    def text(self, name: str) -> str:
        """What a file says: its imports, and lines that nothing else has."""
        own, path = random.Random(name), self.paths[name]
        lines = [""] * self.above[name]
        for need in self.needs[name]:
            to = self.paths[need]
            if self.ending == ".py":
                lines.append(f"import {to.replace('/', '.')}")
            else:
                up = "../" * path.count("/")
                lines += [f"import {{ {need}0 }} from './{up}{to}';", f"{need}0(1);"]
        for number in range(6):
            one, other = own.randrange(10**6), own.randrange(10**6)
            if self.ending == ".py":
                lines += ["", "", f"def {name}{number}(x):", f"    return x * {one} + {other}"]
            else:
                lines += ["", f"export function {name}{number}(x: number) {{"]
                lines += [f"  return x * {one} + {other};", "}"]
        return "\n".join([*lines, ""])

    def commit(self, said: str) -> str:
        """Afterwards all of it is committed; the hash."""
        self.now += timedelta(days=1)
        wanted = {f"{path}{self.ending}": self.text(name) for name, path in self.paths.items()}
        if self.ending == ".py":
            wanted |= {f"{Path(path).parent}/__init__.py": "" for path in [*wanted]}
        for old in self.git("ls-files").splitlines():
            if old not in wanted:
                (self.root / old).unlink()
        for path, text in wanted.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", said)
        return self.git("rev-parse", "HEAD")

    def stir(self, members: list[str]) -> str:
        """Something that makes no cycle and opens none; what it is."""
        name, rng = self.rng.choice(members), self.rng
        path = self.paths[name]
        what = rng.choice(("rename", "move", "lines", "file", "lines elsewhere", "folder"))
        if what == "rename":
            self.paths[name] = f"{path.rpartition('/')[0]}/{name}_{rng.randrange(1000)}"
        elif what == "move" and path.count("/") == 2:
            top, _, last = path.rpartition("/")
            self.paths[name] = f"{top}/inner/{last}"
        elif what == "folder":
            old = rng.choice(sorted({one.split("/")[1] for one in self.paths.values()}))
            new = f"{old.partition('_')[0]}_{rng.randrange(1000)}"
            for one, its in self.paths.items():
                parts = its.split("/")
                if parts[1] == old:
                    self.paths[one] = "/".join(["app", new, *parts[2:]])
        elif what == "file":
            new = f"more{len(self.paths)}"
            self.add(path.split("/")[1], new)
            self.needs[new].append(name)
        else:
            self.above[name if what == "lines" else rng.choice(sorted(self.paths))] += 3
        return what


def planted(root: Path, seed: int, language: str, level: str, commits: int) -> list[str]:
    """Make a history; the commits with which its cycle began, the last one that which stands."""
    rng = random.Random(f"{seed} {language} {level}")
    made = History(root, rng, language)
    source, target, members = {
        "file": ("orders2", "orders0", ["orders0", "orders1", "orders2"]),
        "module": ("stock4", "orders4", ["orders3", "stock3", "stock4", "orders4"]),
    }[level]
    at = rng.randrange(commits // 3, commits - 4)
    before = at - 4 if seed % 3 == 0 else -1
    began = []
    for number in range(commits):
        if number in (at, before):
            on_branch = seed % 3 == 1
            if on_branch:
                made.git("checkout", "-q", "-b", "side")
                made.stir(members)
                made.commit("something beside")
            made.needs[source].append(target)
            began.append(made.commit("plant"))
            if on_branch:
                made.stir(members)
                made.commit("more beside")
                made.git("checkout", "-q", "main")
                made.git("merge", "-q", "--no-ff", "-m", "merge", "side")
        elif number == before + 2 and before >= 0:
            made.needs[source].remove(target)
            made.commit("open it")
        else:
            made.commit(made.stir(members))
    return began


def outcome(seed: int, language: str, level: str, commits: int) -> str:
    """What is found: "exact", "again" for an earlier time, or what `drift` says instead."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "made"
        began = planted(root, seed, language, level, commits)
        forget()
        with open_project(root, create=True) as memory:
            found = memory.audit("architecture", everything=True).findings
            own = [one for one in found if one.rule == f"architecture.{level}-cycle"]
            if len(own) != 1:
                return f"{len(own)} cycles are told"
            said = memory.drift(own[0].id).began
        if said is not None and said.commit == began[-1] and said.told == "exact":
            return "exact"
        if said is not None and said.commit in began:
            return "again"
        return f"{said}"


def main() -> None:
    """Print a row for each language and level."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--commits", type=int, default=24)
    options = parser.parse_args()
    rows = []
    for language in ENDINGS:
        for level in ("file", "module"):
            found = []
            for seed in range(options.seeds):
                found.append(outcome(seed, language, level, options.commits))
                if found[-1] not in {"exact", "again"}:
                    print(f"{language} {level} {seed}: {found[-1]}", file=sys.stderr, flush=True)
            rows.append(
                {"language": language, "cycle of": f"{level}s", "histories": len(found),
                 "exact": found.count("exact"), "again": found.count("again")}
            )  # fmt: skip
            print(rows[-1], file=sys.stderr, flush=True)
    print_table(rows)


if __name__ == "__main__":
    main()
