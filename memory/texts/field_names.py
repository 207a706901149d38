"""Names of fields as we write them, however a file does."""

from __future__ import annotations

import re

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake(name: str) -> str:
    """The name in snake case: `moduleAffected` and `module-affected` are `module_affected`."""
    return re.sub(r"[\W_]+", "_", _HUMP.sub("_", name)).strip("_").lower()
