"""All files of contracts in a project, and what they declare."""

from __future__ import annotations

import inspect
import pkgutil
import re
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING

import indexer.code.contracts
from indexer.apart import TooHeavy
from indexer.code.code_files import is_installed
from indexer.code.contracts import ContractReader
from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from memory.code.checks.check import CannotTell, Check, NotEvaluated
from memory.code.testing import is_test
from memory.texts.plain_file import read_plain_text, real_path

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST = 1_000_000  # bytes
#: What reading a file raises that says other things than its tool understands, or nests too deep.
_ODD = (ValueError, TypeError, LookupError, AttributeError, RecursionError, re.error)


@cache
def contract_readers() -> tuple[ContractReader, ...]:
    """Every tool, by name."""
    package = indexer.code.contracts
    found = {
        value
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
        if module.name != __name__
        for value in vars(import_module(module.name)).values()
        if inspect.isclass(value) and issubclass(value, ContractReader)
        if not inspect.isabstract(value)
    }
    return tuple(sorted((each() for each in found), key=lambda one: one.tool))


def read_contracts(root: Path) -> list[Check]:
    """The contracts of a worktree, by tool and file; those of tests and installed packages not."""
    paths = _paths(root)
    found: list[Check] = []
    for reader in contract_readers():
        folders: set[str] = set()
        if added := [path for path in paths if path.rpartition("/")[2] in reader.beside]:
            demand = NotEvaluated("what it adds to the others is not read")
            found.append(Check("all contracts", demand, reader.tool, added[0], 1, kind=reader.tool))
            continue
        own = [path for path in paths if path.rpartition("/")[2] in reader.names]
        for path in sorted(own, key=lambda one: reader.names.index(one.rpartition("/")[2])):
            if path.rpartition("/")[0] in folders:
                continue
            checks = _read(reader, root, path)
            found += checks
            if checks:
                folders.add(path.rpartition("/")[0])
    return found


def _read(reader: ContractReader, root: Path, path: str) -> list[Check]:
    try:
        text = _inside(root, root / path)
        return list(reader.read(path, text, partial(_text, root, (root / path).parent)))
    except FileNotFoundError:  # git knows it, and it was taken away
        return []
    except (OSError, TooHeavy, CannotTell, *_ODD) as error:
        reason = f"the file is not understood: {error}"
        demand = NotEvaluated(reason)
        return [Check("all contracts", demand, reader.tool, path, 1, kind=reader.tool)]


def _inside(root: Path, file: Path) -> str:
    """The text of a file of the project; what is told of one that is not understood quotes it.

    Raises:
        OSError, ValueError: it cannot be read, or leads out of the project.
    """
    if not real_path(file).is_relative_to(root.resolve()):
        raise ValueError("it leads out of the project")
    return read_plain_text(file, _LARGEST)


def _text(root: Path, folder: Path, path: str) -> str:
    try:
        return _inside(root, folder / path)
    except (OSError, ValueError):
        return ""


def _paths(root: Path) -> list[str]:
    names = [name for reader in contract_readers() for name in (*reader.names, *reader.beside)]
    there = [name for name in names if (root / name).is_file()]
    try:
        below = Repository(root).files_like(*(f":(glob)**/{name}" for name in names))
    except GitFailed:
        below = []
    wanted = (path for path in (*there, *below) if not is_installed(path) and not is_test(path))
    return sorted(dict.fromkeys(wanted))
