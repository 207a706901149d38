"""Contracts of import-linter, dependency-cruiser and tach: our verdicts beside the tools' own.

    python benchmarks/contracts.py [--depcruise PROGRAM] [--tach PROGRAM] [--commits N]
        CLONE[:ARGUMENT,...] ...

A CLONE is a project that declares contracts for one of the three. Its arguments are the folder of
its packages of Python, or what dependency-cruiser is to look at. It is cloned again to a scratch
folder; nothing of it is run. import-linter is the one of this environment. What began when is not
asked of tach.

same: verdicts that are the tool's own; open: those of which we say that it cannot be told. Then
imports are added to files, one at a time: one by which each of the contracts that hold is broken by
our word, and some at random. agreed: after how many of them all verdicts are the same again; named:
how often the import itself is what a broken contract is said to be broken by.

began: imports that are there now and were not N commits of the main line ago, each forbidden by a
decision; right: how often the commit that is found is the one that asking the tool at each of them
gives.
"""

from __future__ import annotations

import argparse
import json
import os
import posixpath
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table
from indexer.code.code_at_commit import code_at
from indexer.code.code_reader import forget, rebuild
from indexer.code.contracts.registry import contract_readers, read_contracts
from indexer.git.repository import Repository
from indexer.project import open_project
from memory.code.checks.allowing import MayImport
from memory.code.checks.check import judge
from memory.code.checks.interfaces import Exposes
from memory.code.checks.judging import judge_all
from memory.code.checks.web import AT_RUN_TIME, Webs, is_package
from memory.models.findings import Tristate
from memory.plans.import_checks import with_import

TRIED = 400  # imports, until one breaks a contract
MOST_PLANTED, AT_RANDOM, MOST_BEGUN = 8, 4, 3  # of a project: each takes a run of the tool or more
LINT = "from importlinter.cli import lint_imports_command as c; c()"
VERDICT = re.compile(r"(?P<name>.+) (?P<is>KEPT|BROKEN)(?: \(.*\))?")
DECISION = "# 9999. One\n\nStatus: accepted\n\n**Check:** {} must not import {}\n"


def git(root, *arguments):
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class ImportLinter:
    """What import-linter says of a clone."""

    tool = "import-linter"

    def __init__(self, arguments):
        self.folder = arguments[0] if arguments else ""

    def broken(self, root, config=""):
        """Whether each contract is broken, by name; nothing where it could not say."""
        environment = {**os.environ, "PYTHONPATH": str(root / self.folder)}
        more = ["--config", config] if config else []
        said = subprocess.run(
            [sys.executable, "-c", LINT, "--no-cache", *more],
            cwd=root, capture_output=True, text=True, env=environment, check=False,
        )  # fmt: skip
        lines = map(VERDICT.fullmatch, said.stdout.splitlines())
        return {one["name"]: one["is"] == "BROKEN" for one in lines if one}

    def statement(self, code, source, target):  # noqa: ARG002
        """What imports a file in another one."""
        return f"import {code.files[target].name}"

    def forbidding(self, code, source, target):
        """A config by which only this import is forbidden."""
        first, second = code.files[source].name, code.files[target].name
        roots = "\n    ".join(sorted({first.partition(".")[0], second.partition(".")[0]}))
        return "one.ini", (
            f"[importlinter]\nroot_packages =\n    {roots}\nexclude_type_checking_imports = True\n"
            f"[importlinter:contract:1]\nname = one\ntype = forbidden\nas_packages = False\n"
            f"allow_indirect_imports = True\nsource_modules = {first}\n"
            f"forbidden_modules = {second}\n"
        )


