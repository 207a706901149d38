"""What became of files along the main line of history: contents, renames, additions, removals.

The main line goes from each commit to its first parent, so that it is the line of what was checked
out: what a merge brought counts from the merge on.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from indexer.git.process import END
from indexer.git.repository import moment_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from indexer.git.repository import Repository

MOST = 20_000  # commits that change such files, the latest ones; of more, the rest is not read
FOLDERS = 30  # that git is asked about by name; of more, those around them
HOPS = 4  # folders that files came from, one after the other
SURE = 90  # percent of a file that stayed the same: it was renamed, whatever it is called
LIKELY = 60  # the same, where the names say nothing against it
_MARK = "\x1e"
_FORMAT = f"--format={_MARK}%H%x00%P%x00%ct%x00%at%x00"
_CHANGE = re.compile(
    r":\d+ (?P<mode>\d+) (?P<old>\w+) (?P<new>\w+) (?P<letter>[A-Z])(?P<score>\d*)$"
)
_FILE_MODES = ("100644", "100755", "100664", "000000")
_NUMBER = re.compile(r"\d+")


class PathChange(NamedTuple):
    """What a commit did to a file, against its first parent."""

    letter: str  # A, D, M, R or T
    path: str
    origin: str  # where it was before, if it was renamed
    old: str  # blobs
    new: str
    score: int  # percent of a renamed file that stayed the same


class LineageStep(NamedTuple):
    """One commit of the main line."""

    commit: str  # in full
    is_merge: bool
    at: datetime  # when it came to the line: the committer's date
    written_at: datetime  # the author's date
    changes: list[PathChange]


class Blob(NamedTuple):
    """What a file held from a commit on."""

    step: LineageStep
    path: str  # then
    blob: str  # "" where the commit removed it


@dataclass
class Lineage:
    """One file that is there today, the latest first."""

    blobs: list[Blob] = field(default_factory=list)
    is_whole: bool = False  # whether its beginning is among them


def trace(
    git: Repository, head: str, paths: Collection[str], *, after: str = ""
) -> tuple[dict[str, Lineage], bool]:
    """The lineages of files, by path, and whether all of them could be read.

    Args:
        git: The repository.
        head: The commit, in full, from which to look back.
        paths: Of the files there.
        after: A commit of the main line up to which nothing is looked at; "" for all.
    """
    folders = _fewer(map(_folder, paths))
    back_to = [f"^{after}"] if after else []
    arguments = ("--first-parent", "-m", f"--max-count={MOST}", head, *back_to)
    found: dict[str, Lineage] = {}
    steps: list[LineageStep] = []
    for _ in range(HOPS):
        steps = list(_log(git, arguments, folders))
        found = _follow(steps, paths)
        came_from = _origins(git, found).difference(folders)
        if not folders or not came_from:
            break
        folders = _fewer([*folders, *came_from])
    return found, len(steps) < MOST


def first_parents(git: Repository, head: str, after: str) -> bool:
    """Whether the main line up to `head` goes through a commit."""
    if head == after:
        return True
    told = git.ask("rev-list", "--first-parent", "--parents", END, head, f"^{after}").split("\n")
    last = told[-2].split() if len(told) > 1 else []
    return len(last) > 1 and last[1] == after


def written(
    git: Repository, head: str, wanted: Iterable[Blob]
) -> dict[tuple[str, str], LineageStep]:
    """Who wrote what a merge brought: the commits on other lines, by path and blob.

    Where several brought the same, the first one. By a path and no blob, who added the file.
    """
    asked = {(one.path, one.blob) for one in wanted if one.step.is_merge and one.blob}
    if not asked:
        return {}
    paths = {path for path, _ in asked}
    found: dict[tuple[str, str], LineageStep] = {}
    arguments = ("--no-merges", "--topo-order", f"--max-count={MOST}", head)
    for step in _log(git, arguments, _fewer(_folder(path) for path, _ in asked)):
        for change in step.changes:
            if (change.path, change.new) in asked:
                found[change.path, change.new] = step
            if change.letter in "AR" and change.path in paths:
                found[change.path, ""] = step
    return found


def _log(
    git: Repository, arguments: Sequence[str], folders: Sequence[str]
) -> Iterator[LineageStep]:
    plain = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-notes")
    renames = ["-M100%"] if git.is_partial() else ["-M50%", "-l1000"]
    raw = ("--raw", "--no-abbrev", *renames)
    texts = git.stream(
        "--literal-pathspecs", "log", "-z", _FORMAT, *plain, *raw, *arguments, "--", *folders
    )
    return _read(texts)


def _read(texts: Iterator[str]) -> Iterator[LineageStep]:
    step: LineageStep | None = None
    for raw in texts:
        text = raw.removeprefix("\n")
        if text.startswith(_MARK):
            if step is not None:
                yield step
            parents, at, written_at = itertools.islice(texts, 3)
            is_merge = len(parents.split()) > 1
            step = LineageStep(
                text[len(_MARK) :], is_merge, moment_of(at), moment_of(written_at), []
            )
        elif step is not None and (match := _CHANGE.match(text)):
            renamed = match["letter"] in "RC"
            *origin, path = itertools.islice(texts, 2 if renamed else 1)
            if match["mode"] in _FILE_MODES:
                score = int(match["score"] or 0)
                change = (match["letter"], path, "".join(origin), match["old"], match["new"], score)
                step.changes.append(PathChange(*change))
    if step is not None:
        yield step


def _follow(steps: Iterable[LineageStep], paths: Iterable[str]) -> dict[str, Lineage]:
    found = {path: Lineage() for path in paths}
    now = {path: path for path in found}  # where each file was -> where it is
    begun: dict[str, tuple[str, str]] = {}  # path where one began -> where it is, and its blob
    for step in steps:
        moved: dict[str, str] = {}
        for change in step.changes:
            here = now.get(change.path)
            if here is None:
                back = begun.get(change.path)
                if change.letter == "D" and back and back[1] == change.old:  # it came back later
                    moved[change.path] = back[0]
                    found[back[0]].blobs.append(Blob(step, change.path, ""))
                    found[back[0]].is_whole = False
                continue
            if change.letter == "D":
                continue
            found[here].blobs.append(Blob(step, change.path, change.new))
            if change.letter == "R" and _is_renamed(change):
                now.pop(change.path)
                moved[change.origin] = here
            elif change.letter in "AR":
                now.pop(change.path)
                begun[change.path] = (here, change.new)
                found[here].is_whole = True
        now |= moved
    return found


def _is_renamed(change: PathChange) -> bool:
    """Whether git's guess is right: records made from one template are much alike."""
    numbers = [_NUMBER.search(_name(path)) for path in (change.origin, change.path)]
    if all(numbers):
        same = int(numbers[0][0]) == int(numbers[1][0])  # type: ignore[index]
        return same or change.score >= SURE
    return change.score >= LIKELY or posixpath.basename(change.origin) == posixpath.basename(
        change.path
    )


