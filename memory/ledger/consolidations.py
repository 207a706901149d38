"""Which proposals were applied, and what each changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.times import to_text
from memory.models.consolidation import Application

if TYPE_CHECKING:
    from memory.ledger.connection import Database


def save_application(db: Database, application: Application) -> None:
    """Keep an application as it is now; the caller holds the transaction."""
    undone_at = to_text(application.undone_at) if application.undone_at else None
    db.execute(
        """
        INSERT INTO consolidations (proposal, said, applied_at, undone_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (proposal)
        DO UPDATE SET said = excluded.said, undone_at = excluded.undone_at
        """,
        [
            application.proposal.id,
            application.model_dump_json(),
            to_text(application.applied_at),
            undone_at,
        ],
    )


def forget_application(db: Database, proposal: str) -> None:
    """Keep nothing of an application that changed nothing; the caller holds the transaction."""
    db.execute("DELETE FROM consolidations WHERE proposal = ?", [proposal])


def find_application(db: Database, proposal: str) -> Application | None:
    """The application of a proposal, if it was ever begun."""
    sql = "SELECT said FROM consolidations WHERE proposal = ?"
    row = db.execute(sql, [proposal]).fetchone()
    return Application.model_validate_json(row[0]) if row else None


def list_applications(db: Database) -> list[Application]:
    """Every application, the first one first."""
    rows = db.execute("SELECT said FROM consolidations ORDER BY id").fetchall()
    return [Application.model_validate_json(said) for (said,) in rows]
