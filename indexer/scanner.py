"""Which of a project's files are worth reading, which changed, and what could not be looked at.

Never entered: the folders of `_NEVER`, other repositories and worktrees inside this one
(a `.git` below the root), and what the project ignores. A path is ignored if the deepest
`.archmemignore` that speaks of it says so, then the `ignore` patterns, then the deepest
`.gitignore`. Memory folders are wanted even where git ignores them, as people often do with
`.claude/`: only `.archmemignore` and `ignore` can close them.

A walk may be told to look at some paths only; it finds there what a whole one would find.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import stat
import warnings
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, cast

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from indexer.formats.document import Problem
from indexer.project_root import root_identity
from indexer.source_paths import path_from
from memory.errors import ProjectUnreadable
from memory.models.report import NOTED, READ
from memory.texts.linear import tamed
from memory.texts.plain_file import read_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from memory.models.report import KnownFile

_NEVER = frozenset({".git", ".archmem", "node_modules", ".venv", "__pycache__"})
_MEMORY_FOLDER = re.compile(
    r"(?:^|/)(?:\.claude(?:/|/(?:memory|agents)(?:/.*)?)?|memory-bank(?:/.*)?)$"
)
#: What SQLite cannot store or a citation cannot show on one line.
_UNUSABLE_NAME = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
#: Two writes closer together than this can leave the same mtime: 2 s on FAT, one tick of
#: the kernel's clock (up to 10 ms) on ext4.
MTIME_GRAIN_NS = 2_000_000_000
_FEW = 2  # stars of a pattern
_NO_LITERAL = re.compile(r"[*?\\/]")
_NOTHING = re.compile("(?!)")
_MOST_RULES = 250_000  # bytes of a file of patterns
_VANISHED = (FileNotFoundError, NotADirectoryError)


def _nothing(path: str, real: str) -> None:
    """Heed no folder."""


@dataclass(frozen=True)
class SeenFile:
    """A regular file as the walk met it, not opened."""

    path: str  # relative to the project root, forward slashes
    size: int  # bytes
    mtime_ns: int
    target: str | None = None  # the real file, relative to the root, if `path` goes by a link
    beside: str | None = None  # a file with fields of this one, whose size and time count as well
    ctime_ns: int = field(default=0, compare=False)  # of the last change, which nobody can set back


@dataclass(frozen=True)
class Scan:
    """What one walk through a project found."""

    files: tuple[SeenFile, ...]  # by path; each real file once
    problems: tuple[Problem, ...]  # by path
    blind: tuple[str, ...]  # by path: files and folders that could not be looked at
    only: frozenset[str] | None = None  # what was looked at, with all below; None is everything

    def covers(self, path: str) -> bool:
        """Whether `path` is where the walk was to look."""
        return self.only is None or is_within(path, self.only)

    def sees(self, path: str) -> bool:
        """Whether the absence of `path` from `files` means that it is not there."""
        return self.covers(path) and not is_within(path, self.blind)


@dataclass(frozen=True)
class FileChanges:
    """What an index run has to do; a path is in at most one of the three."""

    to_read: tuple[SeenFile, ...]  # by path
    unchanged: tuple[SeenFile, ...]  # by path
    gone: tuple[str, ...]  # by path


def is_outside(seen: SeenFile) -> bool:
    """Whether a file lies outside of the project, to which it belongs all the same."""
    return seen.target is not None and Path(seen.target).is_absolute()


def is_within(path: str, places: Collection[str]) -> bool:
    """Whether `path` is one of these places or below one."""
    return path in places or any(above in places for above in _above(path))


def scan(
    root: Path,
    accepts: Callable[[PurePosixPath], bool],
    *,
    endings: Collection[str] | None = None,
    ignore: Sequence[str] = (),
    only: Collection[str] | None = None,
    on_folder: Callable[[str, str], None] = _nothing,
) -> Scan:
    """Walk through a project without opening any of the files it is to find.

    A link to a file or folder inside the project is followed, unless what it leads to is
    found under its own name; a link out of it is not. What cannot be looked at (no
    permission, an I/O error, a link that leads nowhere or outside, a FIFO, socket or
    device in place of a file) is in `blind` and has its line in `problems`. What vanishes
    during the walk is simply not there.

    `endings` are those of the files that `accepts` may accept, in small letters and "" for none;
    of others it is not asked. `ignore` has patterns as in `.gitignore`. With `only`, those paths
    are looked at and what is below them. Where a link leads to one of them, or stands below one,
    everything is looked at, as it takes all links to tell which of them has a file.

    `on_folder` is told of each folder just before it is listed: the path under which it was reached
    and the real one, both relative to `root`; under each name, where links lead to it.

    Raises:
        ProjectNotFound: `root` is not a folder.
        ProjectUnreadable: `root` cannot be listed, or was replaced during the walk.
    """
    before = root_identity(root)
    places = None if only is None else frozenset(str(PurePosixPath(path)) for path in only)
    if places and "." in places:
        places = None
    walk = _Walk(root.resolve(), accepts, endings, places, on_folder)
    walk.descend(_Place("", "", {".gitignore": (), ".archmemignore": (("", _spec(ignore)),)}))
    if places is not None and walk.links:
        return scan(root, accepts, endings=endings, ignore=ignore, on_folder=on_folder)
    while walk.links:
        links, walk.links = sorted(walk.links, key=lambda link: link.path), []
        for link in links:
            walk.follow(link)
    if root_identity(root) != before:
        raise ProjectUnreadable(root, "it was replaced meanwhile")
    return Scan(
        tuple(sorted(walk.files.values(), key=lambda file: file.path)),
        tuple(sorted(walk.problems, key=lambda problem: problem.path)),
        tuple(sorted(walk.blind)),
        places,
    )


def plan_changes(scan: Scan, known: Mapping[str, KnownFile]) -> FileChanges:
    """Sort a project's files into those to read, those to leave alone and those gone.

    Every file seen is read unless it is certain to be as it was. A known file is gone only
    if the walk could see its place and did not find it there. A file that is read and has
    the hash it had before did not change after all.
    """
    to_read: list[SeenFile] = []
    unchanged: list[SeenFile] = []
    for seen in scan.files:
        certain = seen.path in known and _is_unchanged(seen, known[seen.path])
        (unchanged if certain else to_read).append(seen)
    missing = known.keys() - {seen.path for seen in scan.files}
    gone = sorted(path for path in missing if scan.sees(path))
    return FileChanges(tuple(to_read), tuple(unchanged), tuple(gone))


def _above(path: str) -> Iterator[str]:
    """The folders that a path is in, the nearest first, without the root."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    patterns = []
    for line in lines:
        # Like git, pass over what is not a pattern; pathspec lets re.error and warnings through.
        with contextlib.suppress(ValueError, re.error), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            pattern = GitIgnoreSpecPattern(line)
            if pattern.regex is not None and line.count("*") > _FEW:
                pattern.regex = cast("re.Pattern[str]", _Tamed(line, pattern.regex.pattern))
            patterns.append(pattern)
    # Where others are installed it would take one that knows no paths of other bytes than UTF-8.
    return GitIgnoreSpec(patterns, backend="simple")


