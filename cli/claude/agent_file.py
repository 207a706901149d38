"""The coordinator's definition: put in, brought up to date, and taken out unless it was edited."""

from __future__ import annotations

from cli.claude.strict_json import LeftAlone
from indexer.formats.shipped_definition import is_as_shipped, is_marked, marked

NAME = "coordinator-backend.md"


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
    if text is None or not is_marked(text):
        return text
    _ensure_untouched(text, "delete it if nobody needs it")
    return None


def _ensure_untouched(text: str, hint: str) -> None:
    if not is_marked(text):
        raise LeftAlone(f"archmem did not write it; {hint}")
    if not is_as_shipped(text):
        raise LeftAlone(f"it was edited; {hint}")


def _shipped() -> str:
    return marked(_template())


def _template() -> str:
    from memory.config import data_folder

    return (data_folder() / "claude" / NAME).read_text(encoding="utf-8")
