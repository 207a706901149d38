"""What the path of a file says of it: its module, and whether it is code."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import dropwhile, takewhile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from memory.texts.lexicon import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePath

_TEST_NAME = re.compile(
    r"^(?:test_.*|conftest\.py|.*(?:_test|_spec|\.test|\.spec|\.stories|tests?))\.\w+$|"
    r"^.*(?<=[a-z])(?:Test|Tests|TestCase|Spec|IT)\.\w+$"
)
_WILD = re.compile(r"[*?\[{]")
#: What a program wrote.
_GENERATED = re.compile(
    r"(?:\.pb\.(?:\w+\.)?\w+|_pb2(?:_grpc)?\.pyi?|\.gen\.\w+|\.g\.dart|_generated\.\w+|"
    r"generated_\w+\.\w+|\.min\.js|\.d\.ts|_gen\.go|\.sql\.go|-lock\.\w+|\.lock)$"
)


def path_from(root: PurePath, place: PurePath) -> str | None:
    """A place by its path from the root, with forward slashes; None outside of it."""
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else None


def is_test(path: str) -> bool:
    """Whether a file is there to test others."""
    *folders, name = path.split("/")
    return _is_in(folders, "test_folders") or bool(_TEST_NAME.match(name))


@lru_cache(maxsize=16_384)  # the same files are asked about for each commit that is looked at
def is_code(path: str) -> bool:
    """Whether people work on a file as part of the program: no test, document or made thing."""
    *folders, name = path.split("/")
    if any(folder.startswith(".") for folder in folders) or _GENERATED.search(name):
        return False
    if _is_in(folders, "aside_folders") or is_test(path):
        return False
    return PurePosixPath(name).suffix.lower() in words_of("paths", "code_endings")


def modules_of(paths: Iterable[str], known: Iterable[str]) -> list[str]:
    """The modules that files belong to, each once, in alphabetical order."""
    names = names_by_fold(known)
    return sorted({module for path in paths if (module := module_of(path, names))})


def names_by_fold(known: Iterable[str]) -> dict[str, str]:
    """Names of modules by how they are compared, for `module_of`."""
    return {_folded(name): name for name in known}


def module_of(path: str, known: dict[str, str]) -> str | None:
    """The module of one file; None for what belongs to none.

    That is the first part of the path, a file's name without its ending included, that the
    memory knows as a module. Failing that it is the first folder below the usual containers, or
    below the root where there are none: `packages/billing/src/tax.ts` is billing's, and so are
    `billing/tax.py` and `billing/src/tax.py`.
    """
    *folders, name = path.split("/")
    if any(part.startswith(".") for part in folders):
        return None
    if not words_of("paths", "no_modules").isdisjoint(folders):
        return None
    for part in (*folders, name.partition(".")[0]):
        if _folded(part) in known:
            return known[_folded(part)]
    containers = words_of("paths", "containers")
    outer = list(takewhile(lambda part: part.casefold() not in containers, folders))
    inner = list(dropwhile(lambda part: part.casefold() in containers, folders[len(outer) :]))
    is_contained = len(outer) < len(folders)
    by_domain = not words_of("paths", "by_domain").isdisjoint(folders)
    if inner and by_domain and inner[0] in words_of("paths", "domains"):
        inner = [] if outer else inner[2:]  # behind the owner's name: com.example.payments
    return next(iter(inner if is_contained and inner else outer), None)


def module_of_pattern(pattern: str) -> str | None:
    """The module that a pattern such as `src/payments/**/*.ts` is about; None if it is about more.

    What is no path is a module's name.
    """
    said = pattern.strip().strip("`'\"").removeprefix("./").lstrip("/")
    plain = "/".join(takewhile(lambda part: not _WILD.search(part), said.split("/")))
    if "/" not in said:
        return None if _WILD.search(said) else said or None
    is_file = plain == said and not said.endswith("/") and "." in said.rpartition("/")[2]
    return module_of(plain if is_file else f"{plain.rstrip('/')}/", {}) if plain else None


def stated_modules(names: Iterable[str]) -> tuple[str, ...]:
    """The modules that a record says it applies to: of a path its module, nothing for "all".

    What has more than three words is a sentence and no name; nor is what has a link's brackets.
    """
    found = []
    for name in names:
        if re.search(r"[][()<>{}#&|:]", name):
            continue
        is_path = name.count("/") > 1 or name.endswith("/") or _WILD.search(name)
        module = module_of_pattern(name) if is_path else name
        everything = words_of("paths", "every_module")
        if module and module.casefold() not in everything and len(module.split()) <= 3:
            found.append(module)
    return tuple(dict.fromkeys(found))


def _is_in(folders: Iterable[str], listed: str) -> bool:
    return not words_of("paths", listed).isdisjoint(folder.lower() for folder in folders)


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-")
