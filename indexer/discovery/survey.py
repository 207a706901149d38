"""A walk through a project that finds out on the way which folders hold records."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.discovery.looks import TELLING_ENDINGS, discover, may_tell, unsettled
from indexer.formats.record_names import holds_fields, is_page_beside
from indexer.formats.registry import endings_of, finder
from indexer.scanner import Scan, scan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from indexer.discovery.looks import Discovery
    from indexer.formats.document import Format
    from indexer.scanner import SeenFile


@dataclass(frozen=True)
class Survey:
    """A project's files, each with a format that reads it, and what was found on the way."""

    scan: Scan
    formats: tuple[Format, ...]
    discovery: Discovery


def survey(
    root: Path,
    formats: Iterable[Format],
    before: Discovery,
    *,
    ignore: Sequence[str] = (),
    only: Collection[str] | None = None,
    outside: Iterable[SeenFile] = (),
) -> Survey:
    """Walk through a project, or to some of its paths, and find out what its folders are.

    With all of it, the files `outside` of it that belong to it are seen, too.

    Where a page there may make its folder one of records, all of that folder is looked at.
    """
    known = knowing(formats, before)
    seen = _scan(root, known, ignore, only and with_pages(only))
    if seen.only is not None and (more := unsettled(seen, before)):
        seen = _scan(root, known, ignore, {*seen.only, *more})
    found = discover(root, _whole(seen), before)
    if found.folders() != before.folders():
        known = knowing(formats, found)
        was, now = before.folders(), found.folders()
        newly = (now.declared - was.declared, now.bundles - was.bundles, now.records - was.records)
        if new := frozenset().union(*newly):
            seen = _with(seen, _scan(root, known, ignore, new if seen.only is None else None))
            found = discover(root, _whole(seen), found)
    find = finder(known)
    further = outside if seen.only is None else ()
    files = tuple(
        one for one in (*seen.files, *further) if find(PurePosixPath(one.path)) is not None
    )
    return Survey(replace(seen, files=_with_fields(files, seen.files)), known, found)


def with_pages(only: Collection[str]) -> set[str]:
    """Paths to look at, with the folder of each that holds fields of the page beside it."""
    paths = (PurePosixPath(one) for one in only)
    return {str(one.parent) if holds_fields(one) else str(one) for one in paths}


def _whole(seen: Scan) -> Scan:
    """A scan whose pages have with them the files that hold their fields."""
    return replace(seen, files=_with_fields(seen.files, seen.files))


def _with_fields(files: Sequence[SeenFile], seen: Sequence[SeenFile]) -> tuple[SeenFile, ...]:
    """Files, those with a file of fields beside them as they and that one are together."""
    paths = ((PurePosixPath(one.path), one) for one in seen)
    fields = {path.parent: one for path, one in paths if holds_fields(path)}

    def together(one: SeenFile) -> SeenFile:
        path = PurePosixPath(one.path)
        beside = fields.get(path.parent) if is_page_beside(path) else None
        if beside is None:
            return one
        mtime = max(one.mtime_ns, beside.mtime_ns)
        size = one.size + beside.size
        ctime = max(one.ctime_ns, beside.ctime_ns)
        return replace(one, beside=beside.path, size=size, mtime_ns=mtime, ctime_ns=ctime)

    return tuple(map(together, files)) if fields else tuple(files)


def knowing(formats: Iterable[Format], discovery: Discovery) -> tuple[Format, ...]:
    """The formats with what was found out of folders."""
    found = discovery.folders()
    return tuple(each.knowing(found) for each in formats)


def _with(seen: Scan, more: Scan) -> Scan:
    """A walk through everything with what another one saw, which knew more of some folders."""
    if more.only is None:
        return more
    files = {one.target or one.path: one for one in (*seen.files, *more.files)}
    return Scan(
        tuple(sorted(files.values(), key=lambda one: one.path)),
        tuple(sorted({*seen.problems, *more.problems}, key=lambda one: one.path)),
        tuple(sorted({*seen.blind, *more.blind})),
    )


def _scan(
    root: Path, formats: Sequence[Format], ignore: Sequence[str], only: Collection[str] | None
) -> Scan:
    find, endings = finder(formats), endings_of(formats)
    return scan(
        root,
        lambda path: find(path) is not None or may_tell(path),
        endings=None if endings is None else endings | TELLING_ENDINGS,
        ignore=ignore,
        only=only,
    )
