"""Edits JSON that has comments and commas behind the last of its values, as editors' settings do.

Both are made blanks, place for place, so that what edits strict JSON can edit it; the change that
comes of it is then made in the text as it was.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cli.agents.json_places import LeftAlone

if TYPE_CHECKING:
    from cli.agents.plan import Edit

_STRING = r'"(?:[^"\\\n]|\\.)*"'
_COMMENT = re.compile(rf"{_STRING}|(//[^\n]*|/\*.*?(?:\*/|\Z))", re.DOTALL)
_LAST_COMMA = re.compile(rf"{_STRING}|(,)(?=\s*[}}\]])")


def with_comments(edit: Edit) -> Edit:
    """The edit of a strict JSON text, for one that may have comments.

    Args:
        edit: Changes one place of a text.
    """

    def edit_with_comments(text: str | None) -> str | None:
        strict = None if text is None else _strict(text)
        changed = edit(strict)
        if text is None or strict is None or changed is None or strict == text:
            return changed
        return _moved(text, strict, changed)

    return edit_with_comments


def _strict(text: str) -> str:
    """The text with blanks for what JSON does not know, its lines as long as before."""
    without = _COMMENT.sub(lambda found: _blank(found[0]) if found[1] else found[0], text)

    def value(found: re.Match[str]) -> str:
        at = found.start() - 1
        while without[at : at + 1].isspace():
            at -= 1
        is_last = found[1] and without[at : at + 1] not in {"", "{", "[", ","}
        return " " if is_last else found[0]

    return _LAST_COMMA.sub(value, without)


def _blank(comment: str) -> str:
    return re.sub(r"[^\r\n]", " ", comment)


def _moved(text: str, strict: str, changed: str) -> str:
    """What became of one text in one place, done to another of the same length.

    Where more than one place would give the same strict text, one is taken that is in no comment
    and, if something goes, has none.

    Raises:
        LeftAlone: there is no such place.
    """
    comments = [found.span() for found in _COMMENT.finditer(text) if found[1]]
    shorter = min(len(strict), len(changed))
    before, behind = _alike(strict, changed), _alike(strict[::-1], changed[::-1])
    gone = len(strict) - shorter
    places = [(at, at + gone) for at in range(shorter - behind, before + 1)]
    for start, end in places or [(before, len(strict) - behind)]:
        if not any(begins < end and start < ends for begins, ends in comments):
            new = changed[start : len(changed) - (len(strict) - end)]
            return text[:start] + new + text[end:]
    raise LeftAlone("a comment stands in what is to be changed")


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
