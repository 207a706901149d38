"""Freshness: verdicts against labels, beside calling everything fresh, or stale; and the cost.

    python benchmarks/freshness.py made
    python benchmarks/freshness.py real REPOSITORY...
    python benchmarks/freshness.py cost REPOSITORY

`made` builds a repository of edits, renames, deletions, reverts and moved symbols; what each
place's label is follows from what was done to it, and stands beside that. `real` takes the
labels of freshness_labels.json, which were given by reading git; each REPOSITORY is a git
directory or a worktree of one that it names. What the rules were mended by is `fit`, what was
left aside until they stood is `kept`; celestia-app's labels were given after its answers had
been seen, the others' before, but two of thanos's that were put right. Three repositories were
read a second time, by a reader who knew neither the first labels nor the answers (`again`): how
often both agree is printed, and where they did not the record and git were read once more.
`cost` compares the look at what memories name with the rest of an index run, without the model.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.common import print_table
from indexer.freshness.look import check_anchors, look_again
from indexer.project import open_project
from memory.models.assessment import AnchorVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LABELS = Path(__file__).parent / "freshness_labels.json"
FRESH, CHANGED, MOVED, GONE, UNKNOWN = (
    AnchorVerdict.FRESH,
    AnchorVerdict.CHANGED,
    AnchorVerdict.MOVED,
    AnchorVerdict.GONE,
    AnchorVerdict.UNKNOWN,
)
Labels = dict[tuple[str, str], AnchorVerdict]  # by file of the memory and name of the anchor


class Repository:
    """A repository that is made commit by commit, a day apart."""

    def __init__(self, root: Path) -> None:
        """Make it."""
        self.root = root
        self._day = datetime(2026, 1, 1, 12, tzinfo=UTC)
        root.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        """What git prints, as if it were today in the history."""
        at = self._day.isoformat()
        who = ["-c", "user.name=Dana", "-c", "user.email=dana@example.com"]
        environment = os.environ | {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        command = ["git", "-C", str(self.root), *who, *arguments]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        return done.stdout.strip()

    def write(self, path: str, text: str) -> None:
        """Afterwards a file says this."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def move(self, old: str, new: str) -> None:
        """Rename a file or a folder."""
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        self.git("mv", old, new)

    def commit(self) -> str:
        """Commit everything, a day later; the hash of the commit."""
        self._day += timedelta(days=1)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"Day {self._day:%j}")
        return self.git("rev-parse", "HEAD")


def text_of(path: str) -> str:
    """A text like no other file's."""
    return "".join(f"{path} says line {number} of its own\n" for number in range(20))


def code_of(name: str) -> str:
    """A module with two functions, the first one called so."""
    body = "".join(f"    step_{number} = '{name}'\n" for number in range(6))
    return f"def {name}(order):\n{body}    return order\n\n\ndef rest_of_{name}():\n    pass\n"


