"""Import edges of Python projects beside those of grimp, and the time that each takes.

    python benchmarks/code_imports.py FOLDER=PACKAGE[,PACKAGE...] ...

FOLDER is where the packages are imported from, in a clone or anywhere else. Both read the files
from nothing in this run; ours reads definitions, calls, routes and tables too. An edge is a pair of
modules; imports for a type checker are held apart and compared by themselves. Of cycles, the
strongly connected components of both graphs are compared as sets of modules.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import grimp
import rustworkx

from benchmarks.common import print_table, timed
from indexer.code.code_reader import rebuild
from indexer.project_root import find_project
from memory.code.codebase import Grade


def theirs(packages, *, without_typing):
    """Modules and edges by grimp."""
    graph = grimp.build_graph(
        *packages, cache_dir=None, exclude_type_checking_imports=without_typing
    )
    edges = {
        (one, other)
        for one in graph.modules
        for other in graph.find_modules_directly_imported_by(one)
    }
    return graph.modules, edges


def ours(code, root, modules):
    """Edges among modules of a folder, at run time and for a type checker."""
    inside = {
        path: file.name
        for path, file in code.files.items()
        if path.startswith(root) and file.name in modules
    }
    run, typing = set(), set()
    for edge in code.edges:
        source, target = inside.get(edge.source.path), inside.get(edge.target.path)
        if edge.grade is Grade.IMPORT and source and target:
            (typing if edge.type_checking else run).add((source, target))
    return run, run | typing


def components(edges):
    """The strongly connected components of more than one module."""
    graph = rustworkx.PyDiGraph()
    index = {}
    for node in sorted({each for edge in edges for each in edge}):
        index[node] = graph.add_node(node)
    graph.add_edges_from_no_data([(index[a], index[b]) for a, b in sorted(edges)])
    found = rustworkx.strongly_connected_components(graph)
    return {frozenset(graph[one] for one in each) for each in found if len(each) > 1}


def compare(folder, packages):
    """A row for the edges at run time, and one for all."""
    project = find_project(folder).worktree
    root = f"{folder.resolve().relative_to(project)}/".removeprefix("./")
    sys.path.insert(0, str(folder))
    code, seconds = timed(lambda: rebuild(project))
    (modules, every), their_seconds = timed(lambda: theirs(packages, without_typing=False))
    _, at_run_time = theirs(packages, without_typing=True)
    sys.path.remove(str(folder))
    run, both = ours(code, root, modules)
    for name, own, other in (("run time", run, at_run_time), ("all", both, every)):
        hits = len(own & other)
        yield {
            "project": f"{packages[0]} {name}",
            "modules": len(modules),
            "edges": len(other),
            "precision": hits / len(own) if own else 1.0,
            "recall": hits / len(other) if other else 1.0,
            "same cycles": str(components(own) == components(other)),
            "lines read": sum(file.lines for file in code.files.values()),
            "seconds": seconds,
            "grimp's": their_seconds,
        }


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", nargs="+", metavar="FOLDER=PACKAGE[,PACKAGE...]")
    options = parser.parse_args()
    rows = []
    for one in options.projects:
        folder, _, packages = one.partition("=")
        rows += compare(Path(folder), packages.split(","))
    print_table(rows)


if __name__ == "__main__":
    main()
