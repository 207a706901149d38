"""Named edges of Java and PHP projects beside those of javac and of nikic's parser, in one run.

    python benchmarks/code_imports_classes.py java|php FOLDER ...

An edge is a pair of files, of which one names a class of the other: as javac attributes the names
(a JDK is wanted; what a project needs from elsewhere may be missing), and as the name resolver of
nikic's PHP parser does (`php` and Debian's `php-parser` are wanted). Ours are those of the grades
import, call, use and inherit; members that a named class inherits have a grade of their own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table, timed
from indexer.code.code_reader import rebuild
from memory.code.codebase import Grade

ORACLES = Path(__file__).parent / "oracles"
COMMANDS = {
    "java": ["java", str(ORACLES / "JavacEdges.java")],
    "php": ["php", "-d", "memory_limit=4G", str(ORACLES / "named_classes.php")],
}
NAMED = {Grade.IMPORT, Grade.CALL, Grade.USE, Grade.INHERIT}


def compare(language, folder):
    """A row for a project; what only one of the two has is named."""
    root = Path(folder).resolve()
    said, their_time = timed(
        lambda: subprocess.check_output([*COMMANDS[language], str(root)], text=True)
    )
    known = {tuple(line.split("\t")) for line in said.splitlines()}
    code, our_time = timed(lambda: rebuild(root))
    found = {
        (edge.source.path, edge.target.path)
        for edge in code.edges
        if edge.grade in NAMED
        and edge.source.path != edge.target.path
        and code.files[edge.source.path].language == language
    }
    for what, some in (("missed", known - found), ("only here", found - known)):
        for source, target in sorted(some)[:10]:
            print(f"{what}: {source} -> {target}")
    both = len(found & known)
    return {
        "project": root.name,
        "edges": len(known),
        "precision": both / max(len(found), 1),
        "recall": both / max(len(known), 1),
        "seconds": our_time,
        "oracle": their_time,
    }


if __name__ == "__main__":
    print_table([compare(sys.argv[1], folder) for folder in sys.argv[2:]])
