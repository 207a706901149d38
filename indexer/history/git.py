"""Asks git about a repository's history, so that no setting of the user's changes the answer."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, NamedTuple

from indexer.commits import OF_OTHERS
from memory.errors import UnknownCommit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SHORT, LONG = 60, 900  # seconds: for a question about some commits, and for a whole history
LONGEST = 1 << 20  # bytes of one text; the rest of a longer message is passed over
NOTHING_SAID = "git gave up"  # the message where it only ended with an exit code
_CHUNK = 1 << 16  # bytes
END = "--end-of-options"  # before what comes from data, which may begin with a hyphen

#: What a user may have set, and what would change the answer or run a program.
_SETTINGS = (
    "core.quotepath=off",
    "core.fsmonitor=false",
    "core.bigFileThreshold=512m",
    "core.useReplaceRefs=true",
    "color.ui=never",
    "color.grep=never",
    "diff.algorithm=default",
    "diff.indentHeuristic=true",
    "diff.autoRefreshIndex=true",
    f"diff.orderFile={os.devnull}",
    "diff.renames=true",
    "diff.renameLimit=1000",
    "diff.relative=false",
    "diff.ignoreSubmodules=none",
    "submodule.recurse=false",
    "i18n.logOutputEncoding=UTF-8",
    "log.showSignature=false",
    "log.showRoot=true",
    "log.follow=false",
    "log.mailmap=false",
)
#: What else would: how paths are matched, which index is looked at, as in a hook of git's.
_NOT_HERE = OF_OTHERS | {
    *(f"GIT_{how}_PATHSPECS" for how in ("LITERAL", "GLOB", "NOGLOB", "ICASE")),
    *("GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_DIFF_OPTS"),
}
#: Nothing is asked for or written; objects that a partial clone left behind stay where they are.
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PAGER": "",
    "LC_ALL": "C",
    "LANGUAGE": "C",
}


class GitFailed(Exception):
    """Git could not do what it was asked; the message is the first thing that it said."""


class Entry(NamedTuple):
    """A file, or a link, in a commit's tree."""

    mode: str
    blob: str  # its hash
    path: str  # from the root of the repository


