"""Names of modules as they are compared: without case, as files write them either way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def same_modules(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two lists have a module in common."""
    wanted = {name.casefold() for name in some}
    return bool(wanted) and any(name.casefold() in wanted for name in others)


def distinct_modules(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each module once: as it is spelled first."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return tuple(found.values())


def modules_in(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those of the known modules that a text names, as a word or a folder, in their order.

    `user-service` is no mention of `user`, and `payments` none of `payment`; `_` and `-` are one.
    """
    said = text.casefold().replace("_", "-")
    return tuple(module for module in known if _is_named(module, said))


def _is_named(module: str, said: str) -> bool:
    name = re.escape(module.casefold().replace("_", "-"))
    return bool(name) and re.search(rf"(?<![\w-]){name}(?![\w-])", said) is not None