class _Tamed:
    """A pattern of many stars, which would take some names as long as it likes.

    What is no text in UTF-8 is asked about with signs in its place; such a file is named unusable.
    """

    def __init__(self, line: str, pattern: str) -> None:
        self._pattern = pattern
        literals = _NO_LITERAL.split(line.partition("[")[0])
        self._literal = max((one.strip("! \t\r") for one in literals), key=len)

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        try:
            # pathspec takes `[[:alpha:]` for signs and leaves a `]`, RE2 for a class that goes on.
            return _NOTHING if "[:" in self._pattern else tamed(self._pattern)
        except ValueError:  # passed over, too
            return _NOTHING

    def search(self, path: str) -> re.Match[str] | None:
        if self._literal not in path:  # most paths: RE2 takes 5 us for one, and 15 ms to be loaded
            return None
        return self._regex.search(path.encode("utf-8", "replace").decode())


_ANY_PAGE = "page.md"  # which is ours in a folder of records or memories, by its name


@dataclass(frozen=True)
class _Place:
    """A folder or link, by the name under which it was reached and by its real one."""

    path: str
    real: str
    rules: Mapping[str, tuple[tuple[str, GitIgnoreSpec], ...]]
    """By the name of the ignore file: from the root down, the prefix of its paths, its patterns."""

    def ignores(self, path: str) -> bool:
        """Whether `path`, which ends in a slash if it is a folder, is to be left out."""
        verdict = self._verdict(".archmemignore", path)
        if verdict is None and not _MEMORY_FOLDER.search(path):
            verdict = self._verdict(".gitignore", path)
        return bool(verdict)

    def _verdict(self, ignore_file: str, path: str) -> bool | None:
        for prefix, spec in reversed(self.rules[ignore_file]):
            verdict = spec.check_file(path.removeprefix(prefix)).include
            if verdict is not None:
                return verdict
        return None