def _name(path: str) -> str:
    """The name of a record: of its folder, where it has one to itself."""
    folder, name = posixpath.split(path)
    return name if _NUMBER.search(name) else posixpath.basename(folder)


def _origins(git: Repository, found: Mapping[str, Lineage]) -> set[str]:
    """The folders from which files came that seem to begin where git was asked about them."""
    began = {
        (one.blobs[-1].step.commit, one.blobs[-1].path) for one in found.values() if one.is_whole
    }
    commits = sorted({commit for commit, _ in began})
    places: set[str] = set()
    for start in range(0, len(commits), 500):
        some = commits[start : start + 500]
        arguments = ("--no-walk=unsorted", "--first-parent", "-m", "--diff-filter=R", *some)
        for step in _log(git, arguments, ()):
            for change in step.changes:
                if (step.commit, change.path) in began and _is_renamed(change):
                    places.add(_folder(change.origin))
    return places


def _folder(path: str) -> str:
    return posixpath.dirname(path) or path


def _fewer(folders: Iterable[str]) -> list[str]:
    """These folders, or what is around them where they are many; none for everything."""
    folders = set(folders)
    while len(folders) > FOLDERS:
        folders = {posixpath.dirname(folder) for folder in folders}
        if "" in folders:
            return []
    return sorted(folders)
