"""What each hand-made rule of the search is worth: the same questions without it.

    python benchmarks/ablation.py FOLDER WORK [FOLDER WORK ...]

FOLDER and WORK are those of `quality.py`, which has to have run before. Known items count by
nDCG@10 over their own project's records and over the pool, questions about what is in force by
the share whose current record stands above each one it replaced. A rule is worth what is lost
without it; what is worth nothing in any column has no place in the search. Rules that work on
texts when they are read (what is boilerplate, what a metric's name means) are not here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from common import print_table
from quality import Answers, current_above, ids, read_questions, score

from indexer.project import open_project
from memory.retrieval import candidates, pool, query_parser, search
from memory.retrieval.rank import load_weights
from memory.texts.words import split_words

DEPTH = 100
Change = tuple[Any, str, Any]  # where, what, and what instead

WITHOUT_FORCE = load_weights().model_copy(update={"force": 0.0})
KEPT: Callable[..., Any] = lambda ranked, *_: ranked  # noqa: E731
#: By what is left out.
RULES: dict[str, list[Change]] = {
    "nothing": [],
    "stop words": [(query_parser, "content_words", split_words)],
    "words that nearly every text has": [(candidates, "telling_words", lambda words, *_: words)],
    "depth counts against a passage": [(candidates, "DEEP", 0.0)],
    "records called by number": [(search, "named_numbers", lambda _: {})],
    "what says that it is over": [(search, "load_weights", lambda: WITHOUT_FORCE)],
    "later of near equals": [(pool, "lift_later", KEPT)],
    "... that say the same unnamed": [(candidates, "ALIKE", 2.0)],
    "what holds before what it replaced": [(pool, "lift_successors", KEPT)],
}


def main() -> None:
    """Print a row for each rule."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER WORK")
    parser.add_argument("--split", default="dev")
    options = parser.parse_args()
    pairs = list(zip(options.folders[::2], options.folders[1::2], strict=True))
    print_table(measure(name, changes, pairs, options.split) for name, changes in RULES.items())


def measure(
    name: str, changes: list[Change], pairs: list[tuple[Path, Path]], split: str
) -> dict[str, Any]:
    """All questions of some folders, with something changed."""
    own: Answers = []
    pooled: Answers = []
    temporal: Answers = []
    with ExitStack() as stack:
        for where, what, instead in changes:
            stack.enter_context(patch.object(where, what, instead))
        for folder, work in pairs:
            known, of_now = (read_questions(folder, split, kind) for kind in KINDS)
            for store in sorted(work.glob("*/store")):
                its, all_of_now = [], []
                for questions, chosen in ((known, its), (of_now, all_of_now)):
                    chosen += [
                        one
                        for one in questions
                        if store.parent.name in ("pool", one["relevant"][0].partition("/")[0])
                    ]
                with open_project(store.parent / "files", store=store, create=False) as memory:
                    found = [
                        (one, ids(memory.search(one["query"], limit=DEPTH)))
                        for one in [*its, *all_of_now]
                    ]
                (pooled if store.parent.name == "pool" else own).extend(found[: len(its)])
                temporal += found[len(its) :]
    return {
        "without": name,
        "own": score(own)["ndcg10"],
        "pool": score(pooled)["ndcg10"],
        "current first": current_above(temporal),
    }


KINDS = ("known_item", "temporal")

if __name__ == "__main__":
    main()
