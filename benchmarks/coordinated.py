"""A scripted agent, without any model, coordinates a change through MCP, from task to lesson.

    python benchmarks/coordinated.py [--archmem PATH] [PROJECT] > session.md

PROJECT is a repository of Python with a cycle of modules; a clone of it is worked on and thrown
away. Without one it is the sample. The script takes the cheapest cut of the largest cycle: it asks
triage and coordinate, keeps a plan of two phases, checks it and hands it out, does both phases on a
branch (a test that reaches the file, then the imports taken out), closes the plan and finds the
lesson. It mends nothing else: what is shown is how a plan is followed. Each call is printed with
what it answered, in Markdown.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.installed import INSTALLED, own_engine
from benchmarks.made_project import sample_project
from benchmarks.mcp_over_stdio import Session

ME = "coordinator-backend"
SHOWN = 7  # rows of one answer
LONGEST = 200  # characters of one row

Ask = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]  # a tool's structured answer
Tell = Callable[[str], None]


class Cut(NamedTuple):
    """Imports of one module by another that are to go."""

    source: str
    target: str
    lines: dict[str, list[int]]  # of files


def coordinate(ask: Ask, root: Path, tell: Tell) -> dict[str, Any]:
    """From task to lesson; the structured answers of the last calls, by name."""
    cut = find_cut(ask)
    task = f"Part {cut.source} from {cut.target}"

    def call(title: str, tool: str, **arguments: Any) -> Mapping[str, Any]:
        answer = ask(tool, arguments)
        tell(_call(title, tool, arguments))
        tell(_answer(answer))
        return answer

    tell(f"The task: *{task}*.")
    call("Is it systemic?", "memory_code", ask="triage", target=task)
    call("What is known for it?", "memory_code", ask="coordinate", target=task, max_tokens=1200)
    kept = call("A plan is kept", "memory_plan", action="new", author=ME, plan=plan_of(task, cut))
    uid = kept["uid"]
    call("What speaks against it?", "memory_plan", action="check")
    call("Each engineer is told", "memory_plan", action="assign", author=ME, budget=600)
    _git(root, "switch", "-q", "-c", "part-them")
    _phase(call, root, uid, 1, lambda: write_test(root, cut))
    _phase(call, root, uid, 2, lambda: take_out(root, cut))
    status = call("How far is it?", "memory_plan", action="status", uid=uid)
    result = {"lessons": [f"Reach {cut.source} by a test before its imports of {cut.target} go."]}
    closed = call("It is closed", "memory_plan", action="close", author=ME, result=result)
    found = call("The next one finds", "memory_search", question=task, kinds=["lesson"], limit=2)
    return {"uid": uid, "status": status, "closed": closed, "found": found}


def find_cut(ask: Ask) -> Cut:
    """The cheapest cut of the largest cycle: of its first pair of modules."""
    rows = ask("memory_code", {"ask": "decouple", "max_tokens": 8000})["rows"]
    first = next(row for row in rows if "cut" in row)
    source, target = first["cut"].split(" -> ")
    lines: dict[str, list[int]] = {}
    for said in first["imports"]:
        path, _, line = said.split(" ")[0].rpartition(":")
        lines.setdefault(path, []).append(int(line))
    return Cut(source, target, lines)


def plan_of(task: str, cut: Cut) -> dict[str, Any]:
    """Two phases: a test first, then the imports."""
    first = next(iter(cut.lines))
    return {
        "title": task,
        "request": f"{cut.source} and {cut.target} need each other.",
        "phases": [
            {
                "name": "preparation",
                "steps": [{"text": f"Write a test that reaches {first}", "modules": [cut.source]}],
                "gates": [f"{_test_path(cut)} exists", f"a test reaches {first}"],
                "way_back": "remove the test",
            },
            {
                "name": "migration",
                "steps": [
                    {
                        "text": f"Take the imports of {cut.target} out of {cut.source}",
                        "modules": [cut.source],
                        "files": list(cut.lines),
                        "after": [1],
                    }
                ],
                "gates": [
                    f"{cut.source} must not import {cut.target}",
                    "no new major findings in architecture",
                    f"coverage of {cut.source} at least 80 %",
                ],
                "way_back": "revert the commit: the imports come back",
            },
        ],
    }


def write_test(root: Path, cut: Cut) -> None:
    """The work of the first phase."""
    first = Path(next(iter(cut.lines)))
    parts = first.with_suffix("").parts
    name = ".".join(parts[1:] if parts[0] in {"src", "lib"} else parts).removesuffix(".__init__")
    path = root / _test_path(cut)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"import {name}\n\n\ndef test_it_is_there():\n    assert {name}\n"
    path.write_text(text, encoding="utf-8")


def take_out(root: Path, cut: Cut) -> None:
    """The work of the second: the imports go, those of several lines with all of them."""
    for path, lines in cut.lines.items():
        file = root / path
        said = file.read_text(encoding="utf-8").split("\n")
        for line in sorted(lines, reverse=True):
            end = line
            if "(" in said[line - 1] and ")" not in said[line - 1]:
                end = next(at for at in range(line, len(said)) if ")" in said[at]) + 1
            indent = said[line - 1][: len(said[line - 1]) - len(said[line - 1].lstrip())]
            said[line - 1 : end] = [f"{indent}pass"] if indent else []
        file.write_text("\n".join(said), encoding="utf-8")


def _phase(
    call: Callable[..., Mapping[str, Any]],
    root: Path,
    uid: str,
    number: int,
    work: Callable[[], None],
) -> None:
    """A run of the phase's one step: begun, done, committed, finished; then its gates."""
    begun = call(
        f"Phase {number} begins with a run of its step",
        "memory_run",
        action="start",
        author=ME,
        plan=uid,
        step=number,
        budget=600,
    )
    work()
    _git(root, "add", "-A")
    _git(root, "commit", "-q", "-m", f"Phase {number}")
    result = {"success": True, "commits": [_git(root, "rev-parse", "HEAD").strip()]}
    finish = {"action": "finish", "author": ME, "uid": begun["uid"], "result": result}
    call("The run is finished", "memory_run", **finish)
    call(f"Phase {number} is done", "memory_plan", action="done", author=ME, phase=number)


