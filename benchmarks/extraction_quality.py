"""How good the bounded contexts of code are as services, beside other partitions of it.

    python benchmarks/extraction_quality.py CLONE...

The measures are those of `memory.code.partitions`. Beside the contexts stand the innermost folders,
the modules as they are declared or inferred, and the contexts' own sizes dealt at random, the mean
of five. Read is what is committed, without tests and changes of the schema.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.code_impact import history
from benchmarks.common import print_table, timed
from indexer.code.cochange_reader import MOST_COMMITS
from indexer.code.code_at_commit import code_at
from indexer.git.repository import Repository
from memory.code.cochange import CoChange
from memory.code.contexts import find_contexts
from memory.code.partitions import Quality, quality
from memory.coordination.extraction import parted_modules

DEALT = 5


def shuffled(parts, seed):
    """The same sizes with other files in them."""
    names = list(parts.values())
    random.Random(seed).shuffle(names)
    return dict(zip(parts, names, strict=True))


def mean(measured):
    """The mean of several partitions, by measure."""
    return Quality(*(fmean(one or 0.0 for one in values) for values in zip(*measured, strict=True)))


def rows_of(clone):
    repository = Repository(clone)
    commits = history(repository, MOST_COMMITS)
    code = code_at(repository, commits[0][0], {}, {})
    together = CoChange(files for _, _, files in commits)
    modules = parted_modules(code)
    contexts, seconds = timed(lambda: find_contexts(code, modules, together))
    assert contexts == find_contexts(code, modules, together), "the same code gave other contexts"
    partitions = {
        "contexts": quality(code, contexts),
        "folders": quality(code, {path: path.rpartition("/")[0] for path in contexts}),
        "modules": quality(code, modules),
        "random": mean([quality(code, shuffled(contexts, seed)) for seed in range(DEALT)]),
    }
    lines = sum(code.files[path].lines for path in contexts)
    print(f"\n{clone.name}: {len(contexts)} files, {lines:,} lines, {seconds:.1f} s")
    for name, found in partitions.items():
        yield {
            "partition": name,
            "parts": round(found.parts),
            "SM": found.structural,
            "ICP": found.calls_across,
            "IFN": found.interfaces,
            "NED": found.not_extreme,
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", nargs="+", type=Path)
    for clone in parser.parse_args().clones:
        print_table(rows_of(clone))


if __name__ == "__main__":
    main()
