"""Comments of Python that exempt imports from the contracts of tach: `# tach-ignore(why) name`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SAID = re.compile(
    rb"# *+tach-ignore(?:\([^()]*+\))?(?P<names>(?:[ \t]++[\w.]++)*+)[ \t\r]*+$", re.MULTILINE
)


def exempt_lines(content: bytes) -> Mapping[int, tuple[str, ...]]:
    """The lines that are spoken of, with the names that they are said of; none for all names.

    A comment that stands alone is about the line below it. Of two about a line the first counts.
    """
    found: dict[int, tuple[str, ...]] = {}
    if b"tach-ignore" not in content:
        return found
    for said in _SAID.finditer(content):
        before = content[content.rfind(b"\n", 0, said.start()) + 1 : said.start()]
        line = content.count(b"\n", 0, said.start()) + 1 + (not before.strip())
        found.setdefault(line, tuple(said["names"].decode("utf-8", "replace").split()))
    return found


def is_exempt(exempt: Mapping[int, tuple[str, ...]], full: str, *lines: int) -> bool:
    """Whether what is imported by a full name is exempted on one of the lines that it stands on."""
    return any(not exempt[line] or full.endswith(exempt[line]) for line in lines if line in exempt)
