"""Says which commits are refactorings; in doubt none, as a memory full of chatter helps nobody."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from indexer.history.claims import Claim, claim_of, is_new_behaviour
from indexer.history.moves import changed_folder, moved_code
from indexer.history.paths import is_code
from indexer.history.reverts import is_revert
from indexer.history.subjects import read_subject

if TYPE_CHECKING:
    from indexer.history.log import Commit

MANY = 5  # files of code that went to other folders: a new structure, whatever the subject says
SHARE = 0.2  # of the code that such a commit changed
SEVERAL = 3  # files of code: a verb that may mean anything is then about structure


class Verdict(Enum):
    """Why a commit is taken for a refactoring."""

    NO = "it is none"
    SAID = "its message says so"
    SEEN = "it moved much of the code, whatever its message says"


def judge(commit: Commit, *, is_undone: bool = False) -> Verdict:
    """Whether a commit changed the structure of the program, by what it says and what it did.

    One that says so plainly counts if it changed any code, or several files where its type
    promises something new. One whose verb may mean anything ("move", "rename", "split") counts
    if what it did fits, and one that says nothing of the kind if it took many files of code
    elsewhere. Merges and reverts are none.

    Args:
        commit: The commit.
        is_undone: It was reverted: then its verb is enough, as what failed is what a plan that
            sounds alike should know of.
    """
    if commit.is_merge or is_revert(commit):
        return Verdict.NO
    subject = read_subject(commit.subject)
    claim = claim_of(subject)
    if claim is Claim.BRANCH:
        return Verdict.NO
    if not commit.knows_changes:
        return Verdict.SAID if claim is Claim.PLAIN else Verdict.NO
    code = [change for change in commit.changes if is_code(change.path)]
    renamed = moved_code(code)
    moved = [change for change in renamed if changed_folder(change)]
    is_new = is_new_behaviour(subject) and not is_undone
    several = len(code) >= SEVERAL or (is_undone and bool(code))
    if (
        (claim is Claim.PLAIN and (several if is_new else code))
        or (claim is Claim.MAYBE and (renamed or (several and not is_new)))
        or (claim is Claim.TRIFLE and len(moved) > 1)
    ):
        return Verdict.SAID
    much = len(moved) >= MANY and len(moved) >= SHARE * len(code)
    return Verdict.SEEN if much else Verdict.NO
