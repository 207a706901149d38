"""How many of jscpd's pairs of clones are in ours, and how fast they are found.

    python benchmarks/clones.py --jscpd PATH/TO/jscpd PROJECT...

jscpd (pip install jscpd, into a venv of its own) reads the same files with the same least tokens
and lines, without comments. Its pair is found where one of our classes has places that cover half
of the lines of either side that have tokens. It is explained where less than the least is left of a
side without imports and tables of data, which are no clones here. Lines count once on both sides.
renamed, equal, theirs: shares of all lines. first: tokens from nothing; find: all clones.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table, timed
from indexer.code.code_reader import rebuild
from indexer.code.token_reader import read_tokens
from memory.code.apart import is_apart
from memory.code.clones import LEAST_LINES, LEAST_TOKENS
from memory.code.duplication import duplication_of
from memory.code.testing import is_test

FORMATS = "python,php,java,go,javascript,jsx,typescript,tsx"


def measure(root, jscpd, shown):
    """A row for one project; so many missed pairs are printed."""
    code = rebuild(root)
    contents = {path: (root / path).read_bytes() for path in code.files}
    read, first = timed(
        lambda: {
            path: read_tokens(code.files[path].language, content)
            for path, content in contents.items()
            if not is_apart(path) and not is_test(path)
        }
    )
    tokens = {path: one for path, one in read.items() if one is not None and not one.generated}
    found, find = timed(lambda: duplication_of(code, tokens))
    clones = found.clones
    pairs = pairs_of(jscpd, {path: contents[path] for path in tokens})
    missed = [pair for pair in pairs if not is_found(pair, clones, tokens)]
    explained = [pair for pair in missed if is_explained(pair, tokens)]
    for pair in [one for one in missed if one not in explained][:shown]:
        print("  missed", *pair, [left(side, tokens) for side in pair])
    lines = sum(code.files[path].lines for path in tokens)
    theirs = {
        (side[0], line) for pair in pairs for side in pair for line in range(side[1], side[2] + 1)
    }
    return {
        "project": root.name,
        "lines": lines,
        "pairs": len(pairs),
        "found": len(pairs) - len(missed),
        "explained": len(explained),
        "recall": (len(pairs) - len(missed)) / max(1, len(pairs) - len(explained)),
        "classes": len(clones),
        "renamed": found.share(found.doubled),
        "equal": found.share(found.equal),
        "theirs": len(theirs) / lines,
        "first": first,
        "find": find,
    }


def pairs_of(jscpd, contents):
    """What jscpd says of these files: pairs of (path, first line, last line)."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "code"
        for path, content in contents.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        least = ["-k", str(THEIR_TOKENS), "-l", str(LEAST_LINES), "-x", "100000"]
        command = [jscpd, *least, "--mode", "weak", "-f", FORMATS, "-r", "json", "-o", folder]
        subprocess.run([*command, "-s", "--no-gitignore", str(root)], check=True)
        said = json.loads((Path(folder) / "jscpd-report.json").read_text("utf-8"))
    return [
        tuple((one[side]["name"], one[side]["start"], one[side]["end"]) for side in SIDES)
        for one in said["duplicates"]
    ]


THEIR_TOKENS = 50
SIDES = ("firstFile", "secondFile")


def is_found(pair, clones, tokens):
    """Whether places of classes that touch both sides cover half of the lines that have tokens."""
    covered = [set(), set()]
    for clone in clones:
        touched = [
            [
                range(max(place.line, first), min(place.last_line, last) + 1)
                for place in clone.places
                if place.path == path and place.line <= last and place.last_line >= first
            ]
            for path, first, last in pair
        ]
        if all(touched):
            for own, ranges in zip(covered, touched, strict=True):
                own.update(*ranges)
    wanted = [
        {line for line in tokens[path].lines.tolist() if first <= line <= last}
        for path, first, last in pair
    ]
    return all(
        len(own & lines) * 2 >= max(1, len(lines))
        for own, lines in zip(covered, wanted, strict=True)
    )


def left(side, tokens):
    """How many tokens are left of a side."""
    path, first, last = side
    lines = tokens[path].lines
    return int(((lines >= first) & (lines <= last)).sum())


def is_explained(pair, tokens):
    """Whether less than the least is left of a side."""
    return any(left(side, tokens) < LEAST_TOKENS for side in pair)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("projects", nargs="+", type=Path)
    parser.add_argument("--jscpd", required=True)
    parser.add_argument("--missed", type=int, default=0, help="how many to print")
    asked = parser.parse_args()
    print_table([measure(one.resolve(), asked.jscpd, asked.missed) for one in asked.projects])