def make(repository: Repository) -> Labels:
    """Build it; what became of each place, by what was done to it."""
    labels: dict[str, AnchorVerdict] = {}
    for name in ("keep", "edit", "back", "name", "gone", "again"):
        for number in range(1, 6):
            repository.write(f"src/{name}{number}.py", text_of(f"{name}{number}"))
    for folder in ("stay", "old", "dead"):
        for number in range(3):
            repository.write(f"src/{folder}/part{number}.py", text_of(f"{folder}{number}"))
    for number in range(1, 5):
        for name in ("stays", "differs", "travels", "ends", "neighbour", "carried"):
            repository.write(f"src/code/{name}_{number}.py", code_of(f"do_{name}_{number}"))
    for number in range(5):
        repository.write(f"src/many/many{number}.py", code_of("do_everywhere"))
    repository.write(
        "compose.yml", "services:\n  db:\n    image: postgres:15\n  c:\n    image: redis:6\n"
    )
    repository.write("pyproject.toml", '[project]\nrequires-python = ">=3.11"\n')
    inside = repository.commit()
    repository.git("checkout", "-q", "-b", "side")
    beside = repository.commit()
    repository.git("checkout", "-q", "main")
    labels |= {inside[:12]: FRESH, beside[:12]: CHANGED, "0123456789ab": GONE}
    labels |= _paths() | _symbols()
    labels |= {"Postgres 15": CHANGED, "Redis 6": FRESH, "Python 3.11": FRESH, "Kafka 3.7": UNKNOWN}
    names = list(labels)
    said: Labels = {}
    for start in range(0, len(names), 12):
        record = f"docs/adr/{start // 12 + 1:04}-places.md"
        some = names[start : start + 12]
        spans = "\n".join(f"- `{name}`" for name in some)
        title = f"# {start // 12 + 1}. Places\n\n## Status\n\nAccepted\n\n## Decision\n\n"
        repository.write(record, f"{title}These places matter:\n\n{spans}\n")
        said |= {(record, name): labels[name] for name in some}
    repository.commit()
    _go_on(repository)
    return said


def _paths() -> dict[str, AnchorVerdict]:
    numbered = {"keep": FRESH, "edit": CHANGED, "back": FRESH, "name": MOVED, "gone": GONE}
    numbered |= {"again": FRESH, "never": UNKNOWN}
    labels = {f"src/{name}{n}.py": one for name, one in numbered.items() for n in range(1, 6)}
    labels |= {"src/plan1.py": FRESH, "src/plan2.py": FRESH, "src/plan3.py": GONE}
    return labels | {"src/stay/": FRESH, "src/old/": MOVED, "src/dead/": GONE}


def _symbols() -> dict[str, AnchorVerdict]:
    numbered = {"stays": FRESH, "differs": CHANGED, "travels": MOVED, "ends": GONE}
    numbered |= {"neighbour": FRESH, "carried": MOVED}  # beside an edit; with its file
    labels = {f"do_{name}_{n}": one for name, one in numbered.items() for n in range(1, 5)}
    labels |= {"do_everywhere": UNKNOWN, "OrderBook::close": UNKNOWN, "TradeDesk": UNKNOWN}
    return labels


def _go_on(repository: Repository) -> None:
    """What happened after the records were written."""
    code = "src/code"
    for n in range(1, 6):
        repository.write(f"src/edit{n}.py", text_of(f"edit{n}") + "more\n" * n)
        repository.write(f"src/back{n}.py", text_of(f"back{n}").replace("own", "other"))
        repository.git("rm", "-q", f"src/again{n}.py")
        repository.commit()
        repository.write(f"src/back{n}.py", text_of(f"back{n}"))
        repository.write(f"src/again{n}.py", text_of(f"again{n}"))
        repository.move(f"src/name{n}.py", f"lib/name{n}.py")
        repository.commit()
        if n > 2:
            repository.move(f"lib/name{n}.py", f"pkg/name_{n}.py")
            repository.commit()
        if n > 3:
            repository.write(f"pkg/name_{n}.py", text_of(f"name{n}") + "more\n")
        if n > 1:
            repository.move(f"src/gone{n}.py", f"src/soon{n}.py")
            repository.commit()
        repository.git("rm", "-q", f"src/{'soon' if n > 1 else 'gone'}{n}.py")
        repository.write(f"src/plan{n}.py", text_of(f"plan{n}"))
        repository.commit()
    repository.git("rm", "-q", "src/plan3.py")
    repository.write("src/stay/part0.py", "edited\n")
    repository.move("src/old", "src/renewed")
    repository.git("rm", "-qr", "src/dead")
    repository.commit()
    for n in range(1, 5):
        stays, travels = code_of(f"do_stays_{n}"), code_of(f"do_travels_{n}")
        differs = code_of(f"do_differs_{n}").replace("step_3", "stride")
        repository.write(f"{code}/stays_{n}.py", f"import os\n\n\n{stays}")
        repository.write(f"{code}/differs_{n}.py", differs)
        cut = travels.index("def rest_of")
        repository.write(f"{code}/travels_{n}.py", travels[cut:])
        repository.write(f"src/far/target_{n}.py", f"import os\n\n\n{travels[:cut]}")
        ends = code_of(f"do_ends_{n}")
        repository.write(f"{code}/ends_{n}.py", ends[ends.index("def rest_of") :])
        beside = code_of(f"do_neighbour_{n}").replace("pass", "return 1")
        repository.write(f"{code}/neighbour_{n}.py", beside)
        repository.move(f"{code}/carried_{n}.py", f"src/shelf/carried_{n}.py")
        repository.commit()
    compose = "services:\n  db:\n    image: postgres:16\n  c:\n    image: redis:6\n"
    repository.write("compose.yml", compose)
    repository.commit()


