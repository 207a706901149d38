"""Coordination runs: opening one, finishing it, listing them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from memory.errors import InvalidRecord, InvalidResult
from memory.kinds.vocabulary import Kind, LinkType, Status
from memory.lessons.metric_parser import metric_words
from memory.models.details import Moved, Run
from memory.models.memory import Draft, Reference, Source, trust_in, uid_for
from memory.models.runs import Begun, Finished, RunLine
from memory.models.selection import NOW, Selection
from memory.retrieval.passages import keep_memory, keep_revision
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.ledger.interface.database import Database, Ledger
    from memory.models.brief import Brief
    from memory.models.memory import Memory
    from memory.models.runs import Result
    from memory.models.selection import Lens

LONGEST_TITLE = 200  # characters; the task itself is in the text, whole
#: How a run refers to lessons that it bears out, or speaks against.
TAUGHT = (LinkType.SUPPORTS, LinkType.CONTRADICTS)
_AGENTS = "agents"  # in a run's extra, where it has several
_TOLD = ("approach", "situation", "metrics", "issues", "alternative", "lessons", "commits")


def start_run(
    ledger: Ledger,
    task: str,
    *,
    modules: Sequence[str],
    agents: Sequence[str],
    brief: Brief | None,
    commit: str,
    author: str,
    plan: str = "",
    step: int | None = None,
) -> Begun:
    """Keep a run that has begun, with what its brief showed, and of which plan it does a step.

    Raises:
        InvalidRecord: there is no task.
    """
    if not task.strip():
        raise InvalidRecord("A run needs a task.")
    at = datetime.now(UTC)
    details = Run(
        task=task,
        begun=at,
        commit=commit,
        brief=brief.digest if brief else "",
        served=brief.served if brief else (),
        plan=plan,
        step=step,
    )
    draft = _written(
        Draft(
            title=_title(task),
            body=task,
            details=details,
            modules=tuple(dict.fromkeys(modules)),
            agent=agents[0] if len(agents) == 1 else None,
            extra={_AGENTS: list(agents)} if len(agents) > 1 else {},
            valid_from=at,
        )
    )
    with ledger.writing() as db:
        uid = uid_for(Kind.RUN, task, at.isoformat())
        while db.memories.contains(uid):  # of the same task, in the same microsecond
            uid = uid_for(Kind.RUN, uid)
        keep_memory(db, uid, draft, _source(author, commit), at)
    if brief is None:
        return Begun(uid=uid)
    return Begun(
        uid=uid, brief=brief.text, digest=brief.digest, tokens=brief.tokens, reason=brief.reason
    )


def finish_run(
    ledger: Ledger,
    uid: str,
    result: Result,
    *,
    commit: str,
    author: str,
    findings: Moved | None = None,
    expected: int | None = None,
) -> Finished:
    """Keep what came of a run as a revision of it.

    The same result a second time changes nothing. Another one is refused: what was learned from
    the first may have gone into lessons by then, and evidence is not taken back behind
    anybody's back. What turned out later is a run, or a record, of its own.

    Args:
        ledger: Where the run is kept.
        uid: Of the run, or what it begins with.
        result: What came of it; what it says helped or misled has to be known.
        commit: What is checked out now.
        author: Who says so.
        findings: What an audit finds since it began; of a result that was told before, what it was.
        expected: The revision that was read, where it has to be the newest.

    Raises:
        ChangedMeanwhile: another one is.
        InvalidRecord: it is no run.
        InvalidResult: the run was finished with another result.
        UnknownMemory, AmbiguousUid: a uid is not that of one memory.
    """
    at = datetime.now(UTC)
    with ledger.writing() as db:
        run = fetch_run(db, uid)
        draft = _finished(db, run.revision.draft, result, at)
        is_new = run.revision.draft.status is Status.OPEN
        if is_new:
            run.ensure_read(expected)
            draft = _with(draft, findings=findings or Moved())
            keep_run(db, run.uid, draft, _source(author, commit), at)
        elif _without_lessons(run.revision.draft) != _without_lessons(draft):
            raise InvalidResult(
                f"{run.uid} was finished before, with another result; tell of it in a new run."
            )
        told = draft.details if is_new else run.revision.draft.details
    return Finished(
        uid=run.uid,
        status=draft.status,
        is_new=is_new,
        kept=tuple(result.extra),
        findings=told.findings if isinstance(told, Run) else Moved(),
    )


def keep_result(ledger: Ledger, result: Result, *, commit: str, author: str) -> str:
    """Keep a result that no run was opened for as a run that is over, and give its uid.

    The same result has the same uid: a second time changes nothing.

    Raises:
        InvalidResult: it says neither what was done nor what went wrong or was learned.
        UnknownMemory, AmbiguousUid: a uid is not that of one memory.
    """
    at = datetime.now(UTC)
    task = next(
        (said for said in (result.task, result.approach, *result.lessons, *result.issues) if said),
        "",
    )
    if not task:
        raise InvalidResult("What was done? Give an approach, issues or lessons.")
    begun = Draft(
        title=_title(task),
        body=task,
        details=Run(task=task, begun=at, commit=commit),
        valid_from=at,
    )
    uid = uid_for(Kind.RUN, "result", result.model_dump_json(exclude_defaults=True))
    with ledger.writing() as db:
        if not db.memories.contains(uid):
            draft = _finished(db, begun, result, at)
            keep_memory(db, uid, draft, _source(author, commit), at)
            db.links.point_at_uids(uid)
    return uid


def keep_run(db: Database, uid: str, draft: Draft, source: Source, at: datetime) -> None:
    """Keep a revision of a run, what it refers to looked up; the caller holds the transaction."""
    if keep_revision(db, uid, draft, source, at):
        db.links.point_at_uids(uid)


def fetch_run(db: Database, uid: str) -> Memory:
    """A run by its uid or what that begins with.

    Raises:
        UnknownMemory, AmbiguousUid: there is none, or several.
        InvalidRecord: it is no run.
    """
    memory = db.memories.fetch(db.memories.find_uid(uid))
    if memory.kind is not Kind.RUN:
        raise InvalidRecord(f"{memory.uid} is a {memory.kind}, not a run.")
    return memory


def details_of(run: Memory) -> Run:
    """What a run says."""
    details = run.revision.draft.details
    if not isinstance(details, Run):
        raise TypeError(f"{run.uid} is no run")
    return details


def is_finished(memory: Memory) -> bool:
    """Whether it is a run that has come to its end."""
    details = memory.revision.draft.details
    return isinstance(details, Run) and details.status in (Status.DONE, Status.FAILED)


def finished_at(run: Memory) -> datetime:
    """When a run came to its end, as far as that is known."""
    return run.revision.draft.valid_from or run.revision.recorded_at


def list_runs(db: Database, lens: Lens) -> tuple[RunLine, ...]:
    """All runs that the lens shows: those that were never finished first, the latest first."""
    runs = [run_line(run) for run in db.memories.select(Selection(kinds=(Kind.RUN,), lens=lens))]
    runs.sort(key=lambda run: run.uid)
    runs.sort(key=lambda run: run.begun, reverse=True)
    return tuple(sorted(runs, key=lambda run: run.status is not Status.OPEN))


def open_runs(db: Database, lens: Lens = NOW) -> tuple[RunLine, ...]:
    """The runs that nobody has finished, the latest first."""
    return tuple(run for run in list_runs(db, lens) if run.status is Status.OPEN)


def run_line(run: Memory) -> RunLine:
    """A run in a few words."""
    details, revision = details_of(run), run.revision
    return RunLine(
        uid=run.uid,
        task=revision.draft.title,
        status=details.status,
        begun=details.begun or revision.recorded_at,
        finished=None if details.status is Status.OPEN else finished_at(run),
        learned=details.learned,
        modules=revision.draft.modules,
        author=revision.source.author,
    )


def _finished(db: Database, draft: Draft, result: Result, at: datetime) -> Draft:
    """A run's draft with its result."""
    told = {name: getattr(result, name) for name in _TOLD}
    status = Status.DONE if result.success else Status.FAILED
    details = draft.details.model_copy(update={"status": status, **told})
    others = {"from": result.sender} if result.sender else {}
    if result.task and isinstance(details, Run) and result.task != details.task:
        others["task"] = result.task
    return _written(
        draft.model_copy(
            update={
                "details": details,
                "modules": tuple(dict.fromkeys((*draft.modules, *result.modules))),
                "references": (
                    *_references(db, LinkType.HELPED_BY, result.helped),
                    *_references(db, LinkType.MISLED_BY, result.misled),
                ),
                "extra": draft.extra | others | result.extra,
                "valid_from": at,
            }
        )
    )


