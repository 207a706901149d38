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
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
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
    "mcp initialize, no engine": "p95 < 1500",
    "hook": "p95 < 250",
    "hook, no engine": "all < 2000",
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
            bench = Bench(archmem, label, options.runs, options.cold)
            rows += bench.rows(archmem_steps(archmem, project))
        for program in options.peer:
            texts = sample_project(scratch / f"{program.name}-sample")
            peer = prepare_peer(program, texts, scratch / f"{program.name}-home")
            bench = Bench(peer.installed, peer.name, options.runs // 4, options.cold)
            rows += bench.rows(peer_steps(peer, texts))
    if options.json:
        print(json.dumps({"latency": rows}))
    else:
        print_table(rows, width=8)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archmem", type=Path, default=INSTALLED, help="the installed program")
    parser.add_argument("--peer", type=Path, action="append", default=[], help="its program")
    parser.add_argument("--runs", type=int, default=40, help="of what is warm")
    parser.add_argument("--cold", type=int, default=5, help="runs of what starts an engine")
    parser.add_argument("--records", type=int, default=10_000, help="of the made project; 0 is none")
    parser.add_argument("--work", type=Path, help="where the made project is kept between runs")
    parser.add_argument("--json", action="store_true", help="print one object")
    return parser.parse_args()


Times = Iterator[tuple[str, float]]  # what was measured, and its milliseconds
Step = Callable[[str, int], Times]  # measures with a question, for the nth time


class Bench:
    """Runs steps in turn with a bare interpreter."""

    def __init__(self, installed: Installed, label: str, runs: int, cold: int) -> None:
        self._installed = installed
        self._label = label
        self._runs = {"warm": runs, "cold": cold}

    def rows(self, steps: Sequence[tuple[str, Step]]) -> list[Row]:
        """A row for each thing that was measured."""
        rows = []
        for kind, step in steps:
            times, floors = defaultdict[str, list[float]](list), []
            asked = islice(cycle(QUESTIONS), self._runs[kind])
            for number, question in enumerate(asked):
                floors.append(self._installed.bare())
                for name, milliseconds in step(question, number):
                    times[name].append(milliseconds)
            rows += [
                latency_row(name, self._label, taken, floors, TARGETS.get(name, ""))
                for name, taken in times.items()
            ]
        return rows


def archmem_steps(archmem: ArchMem, project: Path) -> list[tuple[str, Step]]:
    """What archmem is asked of a project, in an order in which the engine is there or not."""

    def search(question: str, number: int) -> Times:
        yield "search", archmem.on(project, "search", question)[0]

    def first_search(question: str, number: int) -> Times:
        archmem.kill_engine()
        yield "search, no engine", archmem.on(project, "search", question)[0]

    def first_answers(question: str, number: int) -> Times:
        archmem.kill_engine()
        began = perf_counter()
        engine = archmem.engine()
        accepted = perf_counter()
        yield "engine: accepts", (accepted - began) * 1e3
        answer = engine.call("search", asking(project, question=question))
        yield "engine: first answer", since(accepted)
        while not answer["complete"]:
            answer = engine.call("search", asking(project, question=question))
        yield "engine: by meaning", since(accepted)

    def mcp(question: str, number: int) -> Times:
        yield from serve(
            [archmem.program, "--project", project, "mcp"],
            "memory_search",
            {"question": question},
        )

    def mcp_first(question: str, number: int) -> Times:
        archmem.kill_engine()
        for name, milliseconds in mcp(question, number):
            yield f"{name}, no engine", milliseconds

    def hook(question: str, number: int) -> Times:
        payload = prompt_payload(project, question, number)
        yield "hook", archmem.run("hook", "UserPromptSubmit", said=payload)[0]

    def hook_first(question: str, number: int) -> Times:
        archmem.kill_engine()
        for name, milliseconds in hook(question, number):
            yield f"{name}, no engine", milliseconds

    return [
        ("warm", search),
        ("warm", hook),
        ("cold", mcp),
        ("cold", first_search),
        ("cold", first_answers),
        ("cold", mcp_first),
        ("cold", hook_first),
    ]


def peer_steps(peer: Peer, project: Path) -> list[tuple[str, Step]]:
    """What a peer is asked, as far as it can be."""

    def search(question: str, number: int) -> Times:
        yield "search", peer.installed.run(*peer.search(question), **peer.options)[0]

    def mcp(question: str, number: int) -> Times:
        command = [peer.installed.program, *peer.mcp]
        yield from serve(command, peer.tool, {"query": question}, **peer.options)

    def hook(question: str, number: int) -> Times:
        program = Installed(peer.installed.program.with_name(peer.hook))
        payload = prompt_payload(project, question, number)
        yield "hook", program.run(said=payload, **peer.options)[0]

    steps: list[tuple[str, Step]] = [("warm", search)]
    if peer.hook:
        steps.append(("warm", hook))
    if peer.mcp:
        steps.append(("cold", mcp))
    return steps


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
