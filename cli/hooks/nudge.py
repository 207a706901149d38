"""PreCompact and Stop: a session that changed several modules is asked what was learned."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from cli.hooks.sessions import AgentSession, find_session, save_session
from indexer.git.process import GitFailed, GitProcess
from indexer.source_paths import modules_of
from memory.ledger.project_modules import module_names
from memory.texts.quoting import harmless_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from cli.hooks import Payload
    from indexer.project_root import ProjectRoots
    from memory.api import ArchMem

MODULES = 3  # from so many on, a change is one of architecture
_NAMED = 6  # modules
_NAME = re.compile(r"[\w.-]{1,40}")  # folders may be called anything, a whole sentence too
_MEMORY = ".claude/memory/"
PATIENCE = 1.0  # seconds for all that one hook asks of git
FILES = 2_000  # more uncommitted files than this are not looked at
_ENTRIES = 200  # of the reflog


class Work(NamedTuple):
    """What a session did and did not write down."""

    session: AgentSession
    modules: list[str]  # that it was not asked about
    files: int


def answer_stop(payload: Payload, memory: ArchMem, roots: ProjectRoots) -> dict[str, Any]:
    """Claude goes on for one turn to record what was learned, once for the same modules.

    By a decision with its reason, which every version of Claude Code understands here.
    """
    work = None if payload.stop_hook_active else unrecorded(payload.session_id, memory, roots)
    if work is None:
        return {}
    asked(memory, work)
    return {"decision": "block", "reason": words(work)}


def answer_compaction(payload: Payload, memory: ArchMem, roots: ProjectRoots) -> dict[str, Any]:
    """The person is told; Claude can be only when the compaction is over, as it begins again."""
    work = unrecorded(payload.session_id, memory, roots)
    return {"systemMessage": f"archmem: {words(work)}"} if work else {}


def unrecorded(session_id: str, memory: ArchMem, roots: ProjectRoots) -> Work | None:
    """What a session has changed without recording anything, if that is worth a word."""
    if roots.git_dir is None:
        return None
    session = find_session(memory.ledger, session_id)
    if session is None:  # its beginning was not seen, so that it begins now
        save_session(memory.ledger, a_session(session_id, memory, roots))
        return None
    if session.root != str(roots.worktree):
        return None
    with memory.ledger.reading() as db:
        if db.changes.has_recording(session.mark):
            return None
        changed = Worktree(roots.worktree).changed(session.began, session.dirty)
        if not changed or _holds_memory(memory, sorted(changed)):
            return None
        modules = modules_of(changed, module_names(db))
    fresh = [module for module in modules if module not in session.nudged]
    return Work(session, fresh, len(changed)) if len(fresh) >= MODULES else None


def asked(memory: ArchMem, work: Work) -> None:
    """Afterwards the session is not asked about the same modules again."""
    nudged = (*work.session.nudged, *work.modules)
    save_session(memory.ledger, work.session.model_copy(update={"nudged": nudged}))


def words(work: Work) -> str:
    """What was changed, and where what was learned can be kept."""
    return (
        f"This session has changed {_list(work.modules)} ({work.files:,} files in all) and has "
        "recorded nothing in the project's memory. What was decided or learned on the way, if "
        "anything was, is kept by the tool memory_record of the MCP server archmem, or by "
        "`archmem record lesson` and `archmem record decision`."
    )


def a_session(session_id: str, memory: ArchMem, roots: ProjectRoots) -> AgentSession:
    """A session that begins here and now, and was told everything."""
    with memory.ledger.reading() as db:
        mark = db.changes.latest()
    dirty = Worktree(roots.worktree).dirty() if roots.git_dir else None
    return AgentSession(
        session_id=session_id,
        root=str(roots.worktree),
        began=datetime.now(UTC),
        mark=mark,
        since=mark,
        seen=mark,
        dirty=None if dirty is None else tuple(sorted(dirty.values())),
    )


def _holds_memory(memory: ArchMem, paths: list[str]) -> bool:
    """Whether what was changed is itself memory: then something was written down."""
    if any(path.startswith(_MEMORY) for path in paths):
        return True
    with memory.ledger.reading() as db:
        return bool(db.memories.in_files(paths))


def _list(modules: Sequence[str]) -> str:
    """The first modules by name, of the others the number: no fence is around this text."""
    names = [harmless_line(name) for name in modules if _NAME.fullmatch(name)][:_NAMED]
    if not names:
        return f"{len(modules):,} modules"
    more = len(modules) - len(names)
    *first, last = [*names, f"{more:,} more"] if more else names
    return f"the modules {', '.join(first)} and {last}"


class Worktree:
    """A worktree, asked within one hook: what was changed in it since a session began.

    It takes no lock that a person's git would have to wait for, and gives up after a second in all.
    """

    def __init__(self, root: Path) -> None:
        self._root, self._process = root, GitProcess(root)
        self._until = time.monotonic() + PATIENCE

    def dirty(self) -> dict[str, str] | None:
        """Uncommitted and untracked files by path, each with a digest of its path and state.

        None where git could not say, or there are too many.
        """
        said = self._git(
            *("status", "--porcelain", "-z", "--no-renames"),
            *("--untracked-files=all", "--ignore-submodules=all"),
        )
        if said is None:
            return None
        paths = [entry[3:] for entry in said.split("\0") if len(entry) > 3]
        return {path: self._state(path) for path in paths} if len(paths) <= FILES else None

    def changed(self, began: datetime, dirty: Collection[str] | None) -> set[str] | None:
        """Paths that were committed, or are uncommitted and were not so when a session began.

        None where git could not say. What was pulled, merged or checked out is not counted.

        Args:
            began: When that was.
            dirty: The digests that `dirty` gave then.
        """
        now = self.dirty() if dirty is not None else {}
        committed = self._committed(began)
        if now is None or committed is None:
            return None
        before = frozenset(dirty or ())
        return committed | {path for path, digest in now.items() if digest not in before}

    def _committed(self, began: datetime) -> set[str] | None:
        """The files of the commits that were made here in later seconds, in whatever branch."""
        wanted = ("-n", str(_ENTRIES), "--date=unix", "--format=%H %gd %gs")
        log = self._git("reflog", "show", *wanted, "HEAD", "--")
        commits = [
            commit
            for commit, entry, what in (line.split(" ", 2) for line in (log or "").splitlines())
            if what.startswith("commit") and _moment(entry) > int(began.timestamp())
        ]
        if not commits:  # or no reflog: a repository without a commit has none
            return set()
        said = self._git(
            *("diff-tree", "--stdin", "--root", "-r", "-z", "--name-only", "--no-commit-id"),
            told=commits,
        )
        return None if said is None else {path for path in said.split("\0") if path}

    def _state(self, path: str) -> str:
        try:
            found = (self._root / path).lstat()
        except OSError:
            said = path
        else:
            said = f"{path}\0{found.st_size}\0{found.st_mtime_ns}"
        return blake2b(said.encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()

    def _git(self, *arguments: str, told: Iterable[str] = ()) -> str | None:
        """What git says; None where it fails, or is not done in time."""
        left = max(0.01, self._until - time.monotonic())
        try:
            said = self._process.run(*arguments, told=told, seconds=left)
        except GitFailed:
            return None
        return said.decode("utf-8", "surrogateescape")


def _moment(entry: str) -> int:
    """Seconds since 1970 of a reflog's entry, `HEAD@{1700000000}`."""
    digits = entry.partition("@{")[2].rstrip("}")
    return int(digits) if digits.isdecimal() else 0
