"""One repository as git knows it: commits, trees, contents, and what its worktree has changed."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from indexer.git.process import END, LONG, NOTHING_SAID, GitFailed, GitProcess
from memory.errors import UnknownCommit
from memory.texts.plain_file import read_plain, read_plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

WHOLE = 40  # digits of a hash that is written in full
_MOST = 1 << 28  # bytes of a file that is held against a commit's
_LARGEST = 1 << 20  # bytes of a file in which definitions are looked for
_BLAMED = re.compile(rb"^([0-9a-f]{40,64}) \d+ (\d+)(?: \d+)?$")
_HUNK = re.compile(rb"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_ODD = re.compile("[\n\udc80-\udcff]")  # a newline, or a byte that is not UTF-8


class TreeEntry(NamedTuple):
    """A file, or a link, in a commit's tree."""

    mode: str
    blob: str  # its hash
    path: str  # from the root of the repository


class Node(NamedTuple):
    """What a path leads to."""

    id: str  # hash of its content; "" where that is not known
    is_folder: bool = False


class Uncommitted(NamedTuple):
    """What a worktree has changed since its commit."""

    changed: frozenset[str]
    deleted: frozenset[str]
    renamed: dict[str, str]  # from the old path to the new one

    @property
    def paths(self) -> frozenset[str]:
        """Every path that it concerns."""
        return self.changed | self.deleted | {*self.renamed, *self.renamed.values()}


def blob_id(content: bytes, *, like: str) -> str:
    """The hash that git gives a file, by the same algorithm as another one."""
    algorithm = "sha256" if len(like) == 64 else "sha1"
    said = b"blob %d\0" % len(content) + content
    return hashlib.new(algorithm, said, usedforsecurity=False).hexdigest()


