"""Proposes what a project's history and documents tell of decisions; keeps what is accepted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.formats.decision_log import DecisionLog
from indexer.formats.document import Document
from indexer.formats.lessons import LessonFormat
from indexer.git.log import CommitLog
from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from indexer.harvest.commit_decisions import harvest_commits
from indexer.harvest.documents import is_document, read_document
from indexer.harvest.found_decision import distinct, proposal_of, ranked
from indexer.harvest.judging import CommitJudge
from indexer.harvest.session_decisions import decision_of
from indexer.harvest.session_lessons import lessons_of
from indexer.harvest.transcripts import answers_in, session_files, words_in
from indexer.recording import record
from indexer.source_paths import modules_of
from memory.credentials.gate import gate_of
from memory.errors import ArchMemError, InvalidRequest
from memory.kinds.vocabulary import Kind
from memory.ledger.project_modules import module_names
from memory.ledger.store_facts import HARVEST
from memory.models.harvest import Harvested, HarvestProposal
from memory.models.runs import Outcome
from memory.models.selection import Selection
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from indexer.harvest.found_decision import FoundDecision
    from memory.ledger.interface.database import Database, Ledger
    from memory.models.memory import Draft
    from memory.retrieval.model import Model

MOST = 20_000  # commits, the latest ones; their messages are read in a second or two
DOCUMENTS = 1_000  # that are looked at, those nearest to the root
ALL = "all"
ACCEPTED_BY = "Accepted by"  # a label in the file that a decision is written to
MODULES = 3  # a decision about more of them is about none
_LOG = ".claude/memory/context/decisions.md"  # as what an edited file is read


class HarvestBounds(BaseModel):
    """What is looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    since: str = ""
    most: int = MOST


