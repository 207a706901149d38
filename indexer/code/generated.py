"""Files of code that nobody wrote by hand."""

from __future__ import annotations

import re

_GENERATED = re.compile(
    rb"@generated\b|\b(?:auto-?|automatically[ -])generated\b|\bgenerated (?:by|from|code)\b"
    rb"|\bcode generated\b|\bdo not (?:edit|modify)\b"
    rb"|\b(?:copied|vendored)(?: (?:verbatim|directly|straight))? from\b[^\n]{0,200}"
    rb"(?:https?:|github\.com)",
    re.IGNORECASE,
)
_BY_A_TOOL = re.compile(rb"\bclass GeneratedCriteria\b")  # MyBatis Generator says it nowhere else
_HEAD = 1_000  # bytes, in which a file says that it was generated
LONG_LINES = 110  # characters on average, that nobody writes by hand
_LARGE = 64_000  # bytes; to read a smaller one takes no time


def is_bundle(language: str, content: bytes) -> bool:
    """Whether a script is a large output of a build, whose names and imports are nobody's."""
    return len(content) >= _LARGE and is_minified(language, content)


def is_minified(language: str, content: bytes) -> bool:
    """Whether a script is the output of a build, going by its lines as GitHub's linguist does."""
    return language == "typescript" and len(content) > LONG_LINES * (content.count(b"\n") + 1)


def is_generated(content: bytes) -> bool:
    """Whether a file says at its beginning, in a comment, that a tool or somebody else wrote it."""
    return bool(_BY_A_TOOL.search(content)) or any(
        _GENERATED.search(line) and line.lstrip().startswith((b"#", b"/", b"*", b"--", b"<!--"))
        for line in content[:_HEAD].splitlines()
    )
