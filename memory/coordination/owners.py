"""Who is to do something: the agent whose module it is, or who has written most of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from memory.briefs.agent_modules import owner_of
from memory.models.coordination import TaskOwner
from memory.models.selection import NOW, Selection
from memory.texts.agent_names import alike
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from memory.ledger.interface.database import Database

MOST = 1_000  # memories of one module that are counted, the newest


def find_owner(db: Database, module: str) -> TaskOwner | None:
    """The agent that knows a module best; None where none is known for it.

    That is the one that is called like it; else the one whose definition names the module; else
    the one that wrote the most of what is remembered of it.
    """
    agents = db.memories.agents()
    if called := alike(module, agents):
        return TaskOwner(agent=called[0], reason=f"is called like the module {module}")
    for name in agents:
        if module in owner_of(db, name, NOW, agents, [module]).modules:
            return TaskOwner(agent=name, reason=f"its definition names the module {module}")
    ids = db.memories.newest_ids(Selection(modules=(module,), lens=NOW), limit=MOST)
    wrote = Counter(db.memories.agents_of(ids).values())
    if wrote:
        name, count = min(wrote.items(), key=lambda one: (-one[1], one[0]))
        return TaskOwner(agent=name, reason=f"wrote {counted(count, 'memory')} of {module}")
    return None
