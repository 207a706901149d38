"""The verbs that ask the code itself; `memory.api.ArchMem` has them with its own."""

from typing import TYPE_CHECKING

from memory.models.code import CodeMap, Impact, Inventory, InventoryOf, MapLevel
from memory.models.findings import Area, Audit
from memory.models.request import Question
from memory.models.selection import Name, Names

if TYPE_CHECKING:
    from memory.code.known import KnownCode
    from memory.ledger.interface.database import Ledger
    from memory.session import Session


class CodeVerbs:
    """What can be asked of the code of a project, as it is or as it was at a commit."""

    session: "Session"
    ledger: "Ledger"

    def inventory(
        self,
        what: InventoryOf,
        *,
        modules: Names = (),  # only of files of one of these
        path: Name = "",  # only of this file, or of files in this folder
    ) -> Inventory:
        """The facts of the code themselves: edges, routes, tables, symbols, tests or modules."""
        from memory.code.inventory import inventory

        return inventory(self._code().base, what, modules, path)

    def map(
        self,
        *,
        modules: Names = (),  # only these, and what they are coupled to
        level: MapLevel = "module",  # what its parts are
    ) -> CodeMap:
        """The parts of the code in numbers, what couples them, and what goes in circles."""
        from memory.code.map import draw_map

        code = self._code()
        return draw_map(code.base, code.together, modules, level, code.coverage)

    def impact(
        self,
        target: Question = "",  # a file, folder, symbol, table, route or module
        *,
        diff: Name = "",  # instead of a target, whatever changed since a commit
    ) -> Impact:
        """What a change to a part of the code would reach, and how much hangs on it.

        Raises:
            InvalidRequest: there is no such part; it says which come near.
            UnknownCommit: git knows none by that name.
        """
        from memory.code.governing import governing_target
        from memory.code.impact import find_impact
        from memory.code.targets import find_target, of_lines

        code = self._code()
        if diff:
            found = of_lines(code.base, diff, self.session.project.changed_lines(diff))
        else:
            found = find_target(code.base, target)
        said = find_impact(code.base, found, code.together, code.coverage)
        with self.ledger.reading() as db:
            return said.model_copy(update={"governs": governing_target(db, code.base, found)})

    def audit(
        self,
        area: Area | None = None,  # only this part
        *,
        everything: bool = False,  # what is less sure, too
    ) -> Audit:
        """What is wrong in the code, the gravest first, and what could not be told."""
        from memory.code.findings.auditing import audit

        return audit(self._code(), area, everything=everything)

    def _code(self) -> "KnownCode":
        """The code as of today, with what git and reports say; or as of this memory's commit."""
        from memory.code.known import KnownCode

        project = self.session.project
        with self.ledger.reading():
            if self.session.commit:
                return KnownCode(project.code_at(self.session.commit), None, None)
            base = project.code(self.ledger)
            together = project.changed_together(self.ledger)
            return KnownCode(base, together, project.coverage(base))
