"""basic-memory: a folder of Markdown pages with front matter, observations and relations.

Its format: https://docs.basicmemory.com/concepts/knowledge-format
"""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING

from indexer.importing.source import ForeignMemory, MemorySource
from indexer.markup.page import read_page
from indexer.wording.dates import read_date
from memory.texts.plain_file import NoPlainFile, read_plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import JsonValue

_LARGEST = 1 << 20  # bytes of a page
_NO_PAGE = frozenset({errno.EFBIG, errno.ENOENT, errno.ELOOP})  # too large, or a link to nothing
_FIRST_HEADING = re.compile(r"\A\s*#\s[^\n]*\n?")


class BasicMemory(MemorySource):
    """A project folder of basic-memory."""

    name = "basic-memory"

    def accepts(self, path: Path) -> bool:
        """Whether a page of it has a permalink, or a type where none is made."""
        fronts = (read_page(said).front.data for _, said in _pages(path))
        return path.is_dir() and any(
            "permalink" in front or {"title", "type"} <= front.keys() for front in fronts
        )

    def read(self, path: Path, project: str) -> Iterator[ForeignMemory]:  # noqa: ARG002
        """Each page, by its permalink or its path."""
        for file, said in _pages(path):
            page = read_page(said)
            front = page.front.data
            text = "\n".join(page.lines[page.front.end :])
            made = front.get("created") or front.get("date")
            title = _said(front.get("title")) or file.stem
            called = _said(front.get("permalink")) or file.relative_to(path).as_posix()
            yield ForeignMemory(
                id=f"{called} {made or title}",
                title=title,
                text=_FIRST_HEADING.sub("", text).strip(),
                at=read_date(str(made)) if made else None,
                topic=_said(front.get("type")),
                tags=tuple(_tags(front.get("tags"))),
            )


def _pages(path: Path) -> Iterator[tuple[Path, str]]:
    for file in sorted(path.rglob("*.md")):
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if not hidden:
            try:
                said = read_plain_text(file, _LARGEST, errors="replace")
            except OSError as error:
                if isinstance(error, NoPlainFile) or error.errno in _NO_PAGE:
                    continue
                raise
            yield file, said


def _said(value: JsonValue) -> str:
    return value.strip() if isinstance(value, str) else ""


def _tags(value: JsonValue) -> Iterator[str]:
    listed = value if isinstance(value, list) else str(value or "").split(",")
    yield from (said for one in listed if (said := str(one).strip().lstrip("#")))
