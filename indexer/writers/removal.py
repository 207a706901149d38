"""The text of a file without one entry, proved beforehand."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from indexer.formats.document import Document
from indexer.markup.json_text import JsonText
from memory.errors import FileNotWritable, NotInItsFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from indexer.formats.document import Format
    from indexer.markup.json_text import Member
    from memory.models.memory import Draft

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def without_entry(
    path: str, format_: Format, text: str, find: Callable[[Sequence[Draft]], int | None]
) -> str:
    """The text of a file without one entry; all others say what they said.

    Args:
        path: Of the file.
        format_: Reads it.
        text: What it holds.
        find: Which of a file's drafts is meant.

    Raises:
        NotInItsFile: the entry is not in it.
        FileNotWritable: the entry is the whole file, or cannot be taken out alone.
    """
    drafts = _drafts(path, format_, text)
    at = find(drafts)
    if at is None:
        raise NotInItsFile(path, "the entry is not in it")
    if not drafts[at].key and len(drafts) == 1:
        raise FileNotWritable(path, "all of it is this one record; take the file away by hand")
    wanted = Counter(draft.digest for n, draft in enumerate(drafts) if n != at)
    for new in _texts_without(path, text, drafts[at]):
        if Counter(draft.digest for draft in _drafts(path, format_, new)) == wanted:
            return new
    raise FileNotWritable(path, "the entry cannot be taken out without changing another one")


def _drafts(path: str, format_: Format, text: str) -> tuple[Draft, ...]:
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return format_.parse(Document(path, plain)).drafts


def _texts_without(path: str, text: str, draft: Draft) -> Iterator[str]:
    if draft.lines is None:
        return
    first, last = draft.lines
    if path.lower().endswith(".json"):
        document = JsonText(text)
        yield from _without_members(document, document.whole, text, draft.lines)
        return
    lines = _LINE.findall(text)
    for end in (last, last - 1):
        kept = [*lines[: first - 1], *lines[end:]]
        while first > 1 and first - 1 < len(kept) and not kept[first - 1].strip():
            del kept[first - 1]  # the blank lines behind it
        while first > 1 and len(kept) == first - 1 and not kept[-1].strip():
            del kept[-1]  # nothing is behind it: the one that parted it from what is before
            first -= 1
        yield "".join(kept)


def _without_members(
    document: JsonText, container: Member, text: str, lines: tuple[int, int]
) -> Iterator[str]:
    if not isinstance(container.value, list | dict):
        return
    for member in document.members(container):
        first = text.count("\n", 0, member.start) + 1
        last = text.count("\n", 0, member.end) + 1
        if first >= lines[0] and last <= lines[1]:
            yield document.remove(container, member)
        elif first <= lines[1] and last >= lines[0]:
            yield from _without_members(document, member, text, lines)
