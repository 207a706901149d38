"""Asks git about many places at once: what stands there, now and at other commits."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.history.git import END, LONG, NOTHING_SAID, Git, GitFailed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

_BLAMED = re.compile(rb"^([0-9a-f]{40,64}) \d+ (\d+)(?: \d+)?$")
_LARGEST = 1 << 20  # bytes of a file in which definitions are looked for
_ODD = re.compile("[\n\udc80-\udcff]")  # a newline, or a byte that is not UTF-8


class Thing(NamedTuple):
    """What a path leads to in a commit."""

    id: str  # hash of its content
    is_folder: bool = False


def can_be_named(path: str) -> bool:
    """Whether a text may name a path: it is on one line, and in UTF-8."""
    return not _ODD.search(path)


class Dirty(NamedTuple):
    """What a worktree has changed since its commit."""

    changed: frozenset[str]
    deleted: frozenset[str]
    renamed: dict[str, str]  # from the old path to the new one

    @property
    def paths(self) -> frozenset[str]:
        """Every path that it concerns."""
        return self.changed | self.deleted | {*self.renamed, *self.renamed.values()}


class Repository(Git):
    """One repository with its main worktree."""

    def __init__(self, root: Path) -> None:
        """Name a repository by its main worktree, or by itself where it has none."""
        super().__init__(root)
        self.root = root

    def things(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Thing]:
        """What stands at these paths of these commits, by both; nothing for what does not.

        Nothing stands at a path that no text can name, and in a partial clone nothing where the
        repository has not the content.
        """
        asked = [key for key in dict.fromkeys(wanted) if can_be_named(key[1])]
        if not asked:
            return {}
        said = self._told(
            "cat-file", "--batch-check", told=(f"{at}:{path}" for at, path in asked), seconds=LONG
        )
        found = {}
        for key, line in zip(asked, said.decode("utf-8", "replace").splitlines(), strict=True):
            words = line.split(" ")
            if len(words) == 3 and words[1] in ("blob", "tree"):
                found[key] = Thing(words[0], words[1] == "tree")
        return found

    def listed(self, commit: str, paths: Collection[str]) -> dict[tuple[str, str], Thing]:
        """Likewise of one commit, where contents may be elsewhere."""
        said = self._told(
            "--literal-pathspecs", "ls-tree", "-z", "--full-tree", END, commit, "--", *sorted(paths)
        )
        found = {}
        for line in said.split(b"\0"):
            described, _, path = line.partition(b"\t")
            if path:
                _, kind, name = described.decode().split()
                found[commit, os.fsdecode(path)] = Thing(name, kind == "tree")
        return found

    def dirty(self) -> Dirty:
        """What the worktree has changed and not committed.

        Files that git does not know are left out, and those that no text can name.

        Raises:
            GitFailed: there is no worktree, or it cannot be looked at.
        """
        said = self._told("diff", "--name-status", "-z", "-M", "--no-ext-diff", "HEAD", "--")
        letters = iter(os.fsdecode(said).split("\0"))
        changed, deleted, renamed = set[str](), set[str](), dict[str, str]()
        for letter in letters:
            if not letter:
                break
            path = next(letters)
            if letter[0] == "R":
                renamed[path] = next(letters)
            elif letter[0] == "D":
                deleted.add(path)
            else:
                changed.add(path)
        there = {old: new for old, new in renamed.items() if can_be_named(old + new)}
        deleted |= {old for old in renamed.keys() - there if can_be_named(old)}
        return Dirty(_nameable(changed), _nameable(deleted), there)

    def changed_between(self, old: str, new: str) -> set[str]:
        """The paths that differ between two commits."""
        said = self._told("diff-tree", "-r", "-z", "--name-only", "--no-renames", END, old, new)
        return set(_nameable(path for path in os.fsdecode(said).split("\0") if path))

    def renames_between(self, old: str, new: str) -> dict[str, str]:
        """The files that have another path in the newer of two commits."""
        said = self._told(
            "diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", END, old, new
        )
        words = os.fsdecode(said).split("\0")
        pairs = zip(words[1::3], words[2::3], strict=False)
        return {old: new for old, new in pairs if can_be_named(old + new)}

    def line_commits(self, path: str) -> dict[int, str]:
        """Which commit brought each line of a file, by its number; uncommitted ones have zeros."""
        options = ("--porcelain", "--no-ignore-revs-file", "--no-textconv")
        said = self._told("blame", *options, "--", path, seconds=LONG)
        matches = (_BLAMED.match(line) for line in said.split(b"\n"))
        return {int(match[2]): match[1].decode() for match in matches if match}

    def last_commits(self, paths: Collection[str]) -> dict[str, str]:
        """The commit that last changed each of these files, as far as one did."""
        found: dict[str, str] = {}
        commit = ""
        log = ("log", "-z", "--format=%x1e%H", "--name-only", "--no-renames", "HEAD", "--")
        for raw in self.stream("--literal-pathspecs", *log, *sorted(paths)):
            text = raw.strip("\n")
            if text.startswith("\x1e"):
                commit, _, text = text[1:].partition("\n")
            if text in paths:
                found.setdefault(text, commit)
                if len(found) == len(paths):
                    break
        return found

    def commit_at(self, moment: datetime) -> str:
        """The last commit of what is checked out that was made before a moment; "" if none was."""
        before = f"--before={int(moment.timestamp())}"
        return self._ask("rev-list", "--max-count=1", before, "HEAD").strip()

    def first_commits(self, head: str) -> set[str]:
        """The commits at which the history of one begins."""
        return set(self._ask("rev-list", "--max-parents=0", END, head, seconds=LONG).split())

    def ordered(self, commits: Collection[str]) -> list[str]:
        """These commits, each before those that led to it."""
        said = self._ask("rev-list", "--topo-order", "--stdin", told=commits, seconds=LONG)
        return [commit for commit in said.split() if commit in commits]

    def resolved(self, names: Iterable[str]) -> dict[str, str]:
        """The commits that these hashes, or beginnings of them, mean, by what was given."""
        asked = list(names)
        said = self._ask("cat-file", "--batch-check", told=(f"{name}^{{commit}}" for name in asked))
        lines = zip(asked, said.splitlines(), strict=True)
        return {name: line.split()[0] for name, line in lines if line.split()[1:2] == ["commit"]}

    def grep(self, words: Collection[str], commit: str, endings: Sequence[str]) -> dict[str, str]:
        """The lines of files with these endings that have one of these words, as `path -> lines`.

        Args:
            words: Names, of letters, digits and underscores.
            commit: In which commit; "" for the worktree.
            endings: Without their dot.
        """
        where = [commit] if commit else []
        # One pattern of all words takes a sixth of the time of as many patterns.
        plain = ("--no-color", "--no-line-number", "--no-column", "--no-recurse-submodules")
        options = ("-z", "-I", "-w", "-E", "--full-name", *plain, "-f", "-")
        kinds = [f"*.{ending}" for ending in endings]
        try:
            said = self._told(
                "grep", *options, *where, "--", *kinds, told=["|".join(sorted(words))]
            )
        except GitFailed as error:
            if str(error) != NOTHING_SAID:
                raise
            return {}  # it found none, and says so with an exit code
        lines: dict[str, str] = {}
        for line in said.decode("utf-8", "replace").split("\n"):
            path, mark, text = line.partition("\0")
            if not mark:
                continue
            path = path.removeprefix(f"{commit}:") if commit else path
            lines[path] = f"{lines.get(path, '')}{text}\n"
        return lines

    def texts(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """What files hold at commits, or with "" in the worktree, as far as they can be read."""
        asked = list(dict.fromkeys(wanted))
        found = {}
        for key in asked:
            if not key[0] and (text := self._on_disk(key[1])) is not None:
                found[key] = text
        things = self.things(key for key in asked if key[0])
        sizes = self.sizes({thing.id for thing in things.values()})
        held = self.blobs({blob for blob, size in sizes.items() if size <= _LARGEST})
        for key, thing in things.items():
            if thing.id in held:
                found[key] = held[thing.id].decode("utf-8", "replace")
        return found

    def blob_on_disk(self, path: str, like: str) -> str | None:
        """The hash that a file of the worktree would have; None where it cannot be read."""
        try:
            content = (self.root / path).read_bytes()
        except OSError:
            return None
        kind = "sha256" if len(like) == 64 else "sha1"
        said = hashlib.new(kind, b"blob %d\0" % len(content) + content, usedforsecurity=False)
        return said.hexdigest()

    def moment_of(self, path: str) -> int:
        """When a file of the worktree was written, in nanoseconds; 0 if it is not there."""
        try:
            return (self.root / path).lstat().st_mtime_ns
        except OSError:
            return 0

    def _on_disk(self, path: str) -> str | None:
        try:
            file = self.root / path
            if file.stat().st_size > _LARGEST:
                return None
            return file.read_text("utf-8", "replace")
        except OSError:
            return None


def _nameable(paths: Iterable[str]) -> frozenset[str]:
    return frozenset(path for path in paths if can_be_named(path))
