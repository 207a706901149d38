"""All formats, in the order in which they are asked."""

from __future__ import annotations

import inspect
import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import indexer.formats
from indexer.formats.document import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import PurePosixPath


def formats(extra_record_folders: Sequence[str] = ()) -> tuple[Format, ...]:
    """Every format; a file belongs to the first that accepts its path."""
    return tuple(each(extra_record_folders) for each in _classes())


def finder(formats: Sequence[Format]) -> Callable[[PurePosixPath], Format | None]:
    """What tells the first of these formats that accepts a path."""
    return lambda path: next((each for each in formats if each.accepts(path)), None)


def endings_of(formats: Sequence[Format]) -> frozenset[str] | None:
    """The endings of all files that some of these formats may accept; None if they may be any."""
    said = [each.endings for each in formats]
    return frozenset().union(*said) if all(said) else None


def format_for(path: PurePosixPath) -> Format | None:
    """The format of a file at this path, relative to the project root; None for any other file."""
    return finder(_usual())(path)


@cache
def _usual() -> tuple[Format, ...]:
    return formats()


@cache
def _classes() -> tuple[type[Format], ...]:
    found = {
        value
        for module in pkgutil.iter_modules(indexer.formats.__path__, "indexer.formats.")
        for value in vars(import_module(module.name)).values()
        if inspect.isclass(value) and issubclass(value, Format) and not inspect.isabstract(value)
    }
    return tuple(sorted(found, key=lambda each: (each.order, each.name)))
