"""What is wrong with a ledger, as a value and in words."""

from __future__ import annotations

from typing import NamedTuple

MEND = "`archmem doctor --mend` rebuilds it."
_NAMED = 5  # memories that one line names


class DamagedRows(NamedTuple):
    """Rows of one table that are not as they were written."""

    table: str
    rows: int = 0  # 0 where nobody can tell
    uids: tuple[str, ...] = ()  # of the memories that they belong to, as far as that is known

    @property
    def words(self) -> str:
        """As a part of a sentence: `2 of passages (of dec-k3f9x2ab)`."""
        named = ", ".join(self.uids[:_NAMED])
        more = f" and {len(self.uids) - _NAMED} more" if len(self.uids) > _NAMED else ""
        many = f"{self.rows:,} of " if self.rows else ""
        earlier = ", of which what is told is older" if self.table == "revisions" else ""
        return f"{many}{self.table}" + (f" (of {named}{more}{earlier})" if named else "")


class Damage(NamedTuple):
    """What is wrong with a ledger."""

    structure: tuple[str, ...] = ()  # what SQLite says of the file
    rows: tuple[DamagedRows, ...] = ()  # what is left out where it can be read all the same

    @property
    def words(self) -> str:
        """One sentence."""
        return f"the ledger is damaged, and what is damaged is left out: {self.what}"

    @property
    def what(self) -> str:
        """What is damaged, as a part of a sentence."""
        return "; ".join([*self.structure[:2], *(one.words for one in self.rows)])
