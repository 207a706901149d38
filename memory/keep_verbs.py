"""The verbs that keep a memory whole; `memory.api.ArchMem` has them with its own."""

from typing import TYPE_CHECKING

from memory.models.keeping import Diagnosis
from memory.models.report import Progress, no_progress

if TYPE_CHECKING:
    from memory.ledger.interface.database import Ledger
    from memory.session import Session


class KeepVerbs:
    """What keeps a memory whole, and takes things out of it."""

    session: "Session"
    ledger: "Ledger"

    def doctor(
        self,
        *,
        mend: bool = False,  # rebuild what is damaged, from files, git and what is sound
        on_progress: Progress = no_progress,  # told of an index run, to mend
    ) -> Diagnosis:
        """What is not as it was written in the ledger, its words and vectors, or against files.

        Mended, the damaged ledger is kept beside the new one. What only the ledger knew and was
        damaged is lost, and named.

        Raises:
            StoreDamaged: nothing of the ledger can be read.
        """
        from memory.keeping.doctor import diagnose

        return diagnose(self.session, mend=mend, on_progress=on_progress)
