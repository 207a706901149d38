"""What a text says of a name beside naming it: that it is called, that it is somebody else's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.markup.elements import links, without_code, without_comments
from indexer.wording.anchors import symbol_parts
from memory.texts.lexicon import any_of, read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALLED = any_of(read_lexicon("anchors")["called"])
_NEAR = 40  # characters around a name in which such a word stands beside it
_BEFORE = re.compile(rf"\b(?:{_CALLED})\W{{1,4}}(?:[\w.#:]+[.#:])?$", re.IGNORECASE)
_AFTER = re.compile(rf"`?\(|\W{{1,4}}(?:{_CALLED})\b", re.IGNORECASE)
_FILE_ON_WEB = re.compile(r"https?://[^/\s]+/[^\s]+?/(?:blob|tree|raw|src)/[^/\s]+/([^\s?#]+)")


def is_called(text: str, name: str) -> bool:
    """Whether a text speaks of a name as of something that can be called.

    With parentheses, or beside a word that says so: "the method `total`".
    """
    last = symbol_parts(name)[-1]
    for match in re.finditer(rf"(?<!\w){re.escape(last)}(?!\w)", text):
        before = text[max(0, match.start() - _NEAR) : match.start()]
        after = text[match.end() : match.end() + _NEAR]
        if _BEFORE.search(before) or _AFTER.match(after):
            return True
    return False


def linked_files(text: str) -> dict[str, set[str]]:
    """The paths within their repositories of files on the web that names are linked to, by name."""
    found: dict[str, set[str]] = {}
    for name, path in _linked(without_code(without_comments(text))) if "://" in text else ():
        found.setdefault(name, set()).add(path)
    return found


def _linked(text: str) -> Iterator[tuple[str, str]]:
    for link in links(text):
        if file := _FILE_ON_WEB.match(link.target):
            yield link.text.strip("`* ").partition("(")[0], file[1].rstrip("/")
