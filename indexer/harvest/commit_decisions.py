"""Decisions in the messages of commits: what was chosen, and why; what was taken back, and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.git.log import CommitLog
from indexer.harvest.found_decision import FoundDecision
from indexer.harvest.line_sentences import sentences
from indexer.harvest.reasoning import (
    CHOSEN,
    DOING,
    NO_CHOICE,
    NO_REASONS,
    Reasons,
    choice_in,
    is_left_over,
    is_of_code,
    is_passing,
    is_trifling,
    mends,
    pattern,
    reasons_of,
    tells_harm,
)
from indexer.harvest.swaps import is_manifest, names, swapped
from indexer.harvest.titles import stands_alone
from indexer.history.commit_messages import (
    UndoneCommits,
    folded,
    is_revert,
    merged,
    paragraphs,
    read_revert,
    read_subject,
)
from indexer.source_paths import is_code
from memory.kinds.vocabulary import Status
from memory.models.harvest import HarvestEvidence
from memory.texts.lexicon import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.git.log import Commit, FileChange
    from indexer.git.repository import Repository
    from indexer.harvest.swaps import Swap
    from indexer.history.commit_messages import Revert

LEAST = 4  # of the weights below; measured by benchmarks/harvest.py
SEVERAL = 3  # files of code


class _Said(NamedTuple):
    """A commit whose message may tell of a decision."""

    commit: Commit
    title: str
    choice: int
    reasons: Reasons


def harvest_commits(
    git: Repository, commits: Sequence[Commit]
) -> tuple[list[FoundDecision], list[str]]:
    """What commits, the latest first, tell of; and what git could not tell, in lines.

    What was taken back later is told of by the commit that did.
    """
    undone = UndoneCommits()
    reverts: list[tuple[Commit, Revert]] = []
    for commit in commits:
        if revert := read_revert(commit):
            undone.add(revert)
            reverts.append((commit, revert))
    said = [
        one
        for commit in commits
        if not is_revert(commit) and commit not in undone and (one := read_message(commit))
    ]
    hashes = [one.commit.hash for one in said]
    problems: list[str] = []
    changes: dict[str, Sequence[FileChange]] = {}
    if hashes:
        log = CommitLog(git, ["--no-walk=unsorted", *hashes])
        changes = {commit.hash: commit.changes for commit in log}
        problems += log.problems
    swaps, untold = swapped(
        git,
        commits[0].hash if commits else "",
        [one for one in hashes if any(is_manifest(each.path) for each in changes.get(one, ()))],
    )
    problems += untold
    found = [
        told
        for each in said
        if (told := _found(each, changes.get(each.commit.hash, ()), swaps.get(each.commit.hash)))
    ]
    return [*found, *_taken_back(commits, reverts)], problems


def read_message(commit: Commit) -> _Said | None:
    """What a message tells of a decision; None where it tells of none, or of no reason.

    What is chosen plainly may be one dependency in place of another, which needs no reason.
    """
    line = merged(commit)[0]
    for written, read in _SUBJECTS:
        line = written.sub(read, line)
    subject = read_subject(line)
    title = subject.text
    if not stands_alone(title) or pattern("bumping").search(title):
        return None
    choice, is_brought = choice_in(title), pattern("bringing", begins=True).match(title)
    reasons = NO_REASONS if is_passing(subject) else reasons_of(title, _own_lines(commit))
    if choice != CHOSEN and not (reasons.sentences and (choice or is_brought)):
        return None
    return None if is_left_over(title, reasons) else _Said(commit, title, choice, reasons)


#: How others write subjects: "bug #14121 [Docker] Use … (author)" as Symfony's tool does, and
#: "Feature/use …", by the name of a branch.
_SUBJECTS = (
    (
        re.compile(
            r"^(bug|feature|minor|refactor|security) #\d+ (?:\[[^\]]*\]\s*)*(.*?)(?: \([^()]*\))?$"
        ),
        r"\1: \2",
    ),
    (re.compile(r"^(feature|task|chore|refactor|bugfix|hotfix)/(?=\S+ )", re.IGNORECASE), r"\1: "),
)


def _own_lines(commit: Commit) -> list[str]:
    """The lines of a message; those that are no words of its own are blank."""
    kept = {line for part in paragraphs(commit.body) for line in part.split("\n")}
    return [
        "",
        "",
        *(line.rstrip() if line.rstrip() in kept else "" for line in commit.body.split("\n")),
    ]


def _found(said: _Said, changes: Sequence[FileChange], swap: Swap | None) -> FoundDecision | None:
    """The decision, if it weighs enough.

    What was chosen of two dependencies is one though nobody says why; of other things only with
    a reason.
    """
    commit, reasons = said.commit, said.reasons
    message = f"{said.title}\n{commit.body}"
    code = [one for one in changes if is_code(one.path)]
    is_swap = swap is not None and (
        swap.is_told(message)
        if reasons.sentences
        else said.choice == CHOSEN and swap.is_told(said.title)
    )
    is_named = swap is not None and bool(names(said.title, (*swap.gone, *swap.came)))
    if (changes and not code and not is_named) or (said.choice == NO_CHOICE and not is_named):
        return None
    is_taking = pattern("taking", begins=True).match(said.title)
    if not (is_swap or (reasons.sentences and is_taking)):
        return None
    weight = (CHOSEN if is_named or is_swap else DOING) + bool(reasons.sentences)
    weight += reasons.is_sure
    weight += reasons.is_plain + (len(reasons.sentences) > 1) + (len(code) >= SEVERAL) + 2 * is_swap
    if not is_named and is_of_code(said.title):
        return None
    if not is_named:
        weight -= 2 * (said.choice < CHOSEN and mends(f"{commit.subject}\n{commit.body}"))
    if weight < LEAST or (swap and is_named and not swap.still_holds):
        return None
    texts = [one.text for one in reasons.sentences] or [said.title]
    line = reasons.sentences[0].line if reasons.sentences else 1
    place = {"path": swap.path, "line": swap.line} if swap and is_swap else {"line": line}
    return FoundDecision(
        origin="dependency" if is_swap else "commit",
        title=said.title,
        reason=" ".join(dict.fromkeys(texts)) if reasons.sentences else "",
        decision=swap.in_words(message) if swap and is_swap else "",
        evidence=HarvestEvidence(quote=texts[0], commit=commit.hash, **place),
        at=commit.at,
        weight=weight,
        paths=tuple(one.path for one in code),
        touched=tuple(one.path for one in changes),
    )


def _taken_back(
    commits: Sequence[Commit], reverts: Sequence[tuple[Commit, Revert]]
) -> Iterable[FoundDecision]:
    """What was tried, taken back for a reason, and not done again."""
    by_title = {folded(merged(one)[0]): one for one in reversed(commits) if not is_revert(one)}
    by_number = {
        number: one
        for one in reversed(commits)
        if (number := merged(one)[1]) and not is_revert(one)
    }
    again = {title for _, one in reverts if one.again for title in (*one.titles, *one.otherwise)}
    for commit, revert in reverts:
        reasons = [one for one in sentences(_own_lines(commit)) if one.text in revert.reason]
        telling = [one for one in reasons if tells_harm(one.text)]
        if revert.again or not telling or pattern("passing_back").search(commit.body):
            continue
        undone = (
            next((one for one in commits if one.hash.startswith(revert.hashes)), None)
            if revert.hashes
            else None
        )
        for key in (*revert.titles, *revert.otherwise):
            undone = undone or by_title.get(key)
        for key in revert.numbers:
            undone = undone or by_number.get(key)
        if undone is None or is_revert(undone):
            continue
        title = read_subject(merged(undone)[0])
        if folded(merged(undone)[0]) in again or is_trifling(title) or not stands_alone(title.text):
            continue
        is_mending = title.type in words_of("harvest", "mending_types")
        if is_mending or pattern("mends").search(title.text):
            continue
        yield FoundDecision(
            origin="revert",
            title=title.text,
            reason=" ".join(one.text for one in telling[:2]),
            evidence=HarvestEvidence(
                quote=telling[0].text, commit=commit.hash, line=telling[0].line
            ),
            at=commit.at,
            weight=LEAST + 1,
            status=Status.REJECTED,
        )