class HarvestState(BaseModel):
    """What was found last, and what people refused."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    by: str = ""  # the version of archmem, as another may judge otherwise
    head: str = ""  # the commit that was looked at
    bounds: HarvestBounds = HarvestBounds()
    harvested: Harvested = Harvested()
    refused: tuple[str, ...] = ()  # ids


class Wishes(NamedTuple):
    """What is to become of proposals."""

    accept: Sequence[str] = ()  # ids
    edited: str = ""  # the text of a file of proposals; what stands in it is accepted
    refuse: Sequence[str] = ()  # ids, or "all"

    def __bool__(self) -> bool:
        return bool(self.accept or self.refuse or self.edited)


def harvest(
    ledger: Ledger,
    root: Path,
    wishes: Wishes,
    since: datetime | None,
    most: int | None,
    author: str,
    model: Model,
) -> Harvested:
    """Propose the decisions that nobody recorded, or do what is wished with proposals.

    The same is proposed for the same commit, and never what was accepted or refused, or what is
    recorded already. What was found stays until the project's commit is another one, or, where it
    was found by words alone, until the model can be asked.

    Raises:
        InvalidRequest: git knows no commit here, or its history could not be read.
    """
    git = Repository(root)
    try:
        head = git.head()
    except GitFailed as error:
        raise InvalidRequest("harvest", f"there is no history to read here: {error}") from error
    bounds = HarvestBounds(since=since.isoformat() if since else "", most=most or MOST)
    state = _find_state(ledger.db)
    judge = CommitJudge(model)
    is_known = (state.by, state.head, state.bounds) == (VERSION, head, bounds)
    if is_known and not wishes:  # which are about what was proposed last
        is_known = not (state.harvested.by_words and judge.asks_meaning)
    if not is_known:
        try:
            looked = _look(git, ledger.db, head, bounds, judge)
        except GitFailed as error:
            what = f"the history could not be read, so that nothing is proposed: {error}"
            raise InvalidRequest("harvest", what) from error
        found, _ = gate_of(ledger).redact_all(looked)
        state = state.model_copy(
            update={"by": VERSION, "head": head, "bounds": bounds, "harvested": found}
        )
        _save_state(ledger, state)
    proposals = _not_known(ledger.db, state.harvested.proposals)
    if not wishes:
        return state.harvested.model_copy(update={"proposals": proposals})
    outcomes = _carry_out(ledger, root, wishes, proposals, author)
    return Harvested(outcomes=outcomes, commits=state.harvested.commits)


def harvest_sessions(
    ledger: Ledger,
    root: Path,
    worktrees: Collection[Path],
    wishes: Wishes,
    since: datetime | None,
    author: str,
) -> Harvested:
    """The same of what was said in sessions of coding agents here, which is kept nowhere.

    Proposed are decisions, dead ends and lessons. A question that a session puts again was
    answered as it was answered last.

    Args:
        ledger: Of the project.
        root: The worktree whose files are written.
        worktrees: Whose sessions are read.
        wishes: What is to become of proposals.
        since: Sessions that were last written to before then are left out.
        author: Who accepts.
    """
    gate, found, unread = gate_of(ledger), [], []
    files = session_files(worktrees, since)
    for file in files:
        try:
            last = {answer.question: answer for answer in answers_in(file)}  # put again, it is that
            found += [told for answer in last.values() if (told := decision_of(answer))]
            found += lessons_of(words_in(file))
        except OSError as error:
            unread.append(f"a session: {error.strerror}")
    clean = [one for one in found if not gate.redact("\n".join(_words(one)))[1]]
    proposals = _not_known(ledger.db, [proposal_of(one) for one in distinct(ranked(clean))])
    if wishes:
        outcomes = _carry_out(ledger, root, wishes, proposals, author)
        return Harvested(outcomes=outcomes, sessions=len(files))
    return Harvested(proposals=proposals, sessions=len(files), problems=tuple(unread))


def _words(found: FoundDecision) -> tuple[str, ...]:
    return (found.title, found.reason, found.decision, *found.alternatives)


def _carry_out(
    ledger: Ledger,
    root: Path,
    wishes: Wishes,
    proposals: Sequence[HarvestProposal],
    author: str,
) -> tuple[Outcome, ...]:
    """What came of accepting and refusing."""
    by_id = {one.id: one for one in proposals}
    outcomes = [
        _accept(ledger, root, uid, draft, by_id, author) for uid, draft in _wanted(wishes, by_id)
    ]
    refused = list(by_id) if ALL in wishes.refuse else wishes.refuse
    refused = [one for one in dict.fromkeys(refused) if one not in wishes.accept]
    return (*outcomes, *(_refuse(ledger, one, by_id) for one in refused))


def _look(
    git: Repository, db: Database, head: str, bounds: HarvestBounds, judge: CommitJudge
) -> Harvested:
    """Everything that the history up to a commit, and the documents in it, tell of."""
    since = [f"--since={bounds.since}"] if bounds.since else []
    log = CommitLog(git, [f"--max-count={bounds.most + 1}", *since, head], with_changes=False)
    commits = list(log)
    is_all = len(commits) <= bounds.most
    problems = [*log.problems]
    if git.grafts():
        problems.append("this clone is shallow: `git fetch --unshallow` brings the older commits")
    found, untold = harvest_commits(git, commits[: bounds.most], judge)
    told, unread = _of_documents(git, db, head)
    modules = module_names(db)
    records = {memory.path for memory in db.memories.select(Selection(kinds=(Kind.DECISION,)))}
    kept = [
        one._replace(
            modules=tuple(of) if len(of := modules_of(one.paths, modules)) <= MODULES else ()
        )
        for one in [*found, *told]
        if records.isdisjoint(one.touched)
    ]
    return Harvested(
        proposals=tuple(map(proposal_of, distinct(ranked(kept)))),
        commits=min(len(commits), bounds.most),
        is_all=is_all,
        by_words=judge.by_words,
        problems=(*problems, *untold, *unread),
    )


def _of_documents(
    git: Repository, db: Database, head: str
) -> tuple[list[FoundDecision], list[str]]:
    """What documents tell that are no source of memories already."""
    known = db.memories.paths()
    paths = [one.path for one in git.tree(head) if is_document(one.path) and one.path not in known]
    paths.sort(key=lambda path: (path.count("/"), path))
    texts = git.texts((head, path) for path in paths[:DOCUMENTS])
    found = [
        one
        for path in paths[:DOCUMENTS]
        if (text := texts.get((head, path)))
        for one in read_document(path, text)
    ]
    unread = [path for path in paths[:DOCUMENTS] if (head, path) not in texts]
    problems = [f"{path}: too large, or not there" for path in unread]
    if len(paths) > DOCUMENTS:
        problems.append(f"{len(paths) - DOCUMENTS:,} documents were not looked at")
    return found, problems


def _not_known(db: Database, proposals: Sequence[HarvestProposal]) -> tuple[HarvestProposal, ...]:
    """The proposals that are neither recorded nor refused."""
    refused = _find_state(db).refused
    kinds = (Kind.DECISION, Kind.LESSON)
    titles = {memory.title.casefold() for memory in db.memories.select(Selection(kinds=kinds))}
    return tuple(
        one
        for one in proposals
        if one.id not in refused
        and one.draft.title.casefold() not in titles
        and not db.memories.contains(one.id)
    )


def _wanted(
    wishes: Wishes, by_id: dict[str, HarvestProposal]
) -> Iterator[tuple[str, Draft | None]]:
    """What is to be accepted: ids, and drafts as they were proposed or edited."""
    for uid in dict.fromkeys(wishes.accept):
        yield uid, by_id[uid].draft if uid in by_id else None
    if wishes.edited:
        page = Document(_LOG, wishes.edited.replace("\r\n", "\n"))
        drafts = DecisionLog().parse(page).drafts
        if not drafts:
            raise InvalidRequest("harvest", "the file holds no proposal")
        lessons = {draft.uid: draft for draft in LessonFormat().parse(page).drafts}
        for draft in drafts:
            proposed = by_id.get(draft.uid or "")
            is_lesson = proposed is not None and proposed.draft.kind is Kind.LESSON
            edited = lessons.get(draft.uid) if is_lesson else draft
            yield draft.uid or draft.title, edited if proposed else None


def _accept(
    ledger: Ledger,
    root: Path,
    uid: str,
    draft: Draft | None,
    by_id: dict[str, HarvestProposal],
    author: str,
) -> Outcome:
    if draft is None:
        return Outcome(id=uid, done=False, said=_why_not(ledger.db, uid))
    extra = by_id[uid].draft.extra | draft.extra | {ACCEPTED_BY: author.partition(":")[2] or author}
    said = draft.model_copy(update={"uid": uid, "extra": extra, "key": "", "lines": None})
    try:
        kept = record(ledger, root, said, author)
    except ArchMemError as error:
        return Outcome(id=uid, done=False, said=str(error))
    where = f"recorded in {kept.path}" if kept.path else f"recorded; {kept.pending}"
    return Outcome(id=uid, done=True, said=f"{where}: {said.title}")


def _refuse(ledger: Ledger, uid: str, by_id: dict[str, HarvestProposal]) -> Outcome:
    if uid not in by_id:
        return Outcome(id=uid, done=False, said=_why_not(ledger.db, uid))
    state = _find_state(ledger.db)
    refused = tuple(sorted({*state.refused, uid}))
    _save_state(ledger, state.model_copy(update={"refused": refused}))
    return Outcome(id=uid, done=True, said=f"refused: {by_id[uid].draft.title}")


def _why_not(db: Database, uid: str) -> str:
    if db.memories.contains(uid):
        return "it is recorded already"
    return "it was refused" if uid in _find_state(db).refused else "there is no such proposal"


def _find_state(db: Database) -> HarvestState:
    """The state that was kept; of one in another version's form only what was refused."""
    said = db.facts.find(HARVEST) or "{}"
    try:
        return HarvestState.model_validate_json(said)
    except ValidationError:
        return HarvestState(refused=json.loads(said)["refused"])


def _save_state(ledger: Ledger, state: HarvestState) -> None:
    with ledger.writing() as db:
        db.facts.save(HARVEST, state.model_dump_json())