def _without_lessons(draft: Draft) -> dict[str, Any]:
    """What a finished run says, apart from when, and from what was learned from it."""
    own = tuple(one for one in draft.references if one.type not in TAUGHT)
    said = _with(draft, learned=False, findings=Moved())
    return said.model_copy(update={"references": own, "valid_from": None}).model_dump()


def _with(draft: Draft, **details: Any) -> Draft:
    """A draft with other details."""
    return _written(draft.model_copy(update={"details": draft.details.model_copy(update=details)}))


def _references(db: Database, relation: LinkType, uids: Sequence[str]) -> Iterator[Reference]:
    whole = dict.fromkeys(db.memories.find_uid(uid) for uid in uids)
    return (Reference(type=relation, target=uid) for uid in whole)


def _source(author: str, commit: str) -> Source:
    return Source(author=author, trust=trust_in(author), commit=commit or None)


def _title(task: str) -> str:
    return shortened(" ".join(task.split()), LONGEST_TITLE)


def _written(draft: Draft) -> Draft:
    """The draft with its fields as text, for people and for search."""
    return draft.model_copy(update={"body": "\n\n".join(_paragraphs(draft))})


def _paragraphs(draft: Draft) -> Iterator[str]:
    run = draft.details
    if not isinstance(run, Run):
        return
    yield run.task.strip()
    for name, said in (("Situation", run.situation), ("Approach", run.approach)):
        if said:
            yield f"**{name}:** {said}"
    listed = {
        "Measured": [metric_words(one) for one in run.metrics],
        "Issues": run.issues,
        "Lessons": run.lessons,
        "Findings that were fixed": run.findings.fixed,
        "Findings that began": run.findings.began,
    }
    for name, items in listed.items():
        if items:
            yield "\n".join([f"**{name}:**", "", *(f"- {item}" for item in items)])
    if run.alternative:
        yield f"**Instead:** {run.alternative}"
