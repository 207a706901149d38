"""What became of the commits that memories name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.anchors import Finding
from memory.models.freshness import Anchor, Checked, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection

    from indexer.freshness.symbols import Named
    from indexer.git.repository import Repository


def check_commits(
    git: Repository, named: Collection[Named], head: str, *, is_whole: bool
) -> dict[Named, Finding]:
    """Whether commits are part of what is checked out, by them.

    What a record that came with the first commit names is from a history before this one.

    Args:
        git: The repository.
        named: The anchors that name commits.
        head: What is checked out.
        is_whole: Whether the clone has the whole history.
    """
    names = {one.anchor.name for one in named}
    if not names:
        return {}
    known = git.resolved(sorted(names))
    beyond = git.beyond(known.values(), head)
    first = git.first_commits(head)
    return {
        one: Finding(
            _judged(
                one.anchor,
                known.get(one.anchor.name, ""),
                beyond,
                is_whole=is_whole,
                came_first=one.since in first,
            )
        )
        for one in named
    }


def _judged(
    anchor: Anchor, commit: str, beyond: set[str], *, is_whole: bool, came_first: bool
) -> Checked:
    if commit and commit not in beyond:
        verdict, reason = Verdict.FRESH, "is part of what is checked out"
    elif commit:
        verdict, reason = Verdict.CHANGED, "is known, but not part of what is checked out"
    elif came_first:
        verdict, reason = (
            Verdict.UNKNOWN,
            "is from before this history, which begins with the record",
        )
    elif is_whole:
        verdict, reason = Verdict.GONE, "no commit has this hash"
    else:
        verdict, reason = Verdict.UNKNOWN, "is not in this clone, which has a part of the history"
    return Checked(**anchor.model_dump(), verdict=verdict, reason=reason)