class Git:
    """One repository's history, by the program `git`."""

    def __init__(self, root: Path) -> None:
        """Name a repository.

        Args:
            root: A worktree, or a folder in one.
        """
        self._command = ["git", "-C", str(root)]
        for setting in _SETTINGS:
            self._command += ["-c", setting]

    def head(self) -> str:
        """The full hash of the commit that is checked out.

        Raises:
            GitFailed: there is none, or no git.
        """
        return self._ask("rev-parse", "--verify", "HEAD^{commit}").strip()

    def commit_of(self, name: str) -> str:
        """The full hash of the commit that git knows by a name.

        Raises:
            UnknownCommit: it knows none, or there is no git.
        """
        try:
            said = self._ask("rev-parse", "--verify", END, f"{name}^{{commit}}")
        except GitFailed as error:
            raise UnknownCommit(name, self._why_unknown(str(error))) from error
        return said.strip()

    def _why_unknown(self, said: str) -> str:
        """Why a name means nothing, in other words than those for whoever writes scripts."""
        if "single revision" not in said:
            return said
        try:
            is_shallow = bool(self.grafts())
        except GitFailed:
            is_shallow = False
        more = ", and this clone is shallow: `git fetch --unshallow` brings the rest"
        return f"git knows none of this name here{more if is_shallow else ''}"

    def is_partial(self) -> bool:
        """Whether this is a clone that left files' contents, or more, with its origin."""
        try:
            return bool(
                self._ask(
                    "config",
                    "--local",
                    "--get-regexp",
                    r"^(remote\..*\.promisor|extensions\.partialclone)$",
                )
            )
        except GitFailed:  # it says so with an exit code
            return False

    def grafts(self) -> str:
        """The commits at which a shallow clone ends, as git notes them; "" for a whole one."""
        path = self._ask("rev-parse", "--path-format=absolute", "--git-path", "shallow").strip()
        try:
            with open(path, encoding="ascii", errors="replace") as file:  # noqa: PTH123
                return " ".join(sorted(file.read().split()))
        except FileNotFoundError:
            return ""

    def present(self, hashes: Iterable[str]) -> set[str]:
        """Those of these commits that the repository has."""
        said = self._ask("cat-file", "--batch-check", told=hashes)
        return {
            words[0] for line in said.splitlines() if (words := line.split())[1:2] == ["commit"]
        }

    def astray(self, hashes: Iterable[str]) -> set[str]:
        """Those of these commits, which the repository has, that no ref or worktree leads to."""
        hashes = set(hashes)
        if not hashes:
            return set()
        said = self._ask("rev-list", "--stdin", "--not", "--all", told=hashes, seconds=LONG)
        return hashes.intersection(said.split())

    def beyond(self, hashes: Iterable[str], commit: str) -> set[str]:
        """Those of these commits, which the repository has, that do not lead to a commit."""
        hashes = set(hashes)
        if not hashes:
            return set()
        wanted = [*sorted(hashes), f"^{commit}"]
        said = self._ask("rev-list", "--stdin", told=wanted, seconds=LONG)
        return hashes.intersection(said.split())

    def moment(self, commit: str) -> datetime:
        """When a commit was made, by its own word."""
        said = self._ask("show", "--no-patch", "--format=%ct", END, commit)
        return datetime.fromtimestamp(int(said.split()[-1]), UTC)

    def tree(self, commit: str) -> list[Entry]:
        """The files and links in a commit's tree, without those of submodules."""
        said = self._told("ls-tree", "-r", "-z", "--full-tree", END, commit, seconds=LONG)
        entries = []
        for line in said.split(b"\0"):
            described, _, path = line.partition(b"\t")
            mode, kind, blob = described.decode().split() if path else ("",) * 3
            if kind == "blob":
                entries.append(Entry(mode, blob, os.fsdecode(path)))
        return entries

    def sizes(self, blobs: Iterable[str]) -> dict[str, int]:
        """How many bytes each of these has, by hash, as far as the repository has them."""
        said = self._ask("cat-file", "--batch-check", told=blobs, seconds=LONG)
        lines = (line.split() for line in said.splitlines())
        return {words[0]: int(words[2]) for words in lines if words[1:2] == ["blob"]}

    def blobs(self, hashes: Iterable[str]) -> dict[str, bytes]:
        """What these hold, by hash, as far as the repository has them."""
        said = self._told("cat-file", "--batch", told=hashes, seconds=LONG)
        found = {}
        start = 0
        while (end := said.find(b"\n", start)) >= 0:
            name, kind, *size = said[start:end].decode().split()
            start = end + 1
            if kind == "blob":
                found[name] = said[start : start + int(size[0])]
            if size:
                start += int(size[0]) + 1
        return found

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether everything up to `old` is also up to `new`."""
        try:
            self._ask("merge-base", "--is-ancestor", END, old, new)
        except GitFailed:
            return False
        return True

    def between(self, old: str, new: str, *, limit: int) -> list[str]:
        """Up to `limit` commits up to `new` but not up to `old`, merges left out."""
        said = self._ask("rev-list", "--no-merges", f"--max-count={limit}", END, new, f"^{old}")
        return said.split()

    def count(self, *arguments: str) -> int:
        """How many commits `git rev-list` lists for these arguments."""
        return int(self._ask("rev-list", "--count", *arguments, seconds=LONG))

    def stream(self, *arguments: str) -> Iterator[str]:
        """What git prints, text by text as NUL separates them, as it comes.

        Raises:
            GitFailed: after everything that git could say, if it did not come to its end.
        """
        with tempfile.TemporaryFile() as errors:
            try:
                process = subprocess.Popen(
                    [*self._command, *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=_environment(),
                )
            except OSError as error:
                raise GitFailed(_no_git(error)) from error
            limit = threading.Timer(LONG, process.kill)
            limit.start()
            try:
                if process.stdout is not None:
                    yield from _texts(process.stdout)
                code = process.wait()
            finally:
                limit.cancel()
                process.kill()
                process.wait()
                if process.stdout is not None:
                    process.stdout.close()
            if code:
                errors.seek(0)
                raise GitFailed(_reason(errors.read(_CHUNK)))

    def _ask(self, *arguments: str, told: Iterable[str] = (), seconds: float = SHORT) -> str:
        """What git prints when it is told some lines, as text."""
        return self._told(*arguments, told=told, seconds=seconds).decode("utf-8", "replace")

    def _told(self, *arguments: str, told: Iterable[str] = (), seconds: float = SHORT) -> bytes:
        """What git prints when it is told some lines.

        Raises:
            GitFailed: it says that it cannot.
        """
        try:
            done = subprocess.run(
                [*self._command, *arguments],
                input=os.fsencode("".join(f"{line}\n" for line in told)),
                capture_output=True,
                env=_environment(),
                timeout=seconds,
                check=False,
            )
        except OSError as error:
            raise GitFailed(_no_git(error)) from error
        except subprocess.TimeoutExpired as error:
            raise GitFailed(f"git {arguments[0]} took more than {seconds:.0f} s") from error
        if done.returncode:
            raise GitFailed(_reason(done.stderr))
        return done.stdout


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in _NOT_HERE}
    return own | _ENVIRONMENT


def _no_git(error: OSError) -> str:
    return f"git cannot be run: {error.strerror or error}"


def _reason(said: bytes) -> str:
    """The line in which git says why, without the word in front."""
    lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal: ", "error: "))] or lines
    return telling[-1].partition(": ")[2] or telling[-1] if telling else NOTHING_SAID


def _texts(stream: IO[bytes]) -> Iterator[str]:
    """What stands before each NUL byte; of a very long text only the beginning."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        *whole, tail = (rest + chunk).split(b"\0")
        for text in whole:
            yield text[:LONGEST].decode("utf-8", "replace")
        rest = tail[:LONGEST]