class DependencyCruiser:
    """What dependency-cruiser says of a clone."""

    tool = "dependency-cruiser"
    program = ""

    def __init__(self, arguments):
        self.arguments = arguments or ["."]

    def broken(self, root, config=""):
        """Whether each rule is broken, by name; nothing where it could not say."""
        reader = next(one for one in contract_readers() if one.tool == self.tool)
        config = config or next(name for name in reader.names if (root / name).exists())
        said = subprocess.run(
            [self.program, "--config", config, "--output-type", "json", *self.arguments],
            cwd=root, capture_output=True, text=True, check=False,
        )  # fmt: skip
        try:
            found = json.loads(said.stdout)["summary"]
        except ValueError:
            return {}
        broken = {one["rule"]["name"] for one in found["violations"]}
        rules = found["ruleSetUsed"]
        named = [one["name"] for kind in ("forbidden", "required") for one in rules.get(kind, [])]
        return {name: name in broken for name in named}

    def statement(self, code, source, target):  # noqa: ARG002
        """What imports a file in another one."""
        named = posixpath.relpath(target, posixpath.dirname(source) or ".")
        named = named if named.startswith(".") else f"./{named}"
        if source.endswith((".ts", ".tsx")):
            named = named.rpartition(".")[0]
        return f'require("{named}");' if source.endswith((".js", ".cjs")) else f'import "{named}";'

    def forbidding(self, code, source, target):  # noqa: ARG002
        """A config by which only this import is forbidden."""
        rule = {
            "name": "one",
            "severity": "error",
            "from": {"path": f"^{source}$"},
            "to": {"path": f"^{target}$"},
        }
        return "one.json", json.dumps({"forbidden": [rule]})


class Tach(ImportLinter):
    """What tach says of a clone: its modules by what they import, or give to others."""

    tool = "tach"
    program = ""

    def broken(self, root, config=""):  # noqa: ARG002
        """Whether each module's demand is broken, by our names for them."""
        command = [self.program, "check", "--output", "json"]
        said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
        try:
            kinds = [one["Located"]["details"].get("Code", {}) for one in json.loads(said)]
        except (ValueError, KeyError):
            return {}
        given = [one["PrivateDependency"] for one in kinds if "PrivateDependency" in one]
        private = {one["definition_module"] for one in given}
        importers = {
            said["usage_module"]
            for one in kinds
            for kind, said in one.items()
            if kind != "PrivateDependency" and "usage_module" in said
        }
        return {
            one.said: one.demand.source
            in (private if isinstance(one.demand, Exposes) else importers)
            for one in checks_of(root, self)
            if isinstance(one.demand, Exposes | MayImport)
        }


def oracle_of(root, arguments):
    tools = {one.kind for one in read_contracts(root)}
    known = (ImportLinter, DependencyCruiser, Tach)
    return next(one(arguments) for one in known if one.tool in tools)


def checks_of(root, oracle):
    return [one for one in read_contracts(root) if one.kind == oracle.tool and "/" not in one.file]


def verdicts(root, oracle):
    """Our own judgement of each contract of a tool, by name."""
    judged = judge_all(rebuild(root), checks_of(root, oracle))
    return {one.check.said: one.verdict for one in judged}


def differing(theirs, ours):
    """The contracts of which we say another thing than the tool, those that are open apart."""
    told = {name: ours[name].answer if name in ours else None for name in theirs}
    return [
        name
        for name, answer in told.items()
        if answer is None
        or (answer is not Tristate.UNKNOWN and (answer is Tristate.BROKEN) != theirs[name])
    ]


def can_be_imported(name):
    return all(part.isidentifier() for part in name.split("."))


def planted(code, checks, rng):
    """Imports that break each contract by our word, and some at random: source and target."""
    web = Webs(code).of(AT_RUN_TIME)
    languages = {path: code.files[path].language for path in web.files}
    files = sorted(path for path in web.files if languages[path] in {"python", "typescript"})
    pairs = [tuple(rng.sample(files, 2)) for _ in range(TRIED)]
    pairs = [
        (source, target)
        for source, target in pairs
        if languages[source] == languages[target]
        and target not in web.links.get(source, {})
        and (languages[target] != "python" or can_be_imported(code.files[target].name))
    ]
    for check in checks[:MOST_PLANTED]:
        for source, target in pairs:
            if judge(check, Webs(with_import(code, source, target))).violations:
                yield source, target
                break
    yield from pairs[:AT_RANDOM]


