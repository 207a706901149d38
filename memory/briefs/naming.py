"""Which modules a task names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def named_modules(task: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those of the known modules that a text names, as a word or a folder, in their order.

    `user-service` is no mention of `user`, and `payments` none of `payment`.
    """
    said = task.casefold().replace("_", "-")
    return tuple(module for module in known if _is_named(module, said))


def _is_named(module: str, said: str) -> bool:
    name = re.escape(module.casefold().replace("_", "-"))
    return bool(name) and re.search(rf"(?<![\w-]){name}(?![\w-])", said) is not None