def verdicts(root: Path, store: Path) -> Labels:
    """What becomes of everything that the memories of a worktree name."""
    with open_project(root, store=store) as memory:
        memory.upkeep.take_in()
        check_anchors(memory.ledger, root, None)
        paths = {one.memory.uid: one.memory.path or "" for one in memory.list()}
        return {
            (paths[one.uid], one.finding.checked.name): one.finding.checked.verdict
            for one in memory.ledger.db.anchors.findings()
        }


def report(labels: Labels, found: Labels, *, names_errors: bool = True) -> None:
    """Print how right it is, and what it has wrong; a place that is left out cannot be told."""
    said = {key: found.get((key[0], key[1].rstrip("/")), UNKNOWN) for key in labels}
    counts = Counter(str(verdict) for verdict in labels.values())
    print(f"{len(labels)} places: {', '.join(f'{n} {v}' for v, n in sorted(counts.items()))}")
    rows = []
    for name, guesses in (
        ("as found", said),
        ("always fresh", dict.fromkeys(labels, FRESH)),
        ("always stale", dict.fromkeys(labels, CHANGED)),
    ):
        right = sum(guesses[key] is label for key, label in labels.items()) / len(labels)
        stale = sum(_stale(guesses[key]) == _stale(one) for key, one in labels.items())
        numbers = (right, _macro_f1(labels, guesses), stale / len(labels))
        said_of = ("accuracy", "macro-F1", "stale or not")
        scores = {what: f"{number:.3f}" for what, number in zip(said_of, numbers, strict=True)}
        rows.append({"verdicts": name} | scores)
    print_table(rows)
    gone = [label for key, label in labels.items() if said[key] is GONE]
    print(f"gone: {gone.count(GONE)} of {len(gone)} that are called so; {UNKNOWN}: ", end="")
    print(sum(one is UNKNOWN for one in said.values()))
    for key, label in labels.items() if names_errors else ():
        if said[key] is not label:
            print(f"  {key[0]}: {key[1]} is {label}, not {said[key]}")


def _stale(verdict: AnchorVerdict) -> bool:
    return verdict in (CHANGED, MOVED, GONE)


def _macro_f1(labels: Labels, guesses: Labels) -> float:
    scores = []
    for verdict in sorted(set(labels.values())):
        hits = sum(guesses[key] is verdict is label for key, label in labels.items())
        both = sum(one is verdict for one in (*labels.values(), *guesses.values()))
        scores.append(2 * hits / both)
    return sum(scores) / len(scores)


def made(work: Path) -> None:
    """Score the repository that is built here."""
    repository = Repository(work / "made")
    labels = make(repository)
    report(labels, verdicts(repository.root, work / "store"))


