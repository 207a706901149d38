"""Import edges of TypeScript projects beside those of dependency-cruiser, and the time of each.

    python benchmarks/code_imports_typescript.py DEPCRUISE FOLDER[:TSCONFIG] [PART ...]

DEPCRUISE is the program (`npm install dependency-cruiser typescript` brings it), FOLDER a clone,
PART the folders in it that are looked at; all if none. Both read the files from nothing in this
run; ours reads definitions, calls and routes too. An edge is a pair of files of the project.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table, timed
from indexer.code.code_reader import rebuild
from memory.code.codebase import Grade


def theirs(program, root, config, parts):
    """The files that dependency-cruiser looked at, and its edges among them."""
    command = [program, "--no-config", "--ts-pre-compilation-deps", "--output-type", "json"]
    command += ["--exclude", "node_modules", *(["--ts-config", config] if config else [])]
    said = subprocess.run([*command, *parts], cwd=root, capture_output=True, text=True, check=False)
    if not said.stdout:
        raise SystemExit(said.stderr)
    modules = json.loads(said.stdout)["modules"]
    files = {one["source"] for one in modules if (root / one["source"]).is_file()}
    return files, {
        (one["source"], needed["resolved"])
        for one in modules
        for needed in one["dependencies"]
        if needed["resolved"] in files and needed["resolved"] != one["source"]
    }


def main(program, place, *parts):
    """Compare, and name what only one of the two has."""
    folder, _, config = place.partition(":")
    root = Path(folder).resolve()
    (files, known), their_time = timed(lambda: theirs(program, root, config, parts or ["."]))
    code, our_time = timed(lambda: rebuild(root))
    found = {
        (edge.source.path, edge.target.path)
        for edge in code.edges
        if edge.grade in {Grade.IMPORT, Grade.DYNAMIC} and edge.source.path != edge.target.path
    }
    found = {edge for edge in found if files.issuperset(edge)}
    both = len(found & known)
    row = {
        "project": root.name,
        "edges": len(known),
        "precision": both / max(len(found), 1),
        "recall": both / max(len(known), 1),
        "seconds": our_time,
        "dependency-cruiser": their_time,
    }
    print_table([row])
    for what, some in (("missed", known - found), ("only here", found - known)):
        for source, target in sorted(some)[:10]:
            print(f"{what}: {source} -> {target}")


if __name__ == "__main__":
    main(*sys.argv[1:])