def moment_of(seconds: str) -> datetime:
    """A date as git writes it; as git does, one that no calendar knows is shown as of 1970."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def can_be_named(path: str) -> bool:
    """Whether a text may name a path: it is on one line, and in UTF-8."""
    return not _ODD.search(path)


class Repository(GitProcess):
    """One repository, with its worktree if it has one.

    Whatever is asked raises `GitFailed` where git cannot say; what is not there is left out.
    """

    # Commits

    def head(self) -> str:
        """The full hash of the commit that is checked out."""
        return self.ask("rev-parse", "--verify", "HEAD^{commit}").strip()

    def commit_of(self, name: str) -> str:
        """The full hash of the commit that git knows by a name.

        Raises:
            UnknownCommit: it knows none, or there is no git.
        """
        try:
            said = self.ask("rev-parse", "--verify", END, f"{name}^{{commit}}")
        except GitFailed as error:
            raise UnknownCommit(name, self._why_unknown(str(error))) from error
        return said.strip()

    def is_partial(self) -> bool:
        """Whether this is a clone that left files' contents, or more, with its origin."""
        partial = r"^(remote\..*\.promisor|extensions\.partialclone)$"
        try:
            return bool(self.ask("config", "--local", "--get-regexp", partial))
        except GitFailed:  # it says so with an exit code
            return False

    def grafts(self) -> str:
        """The commits at which a shallow clone ends, as git notes them; "" for a whole one."""
        path = self.ask("rev-parse", "--path-format=absolute", "--git-path", "shallow").strip()
        try:
            return " ".join(sorted(read_plain_text(Path(path), _MOST, errors="replace").split()))
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise GitFailed(f"{path}: {error.strerror}") from error

    def present(self, hashes: Iterable[str]) -> set[str]:
        """Those of these commits, by full hashes, that the repository has."""
        return {name for name, (_, kind, _) in self._objects(hashes).items() if kind == "commit"}

    def resolved(self, names: Iterable[str]) -> dict[str, str]:
        """The commits that these hashes, or beginnings of them, mean, by what was given."""
        found = self._objects(f"{name}^{{commit}}" for name in names)
        return {asked.removesuffix("^{commit}"): commit for asked, (commit, _, _) in found.items()}

    def astray(self, hashes: Iterable[str]) -> set[str]:
        """Those of these commits, which the repository has, that no ref or worktree leads to."""
        return self._not_reached(hashes, "--not", "--all")

    def beyond(self, hashes: Iterable[str], commit: str) -> set[str]:
        """Those of these commits, which the repository has, that do not lead to a commit."""
        return self._not_reached(hashes, f"^{commit}")

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether everything up to `old` is also up to `new`."""
        try:
            self.ask("merge-base", "--is-ancestor", END, old, new)
        except GitFailed:
            return False
        return True

    def moment(self, commit: str) -> datetime:
        """When a commit was made, by its own word."""
        said = self.ask("show", "--no-patch", "--format=%ct", END, commit)
        return moment_of(said.strip().rpartition("\n")[2])

    def commit_at(self, moment: datetime) -> str:
        """The last commit of what is checked out that was made before a moment; "" if none was."""
        before = f"--before={int(moment.timestamp())}"
        return self.ask("rev-list", "--max-count=1", before, "HEAD").strip()

    def between(self, old: str, new: str, *, limit: int) -> list[str]:
        """Up to `limit` commits up to `new` but not up to `old`, merges left out."""
        said = self.ask("rev-list", "--no-merges", f"--max-count={limit}", END, new, f"^{old}")
        return said.split()

    def count(self, *arguments: str) -> int:
        """How many commits `git rev-list` lists for these arguments."""
        return int(self.ask("rev-list", "--count", *arguments, seconds=LONG))

    def first_commits(self, head: str) -> set[str]:
        """The commits at which the history of one begins."""
        return set(self.ask("rev-list", "--max-parents=0", END, head, seconds=LONG).split())

    def ordered(self, commits: Collection[str]) -> list[str]:
        """These commits, each before those that led to it."""
        said = self.ask("rev-list", "--topo-order", "--stdin", told=commits, seconds=LONG)
        return [commit for commit in said.split() if commit in commits]

    # Trees and contents

    def tree(self, commit: str) -> list[TreeEntry]:
        """The files and links in a commit's tree, without those of submodules."""
        listing = self.run("ls-tree", "-r", "-z", "--full-tree", END, commit, seconds=LONG)
        return [entry for kind, entry in tree_entries(listing) if kind == "blob"]

    def nodes(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Node]:
        """What stands at these paths of these commits, by both.

        Nothing stands at a path that no text can name, and in a partial clone nothing where the
        repository has not the content.
        """
        asked = {f"{key[0]}:{key[1]}": key for key in wanted if can_be_named(key[1])}
        return {
            asked[name]: Node(id_, kind == "tree")
            for name, (id_, kind, _) in self._objects(asked).items()
            if kind in ("blob", "tree")
        }

    def listed(self, commit: str, paths: Collection[str]) -> dict[tuple[str, str], Node]:
        """Likewise of one commit, where contents may be elsewhere."""
        listing = self.run(
            "--literal-pathspecs", "ls-tree", "-z", "--full-tree", END, commit, "--", *sorted(paths)
        )
        return {
            (commit, entry.path): Node(entry.blob, kind == "tree")
            for kind, entry in tree_entries(listing)
        }

    def sizes(self, blobs: Iterable[str]) -> dict[str, int]:
        """How many bytes each of these has, by hash, as far as the repository has them."""
        return {id_: size for id_, kind, size in self._objects(blobs).values() if kind == "blob"}

    def blobs(self, hashes: Iterable[str]) -> dict[str, bytes]:
        """What these hold, by hash, as far as the repository has them."""
        said = self.run("cat-file", "--batch", told=hashes, seconds=LONG)
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

    def texts(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """What files hold at commits, or with "" in the worktree, as far as they can be read."""
        asked = list(dict.fromkeys(wanted))
        found = {}
        for key in asked:
            if not key[0] and (text := self._on_disk(key[1])) is not None:
                found[key] = text
        nodes = self.nodes(key for key in asked if key[0])
        sizes = self.sizes({node.id for node in nodes.values()})
        held = self.blobs({blob for blob, size in sizes.items() if size <= _LARGEST})
        for key, node in nodes.items():
            if node.id in held:
                found[key] = held[node.id].decode("utf-8", "replace")
        return found

    def grep(self, words: Collection[str], commit: str, endings: Sequence[str]) -> dict[str, str]:
        """The lines of files with these endings that have one of these words, as `path -> lines`.

        With `commit` "", those of the worktree. Words are of letters, digits and underscores,
        `endings` without their dot.
        """
        where = [commit] if commit else []
        # One pattern of all words takes a sixth of the time of as many patterns.
        plain = ("--no-color", "--no-line-number", "--no-column", "--no-recurse-submodules")
        options = ("-z", "-I", "-w", "-E", "--full-name", *plain, "-f", "-")
        kinds = [f"*.{ending}" for ending in endings]
        try:
            said = self.ask("grep", *options, *where, "--", *kinds, told=["|".join(sorted(words))])
        except GitFailed as error:
            if str(error) != NOTHING_SAID:
                raise
            return {}  # it found none, and says so with an exit code
        lines: dict[str, str] = {}
        for line in said.split("\n"):
            path, mark, text = line.partition("\0")
            if mark:
                path = path.removeprefix(f"{commit}:") if commit else path
                lines[path] = f"{lines.get(path, '')}{text}\n"
        return lines

    # Changes

    def changed_between(self, old: str, new: str) -> set[str]:
        """The paths that differ between two commits."""
        options = ("-r", "-z", "--name-only", "--no-renames")
        return set(_nameable(self._paths("diff-tree", *options, END, old, new)))

    def changed_lines(self, old: str) -> dict[str, list[tuple[int, int]]]:
        """The lines in which files of the worktree differ from a commit, first and last, by path.

        Where lines are only gone, it is the line before. Files that are gone have none, and those
        that git does not know are left out.
        """
        options = ("--unified=0", "--no-ext-diff", "--no-textconv", "--no-prefix", "--no-renames")
        said = self.run("diff", *options, "--diff-filter=d", END, old, seconds=LONG)
        found: dict[str, list[tuple[int, int]]] = {}
        lines: list[tuple[int, int]] = []
        for raw in said.split(b"\n"):
            if raw.startswith(b"+++ "):
                path = os.fsdecode(raw[4:]).removesuffix("\t")
                lines = found.setdefault(path, []) if can_be_named(path) else []
            elif hunk := _HUNK.match(raw):
                first, count = int(hunk[1]), int(hunk[2] or 1)
                lines.append((first, first + max(count, 1) - 1))
        return found

    def renames_between(self, old: str, new: str) -> dict[str, str]:
        """The files that have another path in the newer of two commits."""
        options = ("-r", "-z", "-M", "--diff-filter=R", "--name-status")
        words = self._paths("diff-tree", *options, END, old, new)
        pairs = zip(words[1::3], words[2::3], strict=False)
        return {old: new for old, new in pairs if can_be_named(old + new)}

    def changed_since(self, commit: str) -> set[str]:
        """The files that git knows and in which the worktree differs from a commit."""
        options = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv")
        return {
            path for path in self._paths("diff", *options, END, commit, "--") if can_be_named(path)
        }

    def renamed_since(self, commit: str, until: str = "") -> dict[str, str]:
        """The files that have another path in the worktree, or in a later commit, than in one.

        In a clone without the contents of all commits, those that moved as they were.
        """
        options = ("-z", "--diff-filter=R", "--name-status", "--no-ext-diff")
        ends = (commit, until) if until else (commit,)
        try:
            words = self._paths("diff", *options, "-M", END, *ends, "--")
        except GitFailed:
            words = self._paths("diff", *options, "-M100%", END, *ends, "--")
        pairs = zip(words[1::3], words[2::3], strict=False)
        return {old: new for old, new in pairs if can_be_named(old + new)}

    def uncommitted(self) -> Uncommitted:
        """What the worktree has changed and not committed.

        Files that git does not know are left out, and those that no text can name.

        Raises:
            GitFailed: there is no worktree, or it cannot be looked at.
        """
        options = ("--name-status", "-z", "-M", "--no-ext-diff")
        words = iter(self._paths("diff", *options, "HEAD", "--"))
        changed, deleted, renamed = set[str](), set[str](), dict[str, str]()
        for letter in words:
            path = next(words)
            if letter[0] == "R":
                renamed[path] = next(words)
            else:
                (deleted if letter[0] == "D" else changed).add(path)
        there = {old: new for old, new in renamed.items() if can_be_named(old + new)}
        return Uncommitted(_nameable(changed), _nameable(deleted | (renamed.keys() - there)), there)

    def line_commits(self, path: str) -> dict[int, str]:
        """Which commit brought each line of a file, by its number; uncommitted ones have zeros."""
        options = ("--porcelain", "--no-ignore-revs-file", "--no-textconv")
        said = self.run("blame", *options, "--", path, seconds=LONG)
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

    def has_history(self, path: str) -> bool:
        """Whether a commit that led to what is checked out changed a file, or one in a folder."""
        said = self.ask("log", "--max-count=1", "--format=%H", "HEAD", "--", f":(literal){path}")
        return bool(said.strip())

    def files_like(self, *patterns: str) -> list[str]:
        """The files of the index that match one of these pathspecs."""
        return self._paths("ls-files", "-z", "--", *patterns)

    def removed_files_like(self, *patterns: str) -> list[str]:
        """Those that some commit which led to what is checked out removed, often several times."""
        log = ("log", "-z", "--format=", "--name-only", "--no-renames", "--diff-filter=D")
        return [path.strip() for path in self._paths(*log, "HEAD", "--", *patterns)]

    # The worktree's own files

    def blob_on_disk(self, path: str, like: str) -> str | None:
        """The hash that a file of the worktree would have; None where it cannot be read."""
        try:
            return blob_id(read_plain(self.root / path, _MOST), like=like)
        except OSError:
            return None

    def written_at(self, path: str) -> int:
        """When a file of the worktree was written, in nanoseconds; 0 if it is not there."""
        try:
            return os.lstat(f"{self.root}/{path}").st_mtime_ns  # a path object takes longer
        except OSError:
            return 0

    def _on_disk(self, path: str) -> str | None:
        try:
            return read_plain_text(self.root / path, _LARGEST, errors="replace")
        except OSError:
            return None

    def _objects(self, names: Iterable[str]) -> dict[str, tuple[str, str, int]]:
        """The hash, type and size of each object that the repository has, by the name given."""
        asked = list(dict.fromkeys(names))
        if not asked:
            return {}
        said = self.ask("cat-file", "--batch-check", told=asked, seconds=LONG)
        lines = (line.split(" ") for line in said.split("\n")[:-1])
        return {
            name: (words[0], words[1], int(words[2]))
            for name, words in zip(asked, lines, strict=True)
            if len(words) == 3 and words[2].isdecimal()
        }

    def _not_reached(self, hashes: Iterable[str], *excluded: str) -> set[str]:
        hashes = set(hashes)
        if not hashes:
            return set()
        said = self.ask("rev-list", "--stdin", *excluded, told=sorted(hashes), seconds=LONG)
        return hashes.intersection(said.split())

    def _paths(self, *arguments: str) -> list[str]:
        return [text for text in os.fsdecode(self.run(*arguments)).split("\0") if text]

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


def tree_entries(listing: bytes) -> list[tuple[str, TreeEntry]]:
    """What `ls-tree -z` lists, each entry behind its type."""
    entries = []
    for line in listing.split(b"\0"):
        described, _, path = line.partition(b"\t")
        if path:
            mode, kind, blob = described.decode().split()
            entries.append((kind, TreeEntry(mode, blob, os.fsdecode(path))))
    return entries


def _nameable(paths: Iterable[str]) -> frozenset[str]:
    return frozenset(path for path in paths if can_be_named(path))
