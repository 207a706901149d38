"""The facts of code themselves, in rows that anyone can hold against another tool's."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from memory.code.codebase import Grade
from memory.code.findings.duplication import clone_rows
from memory.models.code import Doubts, Inventory, InventoryOf, Missed
from memory.texts.formatting import counted
from memory.texts.lexicon import read_lexicon
from memory.texts.module_names import same_modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from memory.code.codebase import Answered, CodeBase
    from memory.code.findings.rule import Tokens

Row = dict[str, Any]
_TOLD = {  # what of the unresolved concerns whom
    "routes": {"route", "unread routes"},
    "tables": {"table", "unread tables"},
}
_UNREAD = "unread "  # before a sort of facts
_IMPORTS = frozenset({"import", "reference", "dynamic"})


def inventory(
    code: CodeBase,
    what: InventoryOf,
    modules: Sequence[str] = (),
    path: str = "",
    tokens: Tokens | None = None,
) -> Inventory:
    """The facts of one sort, by file and line.

    Args:
        code: All of it.
        what: Of which sort.
        modules: Only of files of one of these.
        path: Only of this file, or of files in this folder.
        tokens: What clones are found in; None where nobody reads them.
    """

    def wanted(file: str) -> bool:
        if path and file != path and not file.startswith(f"{path.rstrip('/')}/"):
            return False
        return not modules or (
            file in code.files and same_modules([code.files[file].module], modules)
        )

    clones = clone_rows(code, tokens()) if what == "clones" and tokens else ()
    told = clones if what == "clones" else _ROWS[what](code)
    rows = tuple(row for file, row in told if wanted(file))
    return Inventory(what=what, rows=rows, doubts=doubts(code, wanted, _TOLD.get(what, _IMPORTS)))


def doubts(
    code: CodeBase,
    wanted: Callable[[str], bool] = lambda _: True,
    about: Sequence[str] | set[str] | frozenset[str] = (),
) -> Doubts:
    """What could not be told of some files, and of some sorts; of all if none is named."""
    return Doubts(
        unresolved=tuple(
            Missed(what=one.what, name=one.name, file=one.path, line=one.line, reason=one.reason)
            for one in code.unresolved
            if wanted(one.path) and (not about or one.what in about)
        ),
        unread=dict(code.unread),
        opaque_calls=sum(file.opaque for file in code.files.values() if wanted(file.path))
        if not about or "import" in about
        else 0,
    )


def _edges(code: CodeBase) -> Iterator[tuple[str, Row]]:
    seen = set()
    for one in code.edges:
        source, target = code.files[one.source.path], code.files[one.target.path]
        if source is target and one.grade is not Grade.IMPORT:
            continue
        row = (source.name, target.name, one.grade, one.line, one.type_checking)
        if row in seen:
            continue
        seen.add(row)
        yield (
            source.path,
            {
                "source": source.name,
                "target": target.name,
                "grade": str(one.grade),
                "file": source.path,
                "line": one.line,
                "type_checking": one.type_checking,
            },
        )


def _routes(code: CodeBase) -> Iterator[tuple[str, Row]]:
    for one in code.routes:
        yield (
            one.file,
            {
                "method": one.method,
                "path": one.path,
                "handler": one.handler,
                "file": one.file,
                "line": one.line,
                "auth": _answer(one.auth),
                "authorisation": _answer(one.authorisation),
                "validation": _answer(one.validation),
                "rate_limit": _answer(one.rate_limit),
                "middleware": list(one.middleware),
                "registered": one.registered,
            },
        )


def _answer(one: Answered) -> Row:
    return one._asdict()


def _tables(code: CodeBase) -> Iterator[tuple[str, Row]]:
    for one in code.tables:
        yield (
            one.file,
            {
                "table": one.table,
                "columns": [column._asdict() for column in one.columns],
                "primary_key": list(one.primary_key),
                "foreign_keys": [
                    {
                        "columns": list(key.columns),
                        "references": key.references,
                        "referenced": list(key.referenced),
                        "on_delete": key.on_delete,
                    }
                    for key in one.foreign_keys
                ],
                "indexes": [list(columns) for columns in one.indexes],
                "unique": [list(columns) for columns in one.unique],
                "model": one.model,
                "file": one.file,
                "line": one.line,
                "created": one.created,
                "whole": one.whole,
            },
        )


def _symbols(code: CodeBase) -> Iterator[tuple[str, Row]]:
    for place, one in code.symbols.items():
        yield (
            place.path,
            {
                "symbol": code.called(place),
                "kind": one.kind,
                "visibility": one.visibility,
                "bases": list(one.bases),
                "annotations": list(one.annotations),
                "file": place.path,
                "line": one.line,
                "last_line": one.last_line,
            },
        )


def _tests(code: CodeBase) -> Iterator[tuple[str, Row]]:
    needs: dict[str, set[str]] = {}
    for edge in code.edges:
        source, target = code.files[edge.source.path], code.files[edge.target.path]
        if source.is_test and not target.is_test:
            needs.setdefault(source.path, set()).add(target.name)
    for path, file in code.files.items():
        if file.is_test and file.lines:  # an empty file only makes a package
            yield (
                path,
                {
                    "test": file.name,
                    "file": path,
                    "module": file.module,
                    "lines": file.lines,
                    "reaches": sorted(needs.get(path, ())),
                    "known_by": "import",
                },
            )


def _modules(code: CodeBase) -> Iterator[tuple[str, Row]]:
    for path, file in code.files.items():
        yield (
            path,
            {
                "module": file.module,
                "name": file.name,
                "file": path,
                "language": file.language,
                "lines": file.lines,
                "is_test": file.is_test,
            },
        )


_ROWS: dict[str, Callable[[CodeBase], Iterator[tuple[str, Row]]]] = {
    "edges": _edges,
    "routes": _routes,
    "tables": _tables,
    "symbols": _symbols,
    "tests": _tests,
    "modules": _modules,
}


def unread_facts(code: CodeBase) -> dict[str, str]:
    """Of which sorts, "routes" or "tables", some may be in what is not read: which.

    That is a framework, or a language but of pages, of which `CodeBase.unread` has a pattern of
    its files; or one that is read, where it is imported and nothing was found, as it is used by
    a wrapper, or where places that say one were not understood.
    """
    pages = unread_pages(code)
    languages = [
        f"not read: {why}"
        for path, why in code.unread.items()
        if path.startswith("*.") and path not in pages
    ]
    found: dict[str, list[str]] = {
        sort: list(languages) for sort in ("routes", "tables") if languages
    }
    for one in code.unresolved:
        if one.what.startswith(_UNREAD):
            found.setdefault(one.what.removeprefix(_UNREAD), []).append(one.reason)
    for sort in ("routes", "tables"):
        lost = Counter(one.reason for one in code.unresolved if one.what == sort.removesuffix("s"))
        if lost:
            (reason, _), *others = lost.most_common()
            most = "most since " if others else ""
            said = f"{counted(lost.total(), 'place')} not understood: {most}{reason}"
            found.setdefault(sort, []).append(said)
    if not code.routes and (serving := _serving(code)):
        found.setdefault("routes", []).append(f"none was found, though {serving} is imported")
    return {what: "; ".join(reasons) for what, reasons in found.items()}


def unread_pages(code: CodeBase) -> dict[str, str]:
    """Files that are not read and have pages alone, by their pattern: which."""
    endings = read_lexicon("code")["pages"]["endings"]
    patterns = (f"*.{ending}" for ending in endings)
    return {one: code.unread[one] for one in patterns if one in code.unread}


def _serving(code: CodeBase) -> str:
    """A framework that serves routes and is imported; "" without one."""
    wanted: dict[str, str] = {
        one: name for name, said in read_lexicon("code")["serving"].items() for one in said
    }
    for one in code.outside:
        parts = re.split(r"[./\\]", one.name)
        for length in range(1, len(parts) + 1):
            name = wanted.get("/".join(parts[:length]))
            if name and not code.files[one.path].is_test:
                return name
    return ""