def _test_path(cut: Cut) -> str:
    return f"tests/test_{cut.source.replace('/', '_').lower()}_parted.py"


def _git(root: Path, *arguments: str) -> str:
    who = ["-c", "user.name=script", "-c", "user.email=script@example.org"]
    done = subprocess.run(
        ["git", "-C", str(root), *who, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def _call(title: str, tool: str, arguments: Mapping[str, Any]) -> str:
    said = json.dumps(arguments, ensure_ascii=False)
    return f"\n### {title}\n\n`{tool}` `{said}`\n"


def _answer(answer: Mapping[str, Any]) -> str:
    """What a tool answered, its long texts and lists cut."""
    return "\n".join(["```text", *_lines(answer), "```"])


def _lines(answer: Mapping[str, Any]) -> Iterable[str]:
    for name, value in answer.items():
        if name in {"rows", "hits", "lessons"}:
            rows = [json.dumps(row, ensure_ascii=False) for row in value]
            yield from (_short(row) for row in rows[:SHOWN])
            if len(rows) > SHOWN:
                yield f"and {len(rows) - SHOWN} more rows"
        elif name in {"text", "brief"}:
            lines = [line for line in value.split("\n") if line]
            yield from (_short(line) for line in lines[:SHOWN])
            if len(lines) > SHOWN:
                yield f"and {len(lines) - SHOWN} more lines"
        elif name not in {"next", "digest"}:
            yield _short(f"{name}: {json.dumps(value, ensure_ascii=False)}")


def _short(line: str) -> str:
    line = line.replace("```", "'''")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("project", type=Path, nargs="?", help="a clone of it is worked on")
    parser.add_argument("--archmem", type=Path, default=INSTALLED, help="the installed program")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, own_engine(options.archmem) as archmem:
        root = Path(name) / (options.project.resolve().name if options.project else "sample")
        if options.project:
            subprocess.run(["git", "clone", "-q", options.project.resolve(), root], check=True)
        else:
            sample_project(root)
        archmem.on(root, "index")
        command = [str(archmem.program), "--project", str(root), "mcp", "--results", "both"]
        with Session(command) as session:
            session.initialize()

            def ask(tool: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
                answer: Mapping[str, Any] = session.call(tool, arguments)["structuredContent"]
                return answer

            coordinate(ask, root, print)


if __name__ == "__main__":
    main()
