import pytest

from memory.briefs.brief_builder import BriefRequest, brief
from memory.lessons.evidence import with_bearing
from memory.models.answer import Listed
from memory.models.selection import NOW as TODAY
from memory.retrieval.passages import keep_memory
from memory.standings import fetch_standings
from tests.builders import NOW, a_source


class NoMeaning:
    """A memory without a model: found by words alone."""

    neighbours, gap = None, ""

    def __init__(self, reason=""):
        self.reason = reason

    def encode_query(self, question):
        return None


class Desk:
    """A ledger that briefs are made from."""

    def __init__(self, db):
        self.db = db

    def keep(self, uid, draft, **source):
        draft = draft.model_copy(update={"lines": (1, 9)})
        source = {"path": f"docs/{uid}.md", "lines": (1, 9)} | source
        with self.db.atomic():
            keep_memory(self.db, uid, draft, a_source(**source), NOW)
            targets = [(one.link_id, one.target) for one in self.db.links.newest()]
            self.db.links.point(targets)

    def brief(
        self, task="Split payments", *, modules=(), agents=(), lens=TODAY, reason="", **asked
    ):
        wanted = BriefRequest(**asked)
        return brief(self.db, task, modules, agents, lens, wanted, meaning=NoMeaning(reason))

    def listed(self, uid):

        standing = fetch_standings(self.db, TODAY, [uid])[uid]
        one = Listed(memory=self.db.memories.fetch(uid), standing=standing)
        return with_bearing(self.db, TODAY, [one])[0]


@pytest.fixture
def desk(db):
    return Desk(db)