class _Walk:
    """What has been found so far; real names are walked before links are followed."""

    def __init__(
        self,
        root: Path,
        accepts: Callable[[PurePosixPath], bool],
        endings: Collection[str] | None,
        only: frozenset[str] | None,
        on_folder: Callable[[str, str], None],
    ) -> None:
        self.root = root.as_posix().rstrip("/")
        self.accepts = accepts
        self.endings = endings
        self.only = only
        self.ways = {way for path in only or () for way in (path, *_above(path))}
        self.on_folder = on_folder
        self.files: dict[str, SeenFile] = {}  # by real path
        self.problems: list[Problem] = []
        self.blind: list[str] = []
        self.links: list[_Place] = []
        self.followed: set[str] = set()  # real paths of folders that links led to

    def descend(self, start: _Place) -> None:
        """Take in everything below a folder, except what lies behind links."""
        waiting = [start]
        while waiting:
            folder = waiting.pop()
            self.on_folder(folder.path, folder.real)
            try:
                with os.scandir(f"{self.root}/{folder.real}") as found:
                    entries = {entry.name: entry for entry in found}
            except _VANISHED:
                continue
            except OSError as error:
                if not folder.path:
                    raise ProjectUnreadable(Path(self.root), _reason(error)) from error
                self.cannot_see(folder.path, f"cannot be listed: {_reason(error)}")
                continue
            if ".git" not in entries or not folder.path:
                with_rules = self.with_rules(folder, entries)
                waiting += self.visit_all(with_rules, self.on_the_way(folder, entries))

    def with_rules(self, folder: _Place, entries: Mapping[str, os.DirEntry[str]]) -> _Place:
        """The folder with what its own ignore files say; a link is not one, as in git."""
        prefix = f"{folder.path}/" if folder.path else ""
        rules = dict(folder.rules)
        for name in rules.keys() & entries.keys():
            try:
                if entries[name].is_file(follow_symlinks=False):
                    said = read_plain(Path(entries[name].path), _MOST_RULES)
                    text = said.removeprefix(codecs.BOM_UTF8)
                    rules[name] += ((prefix, _spec(os.fsdecode(text).split("\n"))),)
            except OSError as error:
                self.note(prefix + name, f"not heeded, as it is unreadable: {_reason(error)}")
        return replace(folder, rules=rules)

    def on_the_way(
        self, folder: _Place, entries: dict[str, os.DirEntry[str]]
    ) -> dict[str, os.DirEntry[str]]:
        """Of a folder's entries those that are wanted or lead to one that is."""
        if self.only is None or is_within(folder.path, self.only):
            return entries
        prefix = f"{folder.path}/" if folder.path else ""
        return {name: entry for name, entry in entries.items() if prefix + name in self.ways}

    def visit_all(
        self, folder: _Place, entries: Mapping[str, os.DirEntry[str]]
    ) -> Iterator[_Place]:
        """Note a folder's files and links; yields the folders that are to be entered."""
        prefix, real_prefix = (f"{path}/" if path else "" for path in (folder.path, folder.real))
        for name, entry in entries.items():
            path = prefix + name
            try:
                if entry.is_dir(follow_symlinks=False):
                    wanted = name not in _NEVER and not folder.ignores(f"{path}/")
                    if wanted and self.has_usable_name(path):
                        yield _Place(path, real_prefix + name, folder.rules)
                elif entry.is_symlink():
                    # Emacs locks a file with a link `.#file`, which leads nowhere by design.
                    if not name.startswith(".#") and not folder.ignores(path):
                        self.links.append(_Place(path, real_prefix + name, folder.rules))
                elif self.is_wanted(path) and not folder.ignores(path):
                    self.keep(path, real_prefix + name, entry.stat(follow_symlinks=False))
            except _VANISHED:
                continue
            except OSError as error:
                self.cannot_see(path, f"cannot be looked at: {_reason(error)}")

    def follow(self, link: _Place) -> None:
        """Take in what a link leads to, if it is inside the project and does not hold the link."""
        origin = f"{self.root}/{link.real}"
        try:
            target = Path(os.path.realpath(origin, strict=True))
            found = target.stat()
        except OSError as error:
            self.cannot_follow(link.path, f"a link that cannot be followed: {_reason(error)}")
            return
        is_folder = stat.S_ISDIR(found.st_mode)
        if not is_folder and not self.is_wanted(link.path):
            return
        real = path_from(Path(f"{self.root}/"), target)
        if real is None:
            self.cannot_follow(link.path, "a link out of the project, which is not followed")
            return
        if not _NEVER.isdisjoint(real.split("/")):
            return
        if not is_folder:
            self.keep(link.path, real, found)
        elif not Path(origin).is_relative_to(target) and real not in self.followed:
            self.followed.add(real)
            if self.has_usable_name(link.path):
                self.descend(replace(link, real=real))

    def is_wanted(self, path: str) -> bool:
        """Whether a file is among those to find; most can be told by their ending."""
        if self.endings is not None:
            stem, dot, ending = path.rpartition("/")[2].rpartition(".")
            if (f"{dot}{ending}".lower() if stem and ending else "") not in self.endings:
                return False
        return self.accepts(PurePosixPath(path))

    def keep(self, path: str, real: str, found: os.stat_result) -> None:
        if self.only is not None and not is_within(path, self.only):
            return  # a file where a folder was thought to be
        if not stat.S_ISREG(found.st_mode):
            self.cannot_see(path, "not a regular file, so it was not opened")
        elif self.has_usable_name(path) and real not in self.files:
            target = None if real == path else real
            self.files[real] = SeenFile(
                path, found.st_size, found.st_mtime_ns, target, ctime_ns=found.st_ctime_ns
            )

    def has_usable_name(self, path: str) -> bool:
        unusable = _UNUSABLE_NAME.search(path)
        if unusable:
            self.note(path, "left out, as its name is not UTF-8 or holds a control character")
        return not unusable

    def cannot_see(self, path: str, what: str) -> None:
        self.blind.append(path)
        self.note(path, what)

    def cannot_follow(self, link: str, what: str) -> None:
        """Note a link that is not followed; told of is one that by its name is ours, or leads on.

        Others, to packages and data, are nobody's business here.
        """
        if self.is_wanted(link) or self.accepts(PurePosixPath(link) / _ANY_PAGE):
            self.cannot_see(link, what)
        else:
            self.blind.append(link)

    def note(self, path: str, what: str) -> None:
        shown = repr(path)[1:-1] if _UNUSABLE_NAME.search(path) else path
        self.problems.append(Problem(shown, what))


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _is_unchanged(seen: SeenFile, known: KnownFile) -> bool:
    """Whether a file is certain to be as it was when it was read.

    It is not where a write after that could have left size and mtime as they were: where it was
    written just before, or is dated in the future (racily clean, in git's racy-git.txt), or where
    something was done to it since, as when another file of that size and time took its place.
    """
    is_racily_clean = known.mtime_ns + MTIME_GRAIN_NS >= known.read_at_ns
    same = (seen.size, seen.mtime_ns) == (known.size, known.mtime_ns)
    is_untouched = seen.ctime_ns <= known.read_at_ns
    return known.state in (READ, NOTED) and same and is_untouched and not is_racily_clean
