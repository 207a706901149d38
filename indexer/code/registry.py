"""All languages, frameworks and schemas, as their folders hold them."""

from __future__ import annotations

import fnmatch
import inspect
import pkgutil
import re
from functools import cache, lru_cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

import indexer.code.frameworks
import indexer.code.languages
import indexer.code.queries
import indexer.code.schema
from indexer.apart import TooHeavy, apart_each
from indexer.code.generated import LONG_LINES, is_bundle
from indexer.code.languages import Language
from indexer.code.readers import Reader
from memory.texts.prefilter import prefilter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

    from memory.code.facts import FileFacts

T = TypeVar("T", Language, Reader)


@cache
def languages() -> dict[str, Language]:
    """Every language by its name."""
    return {one.name: one for one in _found(indexer.code.languages, Language)}  # type: ignore[type-abstract]


@cache
def readers() -> tuple[Reader, ...]:
    """Every framework, then every schema, and then what finds queries, by name."""
    return (
        *_found(indexer.code.frameworks, Reader),  # type: ignore[type-abstract]
        *_found(indexer.code.schema, Reader),  # type: ignore[type-abstract]
        *_found(indexer.code.queries, Reader),  # type: ignore[type-abstract]
    )


@cache
def _hinted(language: str) -> list[tuple[Reader, re.Pattern[bytes]]]:
    """The readers of a language, each with what stands in every file that its hint stands in."""
    return [(one, prefilter(one.hint)) for one in readers() if language in one.languages]


@cache
def extractor(language: str) -> str:
    """What facts of a language depend on beside the bytes: who read them, in which version."""
    who = [(one.name, one.version) for one in readers() if language in one.languages]
    spoken = languages().get(language)
    said = [(language, spoken.version if spoken else 1), *sorted(who)]
    return " ".join(f"{name}:{version}" for name, version in said)


@cache
def _by_ending() -> dict[str, str]:
    return {ending: one.name for one in languages().values() for ending in one.endings}


@cache
def _by_path() -> list[tuple[str, re.Pattern[str]]]:
    return [(one.name, one.files) for one in languages().values() if one.files is not None]


def set_by(path: str) -> frozenset[str]:
    """The languages for which a file sets something, by its name or by its path."""
    found = _set_by_name(path.rpartition("/")[2])
    if path.endswith(_SET_BY_PATH):
        found |= {
            one.name
            for one in languages().values()
            for pattern in one.configs
            if "/" in pattern and fnmatch.fnmatchcase(f"/{path}", f"*/{pattern}")
        }
    return found


@cache
def _set_by_name(name: str) -> frozenset[str]:
    return frozenset(language for language, called in _configs() if called.match(name))


@cache
def _configs() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The languages that files set something for, each with what matches their names."""
    return tuple(
        (one.name, re.compile("|".join(map(fnmatch.translate, one.configs))))
        for one in languages().values()
        if one.configs
    )


_SET_BY_PATH = (".yaml", ".yml")  # the endings of files that a pattern with a folder names


CONFIG = "config"  # what is read as text, for a language


@lru_cache(maxsize=65_536)  # the same files are asked about again and again
def language_of(path: str) -> str | None:
    """The language of a file; `CONFIG` for one that sets something; None for any other."""
    name = path.rpartition("/")[2]
    if set_by(path):
        return CONFIG
    stem, dot, ending = name.rpartition(".")
    known = _by_ending().get(dot + ending) if stem else None
    return known or next((name for name, files in _by_path() if files.search(path)), None)


def read_file(language: str, content: bytes) -> FileFacts:
    """What one file says, marks included; depends on nothing else."""
    return next(read_files(language, [content]))


def read_files(language: str, contents: Sequence[bytes]) -> Iterator[FileFacts]:
    """What each of some files says, in their order."""
    if language == CONFIG:
        return (_settings(content) for content in contents)
    return apart_each(partial(_read, language), contents, partial(_unread, language))


def _settings(content: bytes) -> FileFacts:
    from memory.code.facts import FileFacts

    return FileFacts(CONFIG, content=content.decode("utf-8", "replace"))


def _unread(language: str, reason: object) -> FileFacts:
    from memory.code.facts import FileFacts

    return FileFacts(language, problem=str(reason))


def _read(language: str, content: bytes) -> FileFacts:
    if is_bundle(language, content):
        return _unread(language, f"a build made it: lines of over {LONG_LINES} characters")
    try:
        source = languages()[language].read(content)
        marks = [
            mark
            for reader, first_look in _hinted(language)
            if (near := first_look.search(content)) and reader.hint.search(content, near.start())
            for mark in reader.read(source)
        ]
    except TooHeavy as error:
        return _unread(language, error)
    except RecursionError:
        return _unread(language, "is nested too deeply to be read")
    return source.facts._replace(marks=tuple(marks))


def _found(package: ModuleType, kind: type[T]) -> list[T]:
    classes = {
        value
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
        for value in vars(import_module(module.name)).values()
        if inspect.isclass(value) and issubclass(value, kind) and not inspect.isabstract(value)
    }
    return sorted((each() for each in classes), key=lambda one: one.name)
