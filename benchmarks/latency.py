"""How long one waits for archmem: commands, agents and hooks, with an engine and without one.

    python benchmarks/latency.py [--archmem PATH] [--peer PATH]... [--runs 40] [--cold 5]
        [--records 10000] [--work FOLDER] [--json]

Everything is the installed program, in whole processes, from spawn to end or, for a server, to its
reply; a bare `python -c pass` is run in turn with each (`python`, and `ratio` to it). The engine is
the benchmark's own. `sample` is the sample project, `10000` one of so many decision records (see
made_project.py). `no engine` means that one was killed just before, as a crash would end it: what
is asked then starts the next. A peer (see peers.py) is asked the same of the sample's texts.

`engine` rows are asked over its socket: `accepts` is from its start until it does, `first answer`
from then on, by words if need be, and `by meaning` until an answer is complete.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count, cycle, islice
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.common import Row, print_table
from benchmarks.installed import (
    INSTALLED,
    ArchMem,
    Installed,
    asking,
    latency_row,
    own_engine,
    prompt_payload,
)
from benchmarks.made_project import made_project, questions, sample_project
from benchmarks.mcp_over_stdio import Session
from benchmarks.peers import Peer, prepare_peer
from benchmarks.scale import in_new_process

QUESTIONS = questions()
TARGETS = {
    "search": "p50 < 250",
    "engine: first answer": "p95 < 300",
    "mcp initialize, no engine": "p95 < 1,500",
    "hook": "p95 < 250",
    "hook, no engine": "all < 2,000",
}


def main() -> None:
    options = read_options()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, own_engine(options.archmem) as archmem:
        scratch = Path(name)
        projects = {"sample": sample_project(scratch / "sample")}
        if options.records:
            folder = options.work or scratch / "made"
            made = in_new_process(made_project, folder, options.records)
            projects[f"{options.records}"] = made
        for label, project in projects.items():
            archmem.on(project, "index")
            runs = {"warm": options.runs, "cold": options.cold}
            rows += measure(archmem, label, ArchMemSteps(archmem, project).all, runs, TARGETS)
        for program in options.peer:
            texts = sample_project(scratch / f"{program.name}-sample")
            peer = prepare_peer(program, texts, scratch / f"{program.name}-home")
            runs = {"warm": max(1, options.runs // 4), "cold": options.cold}
            rows += measure(peer.installed, peer.name, PeerSteps(peer, texts).all, runs, {})
    if options.json:
        print(json.dumps({"latency": rows}))
    else:
        print_table(rows, width=13)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archmem", type=Path, default=INSTALLED, help="the installed program")
    parser.add_argument("--peer", type=Path, action="append", default=[], help="its program")
    parser.add_argument("--runs", type=int, default=40, help="of what is warm")
    parser.add_argument("--cold", type=int, default=5, help="runs of what starts an engine")
    parser.add_argument(
        "--records", type=int, default=10_000, help="of the made project; 0 is none"
    )
    parser.add_argument("--work", type=Path, help="where the made project is kept between runs")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


Times = Iterator[tuple[str, float]]  # what was measured, and its milliseconds
Step = Callable[[str], Times]  # measures with a question


def measure(
    installed: Installed,
    project: str,
    steps: Sequence[tuple[str, Step]],
    runs: Mapping[str, int],
    targets: Mapping[str, str],
) -> list[Row]:
    """A row for each thing that the steps measure, each run of them beside a bare interpreter."""
    rows = []
    for kind, step in steps:
        times, floors = defaultdict[str, list[float]](list), []
        for question in islice(cycle(QUESTIONS), runs[kind]):
            floors.append(installed.bare())
            for name, milliseconds in step(question):
                times[name].append(milliseconds)
        rows += [
            latency_row(name, project, taken, floors, targets.get(name, ""))
            for name, taken in times.items()
        ]
    return rows


class ArchMemSteps:
    """What archmem is asked of a project."""

    def __init__(self, archmem: ArchMem, project: Path) -> None:
        self._archmem = archmem
        self._project = project
        self._sessions = count()
        self.all: list[tuple[str, Step]] = [
            ("warm", self.search),
            ("warm", self.brief),
            ("warm", self.hook),
            ("cold", self.mcp),
            ("cold", self.without_engine(self.search)),
            ("cold", self.first_answers),
            ("cold", self.without_engine(self.mcp)),
            ("cold", self.without_engine(self.hook)),
        ]

    def search(self, question: str) -> Times:
        """As a command."""
        yield "search", self._archmem.on(self._project, "search", question)[0]

    def brief(self, question: str) -> Times:
        """As a command, for a task of the same words."""
        yield "brief", self._archmem.on(self._project, "brief", question)[0]

    def hook(self, question: str) -> Times:
        """As the hook of a prompt, the first of its session."""
        payload = prompt_payload(self._project, question, next(self._sessions))
        yield "hook", self._archmem.run("hook", "UserPromptSubmit", said=payload)[0]

    def mcp(self, question: str) -> Times:
        """As an agent's server."""
        command = [self._archmem.program, "--project", self._project, "mcp"]
        return serve(command, "memory_search", {"question": question})

    def first_answers(self, question: str) -> Times:
        """Of an engine that has just been started."""
        self._archmem.kill_engine()
        began = perf_counter()
        engine = self._archmem.engine()
        yield "engine: accepts", since(began)
        accepts = perf_counter()
        answer = engine.call("search", asking(self._project, question=question))["response"]
        yield "engine: first answer", since(accepts)
        while not answer["complete"]:
            answer = engine.call("search", asking(self._project, question=question))["response"]
        yield "engine: by meaning", since(accepts)

    def without_engine(self, step: Step) -> Step:
        """The step when there is no engine yet."""

        def first(question: str) -> Times:
            self._archmem.kill_engine()
            for name, milliseconds in step(question):
                yield f"{name}, no engine", milliseconds

        return first


class PeerSteps:
    """What a peer is asked, as far as it can be."""

    def __init__(self, peer: Peer, project: Path) -> None:
        self._peer = peer
        self._project = project
        self._sessions = count()
        self.all: list[tuple[str, Step]] = [("warm", self.search)]
        if peer.hook:
            self.all.append(("warm", self.hook))
        if peer.mcp:
            self.all.append(("cold", self.mcp))

    def search(self, question: str) -> Times:
        """As a command."""
        command = self._peer.search(question)
        yield "search", self._peer.installed.run(*command, **self._peer.options)[0]

    def hook(self, question: str) -> Times:
        """As the hook of a prompt, the first of its session."""
        program = Installed(self._peer.installed.program.with_name(self._peer.hook))
        payload = prompt_payload(self._project, question, next(self._sessions))
        yield "hook", program.run(said=payload, **self._peer.options)[0]

    def mcp(self, question: str) -> Times:
        """As an agent's server."""
        command = [self._peer.installed.program, *self._peer.mcp]
        return serve(command, self._peer.tool, {"query": question}, **self._peer.options)


def serve(command: Sequence[Any], tool: str, arguments: dict[str, Any], **options: Any) -> Times:
    """A server's handshake and first answer from its spawn on, and its next answer alone."""
    with Session(command, **options) as session:
        session.initialize()
        yield "mcp initialize", session.age
        session.call(tool, arguments)
        yield "mcp first answer", session.age
        began = perf_counter()
        session.call(tool, arguments)
        yield "mcp next answer", since(began)


def since(moment: float) -> float:
    """Milliseconds from then on."""
    return (perf_counter() - moment) * 1e3


if __name__ == "__main__":
    main()
