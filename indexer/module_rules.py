"""The modules that a project declares: in `archmem.toml`, or in a file of rules that it has.

Such files are `tach.toml`, `deptrac.yaml` and `.go-arch-lint.yml`. What `archmem.toml` says comes
first; of a name that both declare it has the last word. To read another one, add it to `_FILES`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from indexer.markup.yaml_text import load
from memory.texts.plain_file import read_plain_text, real_path
from memory.texts.toml_text import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

Declared = dict[str, tuple[str, ...]]
_LARGEST = 1_000_000  # bytes
_LITERAL = re.compile(r"[\w./@-]*")  # of a pattern, before it becomes one


def declared_modules(root: Path, own: Mapping[str, Sequence[str]]) -> Declared:
    """The folders or patterns of each module, by its name.

    Args:
        root: The worktree.
        own: What `archmem.toml` declares.
    """
    found: Declared = {name: tuple(folders) for name, folders in own.items()}
    for file, read in _FILES.items():
        try:
            if not real_path(root / file).is_relative_to(root.resolve()):
                continue
            text = read_plain_text(root / file, _LARGEST)
            said = read_toml(text) if file.endswith(".toml") else load(text)
            rules = dict(read(root, said))
        except (OSError, ValueError, yaml.YAMLError, AttributeError, TypeError, KeyError):
            continue  # its own tool says what is wrong with it
        taken = {folder.rstrip("/") for folders in found.values() for folder in folders}
        for name, folders in rules.items():
            if name not in found and not taken.intersection(folders):
                found[name] = folders
    return found


def _tach(root: Path, said: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """`[[modules]]` with a dotted `path`, or `paths`, below one of `source_roots`."""
    sources = said.get("source_roots", ["."])
    listed = [
        path
        for one in said["modules"]
        for path in one.get("paths", [one.get("path", "")])
        if path and not path.startswith("<")
    ]
    lasts = [path.rpartition(".")[2] for path in listed]
    for path, last in zip(listed, lasts, strict=True):
        folders = []
        for source in sources:
            place = (root / source / path.replace(".", "/")).relative_to(root).as_posix()
            folders += [one for one in (place, f"{place}.py") if (root / one).exists()]
        if folders:
            yield (last if lasts.count(last) == 1 else path), tuple(folders)


def _deptrac(root: Path, said: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """`layers` with collectors of directories, whose value is a regular expression."""
    for layer in said.get("deptrac", said)["layers"]:
        folders = tuple(
            folder
            for one in layer["collectors"]
            if one["type"] == "directory" and (folder := _folder(root, one))
        )
        if folders:
            yield layer["name"], folders


def _folder(root: Path, collector: dict[str, Any]) -> str:
    """The folder that such an expression begins with, if it is one."""
    pattern = (
        str(collector.get("value", collector.get("regex", ""))).lstrip("#^").removeprefix("./")
    )
    found = _LITERAL.match(pattern)
    folder = found[0].removesuffix(".").rstrip("/") if found else ""
    return folder if folder and (root / folder).is_dir() else ""


def _go_arch_lint(root: Path, said: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """`components`, each `in` a folder or several below `workdir`."""
    workdir = str(said.get("workdir", "")).strip("./")
    for name, one in said["components"].items():
        inside = one["in"] if isinstance(one["in"], list) else [one["in"]]
        folders = (f"{workdir}/{folder}".strip("/") for folder in inside)
        there = tuple(one for one in folders if "*" in one or (root / one).exists())
        if there:
            yield name, there


_FILES: dict[str, Callable[[Path, dict[str, Any]], Iterator[tuple[str, tuple[str, ...]]]]] = {
    "tach.toml": _tach,
    "deptrac.yaml": _deptrac,
    "deptrac.yml": _deptrac,
    ".go-arch-lint.yml": _go_arch_lint,
}
