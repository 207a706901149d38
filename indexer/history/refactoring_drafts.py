"""The refactorings of a history: what is kept of each commit, what it moved, and who undid it."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from indexer.history.commit_classifier import CommitClass, moved_code
from indexer.history.commit_messages import (
    folded,
    merged,
    read_subject,
    said_effect,
    short_message,
    without_numbers,
)
from indexer.source_paths import is_code, module_of, names_by_fold
from indexer.wording.entry_names import as_title
from memory.kinds.vocabulary import Kind, LinkType, Status, Trust
from memory.models.details import FILES, Move, Refactoring
from memory.models.memory import Draft, Reference, Source, uid_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from pydantic import JsonValue

    from indexer.git.log import Commit, FileChange
    from indexer.history.commit_messages import Revert
    from memory.models.memory import Memory

MODULES = 6  # of one refactoring, those with most changed files …
SHARE = 0.1  # … and with so many of them all; a sweep over everything is about none
MOVES = 8  # that are told of one
SHORT = 12  # digits of a hash, as people are shown it
SHORTEST = 7  # digits of a hash that are taken to name a commit
_HASH = re.compile(rf"[0-9a-f]{{{SHORTEST},64}}")
_AGAIN_BY = "done_again_by"  # among a draft's extra fields: the full hashes of commits


class Undoing(NamedTuple):
    """That a commit undid a refactoring."""

    commit: str  # in full
    at: datetime | None
    reason: str = ""


class FolderMove(NamedTuple):
    """Files that went from one folder to another, or got other names within one."""

    origin: str  # a folder, or a file if it is one only; from the project's root
    destination: str
    files: int


def folder_moves(changes: Iterable[FileChange]) -> list[FolderMove]:
    """The moves of a commit, those of most files first, ties by name.

    What moved with a folder is told as the folder's move: `api/a/x.py` to `web/a/x.py` is
    `api` to `web`, with everything else that went from one to the other.
    """
    grouped: dict[tuple[str, str], list[FileChange]] = defaultdict(list)
    for change in changes:
        if change.letter == "R":
            grouped[_differing_folders(change)].append(change)
    moves = []
    for (origin, destination), files in grouped.items():
        if len(files) == 1 or origin == destination:
            moves += [FolderMove(file.origin, file.path, 1) for file in files]
        else:
            moves.append(FolderMove(origin or ".", destination or ".", len(files)))
    return sorted(moves, key=lambda move: (-move.files, move.origin, move.destination))


def uids_of(commit: str) -> Iterator[str]:
    """The uid of the refactoring that a commit is, on every machine, and others if it is taken."""
    yield uid_for(Kind.REFACTORING, "commit", commit)
    for number in itertools.count(2):
        yield uid_for(Kind.REFACTORING, "commit", commit, str(number))


def source_of(commit: str) -> Source:
    """Evidence for what is said of a commit."""
    return Source(author="indexer", trust=Trust.DERIVED, commit=commit)


def draft_of(commit: Commit, kind: CommitClass, known_modules: Iterable[str]) -> Draft:
    """A refactoring as it is kept."""
    subject, number = merged(commit)
    is_called = subject != without_numbers(commit.subject)[0]
    body = commit.body.strip().partition("\n")[2] if is_called else commit.body
    moves = folder_moves(moved_code(commit.changes) or commit.changes)
    title = _title(moves, subject) if kind is CommitClass.SEEN else subject
    modules = _modules(commit, known_modules)
    said = [
        *([subject] if title != subject else []),
        short_message(body),
        _told_moves(moves),
        _told_files(commit, modules),
    ]
    moved = tuple(
        Move(
            what="" if move.files == 1 else f"{move.files} files",
            origin=move.origin,
            destination=move.destination,
        )
        for move in moves[:MOVES]
    )
    return Draft(
        title=as_title(title),
        body="\n\n".join(filter(None, said)),
        details=Refactoring(
            status=Status.DONE,
            moved=moved,
            measured_effect=said_effect(body),
            commits=(commit.hash,),
        ),
        modules=modules,
        valid_from=commit.at,
        extra=_extra(subject, number) | {FILES: len(commit.changes) + commit.more_changes},
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
        extra=_extra(subject, number),
        key=commit.hash,
    )


def undone(draft: Draft, by: Undoing) -> Draft:
    """The same refactoring, reverted by a commit."""
    details = draft.details.model_copy(
        update={"status": Status.REVERTED, "reverted_by": by.commit, "revert_reason": by.reason}
    )
    body = f"{_as_done(draft)}{_told_undone(by)}"
    return draft.model_copy(update={"body": body, "details": details, "valid_to": by.at})


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


def commits_of(draft: Draft) -> tuple[str, ...]:
    """The commits that a refactoring names."""
    return draft.details.commits if isinstance(draft.details, Refactoring) else ()


class KnownRefactorings:
    """Drafts by commit, the oldest first, and the refactorings that people recorded."""

    def __init__(self, recorded: Iterable[Memory] = ()) -> None:
        self.drafts: dict[str, Draft] = {}  # by full hash
        self._by_title: dict[str, list[str]] = {}
        self._by_number: dict[str, list[str]] = {}
        self._undone_by: dict[str, list[str]] = {}  # what a commit undid
        self._recorded = {
            name.lower(): memory
            for memory in recorded
            for name in commits_of(memory.revision.draft)
            if _HASH.fullmatch(name.lower())
        }

    def is_recorded(self, commit: str) -> bool:
        """Whether people recorded this commit, so that it needs no memory of its own."""
        return self._recorded_as(commit) is not None

    def put(self, draft: Draft) -> None:
        """Afterwards this is what is known of its commit."""
        commit = draft.key
        if commit not in self.drafts:
            title = str(draft.extra.get("subject", draft.title))
            self._by_title.setdefault(folded(title), []).append(commit)
            if number := draft.extra.get("pull_request"):
                self._by_number.setdefault(str(number), []).append(commit)
        self.drafts[commit] = draft
        if isinstance(draft.details, Refactoring) and draft.details.reverted_by:
            self._undone_by.setdefault(draft.details.reverted_by, []).append(commit)

    def forget(self, commit: str) -> None:
        """Afterwards nothing is known of a commit."""
        del self.drafts[commit]

    def undo(self, commit: Commit, revert: Revert, also: Sequence[str] = ()) -> None:
        """Take a commit's word for what it undoes, or does again.

        It came after everything here; `also` are further commits that it undoes, in full.
        """
        by = Undoing(commit.hash, commit.at, revert.reason)
        again = [one for name in revert.hashes for one in self._undone_with(name)]
        for one in again:
            self.put(redone(self.drafts[one], by))
        for one in dict.fromkeys([*self._meant(revert), *also]):
            draft = self.drafts.get(one)
            if draft and one not in again and (draft.status is Status.REVERTED) is revert.again:
                self.put(redone(draft, by) if revert.again else undone(draft, by))
        if not revert.again:
            recorded = (self._recorded_as(name) for name in (*revert.hashes, *also))
            if memory := next(filter(None, recorded), None):
                self.put(undoing_draft(commit, revert.reason, memory))

    def _meant(self, revert: Revert) -> Iterator[str]:
        """The commits here that a revert means: by hash, or the last so called."""
        for name in revert.hashes:
            found = [one for one in self.drafts if one.startswith(name)]
            yield from found if len(found) == 1 else ()
        for numbered in revert.numbers:
            yield from self._by_number.get(numbered, [])[-1:]
        is_known = any(one.startswith(name) for name in revert.hashes for one in self.drafts)
        for title in (*revert.titles, *(() if is_known else revert.otherwise)):
            yield from self._by_title.get(title, [])[-1:]

    def _undone_with(self, name: str) -> list[str]:
        """What is undone by a commit with this hash, or one that begins so."""
        whole = [one for one in self._undone_by if one.startswith(name)]
        return [
            undone
            for one in (whole if len(whole) == 1 else ())
            for undone in self._undone_by[one]
            if self.drafts[undone].status is Status.REVERTED
        ]

    def _recorded_as(self, commit: str) -> Memory | None:
        """The record that names a commit; either may have only the beginning of its hash."""
        for end in range(SHORTEST, len(commit) + 1):
            if memory := self._recorded.get(commit[:end]):
                return memory
        longer = [name for name in self._recorded if name.startswith(commit)]
        return self._recorded[longer[0]] if len(longer) == 1 else None


def _extra(subject: str, number: str) -> dict[str, JsonValue]:
    return {"subject": as_title(subject), **({"pull_request": number} if number else {})}


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
    code = [change for change in commit.changes if is_code(change.path)]
    for change in code or commit.changes:
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


def _differing_folders(change: FileChange) -> tuple[str, str]:
    """The outermost folders whose names differ, where what is below them stayed the same."""
    origin, destination = (
        posixpath.dirname(path).split("/") for path in (change.origin, change.path)
    )
    if posixpath.basename(change.origin) != posixpath.basename(change.path):
        return "/".join(origin), "/".join(destination)
    while len(origin) > 1 and len(destination) > 1 and origin[-1] == destination[-1]:
        del origin[-1], destination[-1]
    return "/".join(origin), "/".join(destination)