def tried(root, oracle, rng):
    """A row of how we judge as it is, and with imports that are added."""
    theirs, ours = oracle.broken(root), verdicts(root, oracle)
    unknown = sum(ours[name].answer is Tristate.UNKNOWN for name in theirs if name in ours)
    wrong = differing(theirs, ours)
    row = {
        "contracts": len(theirs),
        "broken": sum(theirs.values()),
        "same": len(theirs) - unknown - len(wrong),
        "open": unknown,
    }
    code = rebuild(root)
    holding = [one for one in checks_of(root, oracle) if ours[one.said].answer is Tristate.HOLDS]
    added = agreed = broken = named = 0
    for source, target in planted(code, holding, rng):
        with (root / source).open("a") as file:
            file.write(f"\n{oracle.statement(code, source, target)}\n")
        line = len((root / source).read_text().splitlines())
        now, found = oracle.broken(root), verdicts(root, oracle)
        more = differing(now, found)
        if not now:
            print(f"{root.name}: {oracle.tool} says nothing with {source}:{line}", file=sys.stderr)
        added += 1
        agreed += bool(now) and not more
        wrong += more
        for name in (name for name, is_broken in now.items() if is_broken and not theirs[name]):
            if name in found and found[name].answer is not Tristate.UNKNOWN:
                broken += 1
                spots = [spot for one in found[name].violations for spot in one.spots]
                named += any((spot.file, spot.line) == (source, line) for spot in spots)
        git(root, "checkout", "-q", "--", ".")
    if wrong:
        print(f"{root.name}: differing {', '.join(dict.fromkeys(wrong))}", file=sys.stderr)
    return row | {"added": added, "agreed": agreed, "broke": broken, "named": named}


def imports_of(code):
    web = Webs(code).of(AT_RUN_TIME)
    return {(one.source, one.target) for one in web if not is_package(one.target)}


def began(root, oracle, commits):
    """How many imports of the last commits were looked at, and how often the commit was right."""
    line = git(root, "rev-list", "--first-parent", f"--max-count={commits}", "HEAD").split()[::-1]
    repository = Repository(root)
    then, now = (code_at(repository, one, {}, {}) for one in (line[0], line[-1]))
    wanted = {"python": ImportLinter.tool, "typescript": DependencyCruiser.tool}
    come = [
        (source, target)
        for source, target in sorted(imports_of(now) - imports_of(then))
        if {source, target} <= then.files.keys()
        and wanted.get(now.files[source].language) == oracle.tool
    ]
    looked = right = 0
    for source, target in come[:: max(1, len(come) // MOST_BEGUN)][:MOST_BEGUN]:
        name, text = oracle.forbidding(now, source, target)
        is_broken = []
        for commit in line:
            git(root, "checkout", "-q", "--force", commit)
            (root / name).write_text(text)
            is_broken.append(oracle.broken(root, name).get("one", False))
        (root / name).unlink()
        git(root, "checkout", "-q", "--force", line[-1])
        if not is_broken[-1] or is_broken[0]:
            continue
        by_tool = line[len(line) - is_broken[::-1].index(False)]
        looked += 1
        right += found_by_us(root, source, target) == by_tool
    return {"began": looked, "right": right}


def found_by_us(root, source, target):
    """The commit of the main line from which on a decision does not hold."""
    decision = root / "docs/adr/9999-one.md"
    decision.parent.mkdir(parents=True, exist_ok=True)
    decision.write_text(DECISION.format(source, target))
    forget()
    with open_project(root) as memory:
        memory.index()
        rows = [one for one in memory.audit("architecture").checks if one.uid]
    decision.unlink()
    found = next((one.began for one in rows if one.began and source in one.said), None)
    return (found.merged or found.commit) if found else ""


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clones", nargs="+", metavar="CLONE")
    parser.add_argument("--depcruise", default="depcruise", metavar="PROGRAM")
    parser.add_argument("--tach", default="tach", metavar="PROGRAM")
    parser.add_argument("--commits", type=int, default=30, metavar="N")
    options = parser.parse_args()
    DependencyCruiser.program, Tach.program = options.depcruise, options.tach
    rows = []
    for one in options.clones:
        place, _, said = one.partition(":")
        with tempfile.TemporaryDirectory() as scratch:
            root = Path(scratch) / Path(place).name
            subprocess.run(["git", "clone", "-q", place, root], check=True)
            oracle = oracle_of(root, said.split(",") if said else [])
            row = {"project": root.name, "tool": oracle.tool}
            row |= tried(root, oracle, random.Random(1))
            rows.append(row | began(root, oracle, options.commits))
            print(rows[-1], file=sys.stderr, flush=True)
    print_table(rows)


if __name__ == "__main__":
    main()
