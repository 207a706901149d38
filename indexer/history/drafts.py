"""What is kept of a commit: its words, what it moved, which modules it touched."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from indexer.history.judging import Verdict
from indexer.history.messages import said_effect, short_message
from indexer.history.moves import folder_moves, moved_code
from indexer.history.paths import is_code
from indexer.history.subjects import read_subject, without_numbers
from indexer.module_paths import module_of, names_by_fold
from indexer.wording.naming import as_title
from memory.models.details import Move, Refactoring
from memory.models.identity import uid_for
from memory.models.kinds import Kind, LinkType, Status, Trust
from memory.models.revision import Draft, Reference, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from indexer.history.log import Change, Commit
    from indexer.history.moves import FolderMove
    from memory.models.revision import Memory

MODULES = 6  # of one refactoring, those with most changed files …
SHARE = 0.1  # … and with so many of them all; a sweep over everything is about none
MOVES = 8  # that are told of one
SHORT = 12  # digits of a hash, as people are shown it
_AGAIN_BY = "done_again_by"  # among a draft's extra fields: the full hashes of commits


class Undoing(NamedTuple):
    """That a commit undid a refactoring."""

    commit: str  # in full
    at: datetime | None
    reason: str = ""


def uids_of(commit: str) -> Iterator[str]:
    """The uid of the refactoring that a commit is, on every machine, and others if it is taken."""
    yield uid_for(Kind.REFACTORING, "commit", commit)
    for number in itertools.count(2):
        yield uid_for(Kind.REFACTORING, "commit", commit, str(number))


def source_of(commit: str) -> Source:
    """Evidence for what is said of a commit."""
    return Source(author="indexer", trust=Trust.DERIVED, commit=commit)


def draft_of(commit: Commit, verdict: Verdict, known_modules: Iterable[str]) -> Draft:
    """A refactoring as it is kept.

    Args:
        commit: The commit.
        verdict: Why it is taken for one.
        known_modules: The modules that people or agents name.
    """
    subject, number = without_numbers(commit.subject)
    moves = folder_moves(moved_code(commit.changes) or commit.changes)
    title = subject if verdict is Verdict.SAID else _title(moves, subject)
    modules = _modules(commit, known_modules)
    said = [
        *([subject] if title != subject else []),
        short_message(commit.body),
        _told_moves(moves),
        _told_files(commit, modules),
    ]
    return Draft(
        title=as_title(title),
        body="\n\n".join(filter(None, said)),
        details=Refactoring(
            status=Status.DONE,
            moved=tuple(
                Move(what="" if move.files == 1 else f"{move.files} files", **_ends(move))
                for move in moves[:MOVES]
            ),
            measured_effect=said_effect(commit.body),
            commits=(commit.hash,),
        ),
        modules=modules,
        valid_from=commit.at,
        extra={"subject": as_title(subject)} | ({"pull_request": number} if number else {}),
        key=commit.hash,
    )


def undoing_draft(commit: Commit, reason: str, undone: Memory) -> Draft:
    """A commit that undid a refactoring which people recorded, as a refactoring of its own.

    What people recorded stands in their file and is theirs to change.
    """
    subject, number = without_numbers(commit.subject)
    told = f"It undoes “{undone.title}”" + (f": {reason}" if reason else ".")
    return Draft(
        title=as_title(subject),
        body=f"{told}\n\n{short_message(commit.body)}".strip(),
        details=Refactoring(status=Status.DONE, why=reason, commits=(commit.hash,)),
        modules=undone.revision.draft.modules,
        references=(Reference(type=LinkType.REVERTS, target=undone.uid, evidence=subject),),
        valid_from=commit.at,
        extra={"subject": as_title(subject)} | ({"pull_request": number} if number else {}),
        key=commit.hash,
    )


def undone(draft: Draft, by: Undoing) -> Draft:
    """The same refactoring, reverted by a commit."""
    details = draft.details.model_copy(
        update={
            "status": Status.REVERTED,
            "reverted_by": by.commit,
            "revert_reason": by.reason,
        }
    )
    return draft.model_copy(
        update={
            "body": f"{_as_done(draft)}{_told_undone(by)}",
            "details": details,
            "valid_to": by.at,
        }
    )


def redone(draft: Draft, by: Undoing) -> Draft:
    """The same refactoring, done again by a commit after it had been reverted."""
    told = f"Reverted for a while, and done again by commit {by.commit[:SHORT]}{_on(by.at)}."
    details = draft.details.model_copy(
        update={"status": Status.DONE, "reverted_by": "", "revert_reason": ""}
    )
    body = f"{_as_done(draft)}\n\n{told}"
    extra = draft.extra | {_AGAIN_BY: [*_again_by(draft), by.commit]}
    changes = {"body": body, "details": details, "valid_to": None, "extra": extra}
    return draft.model_copy(update=changes)


def undoers_of(draft: Draft) -> set[str]:
    """The commits that undid a refactoring or did it again, in full."""
    undone_by = draft.details.reverted_by if isinstance(draft.details, Refactoring) else ""
    return {*_again_by(draft), *([undone_by] if undone_by else [])}


def _again_by(draft: Draft) -> list[str]:
    known = draft.extra.get(_AGAIN_BY)
    return [str(commit) for commit in known] if isinstance(known, list | tuple) else []


def _as_done(draft: Draft) -> str:
    """The body without the paragraph that `undone` put at its end, if it did."""
    details = draft.details
    if not isinstance(details, Refactoring) or details.status is not Status.REVERTED:
        return draft.body
    by = Undoing(details.reverted_by, draft.valid_to, details.revert_reason)
    return draft.body.removesuffix(_told_undone(by))


def _told_undone(by: Undoing) -> str:
    told = f"Reverted by commit {by.commit[:SHORT]}{_on(by.at)}"
    return f"\n\n{told}: {by.reason}" if by.reason else f"\n\n{told}."


def _on(at: datetime | None) -> str:
    return f" on {at:%Y-%m-%d}" if at else ""


def _title(moves: Sequence[FolderMove], subject: str) -> str:
    """What was moved, where the subject does not tell."""
    first, files = moves[0], sum(move.files for move in moves)
    others = f" and {files - first.files} more" if files > first.files else ""
    what = f"{first.files} files" if first.files > 1 else "a file"
    return f"Move {what} from {first.origin} to {first.destination}{others}: {subject}"


def _ends(move: FolderMove) -> dict[str, str]:
    return {"origin": move.origin, "destination": move.destination}


def _told_moves(moves: Sequence[FolderMove]) -> str:
    lines = [
        f"- {move.origin} to {move.destination}"
        + (f" ({move.files} files)" if move.files > 1 else "")
        for move in moves[:MOVES]
    ]
    if len(moves) > MOVES:
        lines.append(f"- and {sum(move.files for move in moves[MOVES:])} more files")
    return "\n".join(["Moved:", *lines]) if moves else ""


def _told_files(commit: Commit, modules: Sequence[str]) -> str:
    files = len(commit.changes) + commit.more_changes
    if not files:
        return f"Commit {commit.hash[:SHORT]}."
    changed = f"It changed {files:,} files" if files > 1 else f"It changed {commit.changes[0].path}"
    return changed + (f" in {', '.join(modules)}." if modules else ".")


def _modules(commit: Commit, known_modules: Iterable[str]) -> tuple[str, ...]:
    """The modules touched: the scope if it is one, then those with most changed files."""
    known = names_by_fold(known_modules)
    counted: Counter[str] = Counter()
    for change in _worth_counting(commit.changes):
        for module in {module_of(path, known) for path in (change.path, change.origin) if path}:
            if module:
                counted[module] += 1
    scope = read_subject(commit.subject).scope.strip()
    folders = {part for change in commit.changes for part in change.path.split("/")[:-1]}
    first = [scope] if scope in folders or scope in counted else []
    enough = SHARE * counted.total()
    most = sorted(
        (name for name in counted if counted[name] >= enough),
        key=lambda name: (-counted[name], name),
    )
    return tuple(dict.fromkeys([*first, *most]))[:MODULES]


def _worth_counting(changes: Sequence[Change]) -> Sequence[Change]:
    """The changes of code, or all where there is none."""
    return [change for change in changes if is_code(change.path)] or changes
