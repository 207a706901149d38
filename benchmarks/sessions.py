"""What `archmem harvest --sessions` proposes of answers that people gave to coding agents.

    python benchmarks/sessions.py          # precision and recall
    python benchmarks/sessions.py --list   # and what is wrong

The questions and answers of `session_labels.jsonl` stand in transcripts of Claude Code and OpenCode
that people published: those of one project, and, marked `apart`, of some seventy others, found by
the words with which an agent is told an answer. A label is of one reader who saw the question and
the answer before any rule was run on them: `good` where a coordinator would want it kept as a
decision about how the program is built or what it does. What is done next, how a session goes on,
and where a button stands is none. The rule was made with those of the one project in view.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table, read_lines
from indexer.harvest.session_decisions import decision_of
from indexer.harvest.transcripts import ChosenAnswer

LOTS = {"one": "one project", "many": "many others", "second": "others again, last"}
LABELS = Path(__file__).with_name("session_labels.jsonl")


def main(*, is_list: bool) -> None:
    """A row for each lot of labels."""
    rows = []
    for lot, name in LOTS.items():
        labels = [one for one in read_lines(LABELS) if one["of"] == lot]
        proposed = [one for one in labels if _is_proposed(one)]
        right = sum(one["good"] for one in proposed)
        good = sum(one["good"] for one in labels)
        rows.append(
            {
                "": name,
                "answers": len(labels),
                "decisions": good,
                "proposed": len(proposed),
                "precision": right / len(proposed),
                "recall": right / good,
            }
        )
        for one in labels if is_list else []:
            if _is_proposed(one) is not one["good"]:
                print(
                    "missed  " if one["good"] else "wrong   ", one["question"], "=>", one["chosen"]
                )
    print_table(rows)


def _is_proposed(label: dict[str, str]) -> bool:
    answer = ChosenAnswer(label["question"], "", (label["chosen"],), "", (), None, "", 0)
    return decision_of(answer) is not None


if __name__ == "__main__":
    main(is_list="--list" in sys.argv)
