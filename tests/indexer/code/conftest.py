"""Small projects of code, read from nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.code.code_reader import rebuild
from memory.code.codebase import Grade

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from memory.code.codebase import CodeBase


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def edges(code: CodeBase, *grades: Grade) -> set[tuple[str, str]]:
    """Source and target of edges, as they are called in full."""
    return {
        (code.called(one.source), code.called(one.target))
        for one in code.edges
        if one.grade in (grades or (Grade.IMPORT,))
    }


def imports(code: CodeBase, *, type_checking: bool | None = None) -> set[tuple[str, str]]:
    return {
        (code.files[one.source.path].name, code.files[one.target.path].name)
        for one in code.edges
        if one.grade is Grade.IMPORT and type_checking in {None, one.type_checking}
    }


@pytest.fixture
def read(tmp_path: Path) -> Callable[[dict[str, str]], CodeBase]:
    """Reads the code of files, given by their paths."""

    def read_files(files: dict[str, str]) -> CodeBase:
        write(tmp_path, files)
        return rebuild(tmp_path)

    return read_files
