"""What `archmem harvest --sessions` proposes of sessions of coding agents, and what of it is right.

    python benchmarks/sessions.py          # precision and recall
    python benchmarks/sessions.py --list   # and what is wrong

The questions and answers of `session_labels.jsonl` stand in transcripts of Claude Code and OpenCode
that people published: those of one project, and, marked `apart`, of some seventy others, found by
the words with which an agent is told an answer. A label is of one reader who saw the question and
the answer before any rule was run on them: `good` where a coordinator would want it kept as a
decision about how the program is built or what it does. What is done next, how a session goes on,
and where a button stands is none. The rule was made with those of the one project in view, and
mended by what it said of the next five lots at first sight: of the last two of these, 69 of 106
right, of the strangers, 40 of 51. The last lot is some seventy projects that were asked once, when
the rule and what it calls sure stood already, and were used for nothing since.

The sentences of `session_lesson_labels.jsonl` are all that a rule ever proposed as a lesson or a
dead end of the sessions that ten projects published: 490 of Claude Code, 25 of Codex, 430 of
OpenCode (in branches, as Entire keeps them) and 249 in SpecStory's Markdown. A label is of one
reader, who knew the rules: `good` where a coordinator would want it kept and it stands by itself.
`mended` are three projects that the rules were made with, `apart` five that were asked once and
then served to mend them, `last` two that were asked once after that, `unseen` four more: 4 of 6.
`once` are seven that were asked once, by the rules as they are.

What is sure is shown; the rest needs `--all`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import Row, print_table, read_lines
from indexer.harvest.session_decisions import decision_of
from indexer.harvest.session_lessons import lesson_of
from indexer.harvest.transcripts import ChosenAnswer, SaidWords, plain
from memory.models.details import Lesson
from memory.models.harvest import SURE

LOTS = {
    "one": "one project",
    "many": "many others",
    "second": "others again",
    "unseen": "eleven more",
    "process": "one about its own work",
    "strangers": "strangers",
    "once": "others, asked once",
}
LABELS = Path(__file__).with_name("session_labels.jsonl")
LESSON_LOTS = {
    "mended": "mended by, three",
    "apart": "then mended by, five",
    "last": "then two",
    "unseen": "four",
    "once": "seven, asked once",
}
LESSON_LABELS = Path(__file__).with_name("session_lesson_labels.jsonl")


def main(*, is_list: bool) -> None:
    """A row for each lot of labels."""
    rows = []
    for lot, name in LOTS.items():
        labels = [one for one in read_lines(LABELS) if one["of"] == lot]
        proposed = [one for one in labels if _chance(one)]
        sure = [one for one in proposed if _chance(one) >= SURE]
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
                "sure": len(sure),
                "of these": sum(one["good"] for one in sure) / len(sure),
            }
        )
        for one in labels if is_list else []:
            if (_chance(one) > 0) is not one["good"]:
                print(
                    "missed  " if one["good"] else "wrong   ", one["question"], "=>", one["chosen"]
                )
    print_table(rows)
    print()
    print_table(_lesson_rows(is_list=is_list))
    print()
    print_table(_kind_rows())


def _lesson_rows(*, is_list: bool) -> list[Row]:
    """What was read of lessons and dead ends, and what is proposed of it now."""
    labels = list(read_lines(LESSON_LABELS))
    rows = []
    for lots, name in [
        *(((lot,), name) for lot, name in LESSON_LOTS.items()),
        (LESSON_LOTS, "all"),
    ]:
        read = [one for one in labels if one["of"] in lots]
        proposed = [one for one in read if _lesson(one)]
        right = sum(one["good"] for one in proposed)
        rows.append(
            {
                "": name,
                "once proposed, read": len(read),
                "right of these": sum(one["good"] for one in read),
                "proposed now": len(proposed),
                "right": right,
                "precision": right / len(proposed) if proposed else "",
            }
        )
    for one in labels if is_list else []:
        if (_lesson(one) is not None) is not one["good"]:
            print("missed  " if one["good"] else "wrong   ", one["text"])
    return rows


def _kind_rows() -> list[Row]:
    """Of what was asked once, what was proposed and was right, by what it was proposed as."""
    answers = [one for one in read_lines(LABELS) if one["of"] == "once"]
    sentences = [one for one in read_lines(LESSON_LABELS) if one["of"] == "once"]
    found = [
        (f"decision, {'sure' if chance >= SURE else 'less sure'}", one["good"])
        for one in answers
        if (chance := _chance(one))
    ] + [(_KINDS[lesson.form], one["good"]) for one in sentences if (lesson := _lesson(one))]
    rows = [(kind, [good for name, good in found if name == kind]) for kind in sorted(dict(found))]
    shown = [good for kind, good in found if kind not in {"decision, less sure", "lesson"}]
    rows += [("all", [good for _, good in found]), ("shown without --all", shown)]
    return [
        {"": kind, "proposed": len(said), "right": sum(said), "precision": sum(said) / len(said)}
        for kind, said in rows
    ]


_KINDS = {"pattern": "lesson", "antipattern": "dead end", "best_practice": "a person's wish"}


def _lesson(label: dict[str, Any]) -> Lesson | None:
    words = SaidWords(label["text"], label["by_person"], None, "", 0)
    found = lesson_of(label["text"], words)
    return found.lesson if found else None


def _chance(label: dict[str, str]) -> float:
    """As how sure an answer is proposed; 0 where it is not."""
    chosen = plain(label["chosen"])
    answer = ChosenAnswer(label["question"], "", (chosen,), "", (), None, "", 0)
    found = decision_of(answer)
    return found.chance if found else 0


if __name__ == "__main__":
    main(is_list="--list" in sys.argv)
