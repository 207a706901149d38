"""Runs git, so that no setting of the user's changes the answer, and tells failure from absence.

Nor does a setting of the repository run a program: one that comes in an archive brings settings.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from functools import cached_property
from typing import IO, TYPE_CHECKING

from indexer.git.pipes import search_pipes, waited_for
from indexer.project_root import worktree_to_name

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
    "diff.ignoreSubmodules=dirty",  # else git is run in each, with that one's settings
    "submodule.recurse=false",
    "i18n.logOutputEncoding=UTF-8",
    "log.showSignature=false",
    "log.showRoot=true",
    "log.follow=false",
    "log.mailmap=false",
    "safe.bareRepository=explicit",  # a folder of a project that looks like one has settings, too
)
#: What holds files of the worktree against others, through the filters that attributes name.
_LOOKS = frozenset({"diff", "status", "blame"})
_FILTERS = r"^filter\..*\.(clean|process)$"
_OF_THE_REPOSITORY = ("local", "worktree")  # scopes of settings
#: Set for what git's hooks run, these name the hook's repository, whatever folder is asked about,
#: or change how paths are matched and which index is looked at.
_NOT_HERE = frozenset(
    {
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE"),
        *(f"GIT_{how}_PATHSPECS" for how in ("LITERAL", "GLOB", "NOGLOB", "ICASE")),
        *("GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_DIFF_OPTS", "GIT_NAMESPACE"),
        *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE"),
        *("GIT_ATTR_SOURCE", "GIT_PREFIX", "GIT_IMPLICIT_WORK_TREE"),
    }
)
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


if os.name == "nt":  # else a `git.exe` in the current folder, a project's, would be run
    os.environ.setdefault("NoDefaultCurrentDirectoryInExePath", "1")


class GitFailed(Exception):
    """Git could not do what it was asked; the message is the first thing that it said."""


class GitProcess:
    """The program `git` in one folder."""

    def __init__(self, root: Path, settings: Iterable[str] = ()) -> None:
        """Name a repository by a worktree or a folder in one."""
        self.root = root
        self._unfiltered: list[tuple[str, str]] | None = None
        self._command = ["git", "-C", str(root)]
        for setting in (*_SETTINGS, *settings):
            self._command += ["-c", setting]

    def ask(self, *arguments: str, told: Iterable[str] = (), seconds: float = SHORT) -> str:
        """What `run` gives, as text."""
        return self.run(*arguments, told=told, seconds=seconds).decode("utf-8", "replace")

    def run(self, *arguments: str, told: Iterable[str] = (), seconds: float = SHORT) -> bytes:
        """What git prints when it is told some lines.

        Raises:
            GitFailed: it says that it cannot.
        """
        until = time.monotonic() + seconds
        environment = self._environment(arguments, seconds)
        try:
            done = subprocess.run(
                [*self._command, *arguments],
                input=os.fsencode("".join(f"{line}\n" for line in told)),
                capture_output=True,
                env=environment,
                timeout=max(0.0, until - time.monotonic()),
                check=False,
            )
        except (OSError, ValueError) as error:
            raise GitFailed(_no_git(error)) from error
        except subprocess.TimeoutExpired as error:
            search_pipes(self.root)  # so that the next question is not waited for as well
            raise GitFailed(f"git {arguments[0]} took more than {seconds:.0f} s") from error
        if done.returncode:
            raise GitFailed(_reason(done.stderr))
        return done.stdout

    def stream(self, *arguments: str, seconds: float = LONG) -> Iterator[str]:
        """What git prints, text by text as NUL separates them, as it comes.

        Raises:
            GitFailed: after everything that git could say, if it did not come to its end.
        """
        until = time.monotonic() + seconds
        with tempfile.TemporaryFile() as errors:
            try:
                process = subprocess.Popen(
                    [*self._command, *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=self._environment(arguments, SHORT),
                )
            except (OSError, ValueError) as error:
                raise GitFailed(_no_git(error)) from error
            limit = threading.Timer(seconds, process.kill)
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
                if time.monotonic() >= until:
                    search_pipes(self.root)
                    raise GitFailed(f"git {arguments[0]} took more than {seconds:.0f} s")
                errors.seek(0)
                raise GitFailed(_reason(errors.read(_CHUNK)))

    @cached_property
    def _worktree(self) -> Path | None:
        return worktree_to_name(self.root)

    def _environment(self, arguments: Iterable[str], seconds: float) -> dict[str, str]:
        if pipe := waited_for(self.root):
            raise GitFailed(f"{pipe} is a pipe, for which git would wait")
        own = {name: value for name, value in os.environ.items() if name not in _NOT_HERE}
        own |= _ENVIRONMENT
        if self._worktree:
            own["GIT_WORK_TREE"] = str(self._worktree)
        if not _LOOKS.isdisjoint(arguments):
            if self._unfiltered is None:
                self._unfiltered = self._without_filters(seconds)
            count = int(own.get("GIT_CONFIG_COUNT") or 0)
            for at, (name, value) in enumerate(self._unfiltered, start=count):
                own |= {f"GIT_CONFIG_KEY_{at}": name, f"GIT_CONFIG_VALUE_{at}": value}
            own["GIT_CONFIG_COUNT"] = str(count + len(self._unfiltered))
        return own

    def _without_filters(self, seconds: float) -> list[tuple[str, str]]:
        """Settings by which no filter is a program that the repository names; the user's may be."""
        options = ("--show-scope", "--name-only", "-z", "--get-regexp", _FILTERS)
        try:
            said = self.ask("config", *options, seconds=seconds).split("\0")
        except GitFailed as error:
            if str(error) != NOTHING_SAID:
                raise
            return []  # there are none, and it says so with an exit code
        named = {
            name.rpartition(".")[0]
            for scope, name in zip(said[::2], said[1::2], strict=False)
            if scope in _OF_THE_REPOSITORY
        }
        plain = {"clean": "", "process": "", "required": "false"}
        return [(f"{one}.{name}", plain[name]) for one in sorted(named) for name in plain]


def _no_git(error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):  # a NUL byte or half a character, which no argument can have
        return "what git is asked for is no name"
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
