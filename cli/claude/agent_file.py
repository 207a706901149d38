"""The coordinator's definition, with a mark by which an edited one is known.

The mark is a comment in the front matter, so that no model reads it. It holds a digest of all the
rest; line ends do not count, since git may change them.
"""

from __future__ import annotations

import hashlib
import re

from cli.claude.strict_json import LeftAlone

NAME = "coordinator-backend.md"

_MARK = re.compile(r"^# written by archmem ([0-9a-f]{16}); edited, it is yours\r?\n", re.MULTILINE)


def with_agent(text: str | None) -> str:
    """The definition that ships with archmem, in place of none or of an earlier one.

    Args:
        text: The file as it is; None where there is none.

    Raises:
        LeftAlone: Somebody else wrote it, or somebody edited it.
    """
    if text is None:
        return _shipped()
    _ensure_untouched(text, "move it away to get the one that ships with archmem")
    shipped = _shipped()
    return shipped.replace("\n", "\r\n") if "\r\n" in text else shipped


def without_agent(text: str | None) -> str | None:
    """No definition in place of archmem's as it was written; somebody else's stays.

    Raises:
        LeftAlone: Somebody edited archmem's.
    """
    if text is None or _MARK.search(text) is None:
        return text
    _ensure_untouched(text, "delete it if nobody needs it")
    return None


def _ensure_untouched(text: str, hint: str) -> None:
    mark = _MARK.search(text)
    if mark is None:
        raise LeftAlone(f"archmem did not write it; {hint}")
    if mark[1] != _digest(text):
        raise LeftAlone(f"it was edited; {hint}")


def _shipped() -> str:
    text = _template()
    fence, rest = text.split("\n", 1)
    return f"{fence}\n# written by archmem {_digest(text)}; edited, it is yours\n{rest}"


def _template() -> str:
    from memory.config import data_folder

    return (data_folder() / "claude" / NAME).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    said = _MARK.sub("", text, count=1).replace("\r\n", "\n")
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