def real(given: Sequence[Path], work: Path) -> None:
    """Score the repositories whose places were labelled, each and all together."""
    known = json.loads(LABELS.read_text())["repositories"]
    labels: Labels = {}
    found: Labels = {}
    twice = [
        (label.get("first", label["verdict"]), label["again"])
        for one in known
        for labelled in one["labels"].values()
        for label in labelled
        if "again" in label
    ]
    agreed = sum(first == second for first, second in twice)
    print(f"read twice: {len(twice)} places, {agreed} of them alike ({agreed / len(twice):.3f})")
    for one in known:
        root = work / Path(one["repository"]).name
        if not any(_clone(place, root, one["commit"]) for place in given):
            print(f"{one['repository']}: give a clone that has {one['commit'][:12]} to score it.")
            continue
        print(f"\n{one['repository']} ({one['split']})")
        said = {
            (path, label["name"]): AnchorVerdict(label["verdict"])
            for path, ones in one["labels"].items()
            for label in ones
        }
        _declare(root, one["labels"])
        seen = verdicts(root, work / f"{root.name}-store")
        report(said, seen)
        labels |= {(f"{root.name}/{path}", name): said[path, name] for path, name in said}
        found |= {(f"{root.name}/{path}", name): seen[path, name] for path, name in seen}
    if labels:
        print("\nall")
        report(labels, found, names_errors=False)


def _declare(root: Path, paths: Iterable[str]) -> None:
    """Have archmem read the labelled records, wherever the repository keeps them."""
    folders = sorted({path.partition("/README.md")[0].rpartition("/")[0] for path in paths})
    said = "".join(f'  "{folder}",\n' for folder in folders)
    (root / "archmem.toml").write_text(f"record_folders = [\n{said}]\n")


def cost(given: Path, work: Path) -> None:
    """Time the look, the first one and later ones, beside the rest of taking files in."""
    root = work / "cost"
    _clone(given, root, "HEAD")
    look, seconds = look_again, []

    def timed_look(*arguments: object) -> list[str]:
        started = time.perf_counter()
        said = look(*arguments)  # type: ignore[arg-type]
        seconds.append(time.perf_counter() - started)
        return said

    import indexer.freshness.look

    indexer.freshness.look.look_again = timed_look  # type: ignore[assignment]
    rows = []
    with open_project(root, store=work / "store") as memory:
        for name in ("first run", "nothing new", "a commit to a file of code"):
            if name.startswith("a commit"):
                _edit(root)
            started = time.perf_counter()
            memory.upkeep.take_in()
            whole = time.perf_counter() - started
            rest = whole - seconds[-1]
            rows.append(
                {"run": name, "the look": f"{seconds[-1]:.2f} s", "the rest": f"{rest:.2f} s"}
            )
        named = len(memory.ledger.db.anchors.findings())
        print(f"{memory.upkeep.count_pending()} texts to embed, {named} places named")
    print_table(rows)


def _clone(given: Path, root: Path, commit: str) -> bool:
    """Whether a repository has a commit; its worktree is then made."""
    has = ["git", "-C", given, "cat-file", "-e", f"{commit}^{{commit}}"]
    if subprocess.run(has, capture_output=True, check=False).returncode:
        return False
    subprocess.run(["git", "clone", "-q", "-s", "-n", given, root], check=True)
    subprocess.run(["git", "-C", root, "checkout", "-q", commit], check=False)
    return True


def _edit(root: Path) -> None:
    file = next(path for path in sorted(root.rglob("*.*")) if path.suffix in (".go", ".py", ".rb"))
    file.write_text(file.read_text() + "\n")
    who = ["-c", "user.name=Dana", "-c", "user.email=dana@example.com"]
    subprocess.run(["git", "-C", root, *who, "commit", "-qam", "Edit"], check=True)


def main() -> None:
    """Run the part that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("part", choices=["made", "real", "cost"])
    parser.add_argument("repository", type=Path, nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.part == "made":
            made(Path(folder))
        elif options.part == "real":
            real(options.repository, Path(folder))
        else:
            cost(options.repository[0], Path(folder))


if __name__ == "__main__":
    main()
