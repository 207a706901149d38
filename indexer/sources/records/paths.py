"""Which files of a repository are decision records, by where they lie and how they are called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePosixPath

ENDINGS = frozenset({".md", ".markdown", ".rst", ".txt", ".adoc", ".asciidoc"})

#: Folders in which every page is a record, at any depth.
_RECORD_FOLDERS = frozenset(
    {
        "adr",
        "adrs",
        "madr",
        "decision-records",
        "decision_records",
        "decisionrecords",
        "architecture-decisions",
        "architectural-decisions",
        "architecture_decisions",
        "architecture-decision-records",
        "architectural-decision-records",
    }
)
#: Folders in which the pages that are called like records are.
_MIXED_FOLDERS = frozenset(
    {"architecture", "arch", "decisions", "rfc", "rfcs", "text", "proposals", "oteps", "peps"}
    | {"design", "designs", "design-docs", "enhancements"}
)
_ABOVE_DECISIONS = frozenset({"docs", "doc", "documentation", "architecture", "arch"})
_OTHER_FORMATS = frozenset({".claude", "memory-bank"})

_RECORD_NAME = re.compile(
    r"(?:adr|rfc|otep|pep|kep|madr|decision|proposal|ddr|tdr)[-_ ]?\d{0,5}(?:[-_. ]|$)"
    r"|\d{1,5}[-_. #]|\d{8}[-_. ]",
    re.IGNORECASE,
)
_NOT_A_RECORD = re.compile(
    r"(?:readme|index|_index|toc|summary|contributing|changelog|license|glossary|about|overview"
    r"|(?:0+[-_])?(?:_*(?:adr|rfc|otep|pep|madr|decision|proposal)(?:[-_]record)?[-_]?)?template"
    r"(?:[-_ ](?:\w+))*|_*template.*)(?:\.\w{2})?$",
    re.IGNORECASE,
)


def is_record(path: PurePosixPath, folders: Sequence[str] = ()) -> bool:
    """Whether the file at a path is a decision record.

    Args:
        path: Relative to the project root.
        folders: More folders, relative to the project root, in which every page is a record.
    """
    if path.suffix.lower() not in ENDINGS or _NOT_A_RECORD.match(path.stem):
        return False
    if any(path.is_relative_to(folder.strip("/")) for folder in folders):
        return True
    around = [part.lower() for part in path.parts[:-1]]
    if not around or _OTHER_FORMATS.intersection(around):
        return False
    if _RECORD_FOLDERS.intersection(around) or _has_decisions(around):
        return True
    return bool(_MIXED_FOLDERS.intersection(around) and _RECORD_NAME.match(path.stem))


def _has_decisions(around: list[str]) -> bool:
    """Whether the path goes through `decisions/` at the root or below a folder of documents."""
    return any(
        part == "decisions" and (place == 0 or around[place - 1] in _ABOVE_DECISIONS)
        for place, part in enumerate(around)
    )
