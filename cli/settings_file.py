"""Writes a setting into a project's `archmem.toml`, which stays as it is around it."""

from __future__ import annotations

import json
import re

from memory.texts.toml_text import read_toml

_TABLE = re.compile(r"^[ \t]*+\[", re.MULTILINE)


def with_setting(text: str, name: str, value: str) -> str:
    """The text of the file with a setting, in the place of what it said of it or at the top.

    Raises:
        ValueError: the file is not read so afterwards; a value over several lines is not replaced.
    """
    line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
    table = _TABLE.search(text)
    end = table.start() if table else len(text)
    top, rest = text[:end], text[end:]
    known = re.compile(rf"^{re.escape(name)}[ \t]*=.*$", re.MULTILINE)
    replaced, count = known.subn(lambda _: line, top, count=1)
    changed = (replaced if count else f"{line}\n{top}") + rest
    before = read_toml(text) | {name: value}
    try:
        is_so = read_toml(changed) == before
    except ValueError:
        is_so = False
    if not is_so:
        raise ValueError(f"write {line} into it by hand")
    return changed
