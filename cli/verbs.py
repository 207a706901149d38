"""The verbs as one table: what each is asked, what it gives back, and which method does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from cli.faults import first_fault
from cli.recording.keeping import keep_record
from memory.errors import InvalidRequest
from memory.models import request as asked
from memory.models.answer import Answer, Catalogue, Recorded, Shown, StoreStatus, Story, Told, Tried
from memory.models.brief import Brief
from memory.models.consolidation import Consolidated
from memory.models.explanation import Explained
from memory.models.flagged import Flags
from memory.models.outcome import Begun, Finished, Learned, Runs
from memory.models.plan import CheckedPlan
from memory.models.report import IndexReport
from memory.models.selection import Selection
from memory.models.series import Measurements
from memory.models.verified import Verified

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from cli.progress import Narrator
    from memory.api import ArchMem


LOADING = 10.0  # seconds in which a model is loaded on any machine


@dataclass(frozen=True)
class Verb:
    """Something that a memory can be asked or told."""

    name: str
    request: type[BaseModel]
    response: type[BaseModel]
    run: Callable[[ArchMem, Any, Narrator], BaseModel]
    by_meaning: bool = False  # asks the model
    patience: float = 0.05  # seconds that it waits for a model that is being loaded, if it asks it
    writes: bool = False
    creates: bool = False  # makes the memory where there is none


def read_request(verb: Verb, said: object) -> Any:
    """The request that a caller means by what JSON gave.

    Raises:
        InvalidRequest: a field is missing, unknown or not what it should be.
    """
    try:
        return verb.request.model_validate(said)
    except ValidationError as error:
        raise InvalidRequest(verb.name, first_fault(error)) from error


def looks_at_commit(request: object) -> bool:
    """Whether a request is asked of the memory as of a commit."""
    lens = getattr(request, "lens", None) or getattr(
        getattr(request, "selection", None), "lens", None
    )
    return lens is not None and lens.commit is not None


def _index(memory: ArchMem, request: asked.Index, narrator: Narrator) -> IndexReport:
    report = memory.index(
        accept_removals=request.accept_removals,
        history=request.history,
        since=request.since,
        most=request.most,
        on_progress=narrator.progress,
        on_stage=narrator.compiling,
        should_stop=narrator.should_stop,
    )
    if report.pending and narrator.should_stop():
        words = "The engine is ending before all is embedded; run `archmem index` for the rest."
        return report.model_copy(update={"problems": (*report.problems, words)})
    return report


def _search(memory: ArchMem, request: asked.Search, _narrator: Narrator) -> Answer:
    return memory.search(request.question, selection=request.selection, limit=request.limit)


def _tried(memory: ArchMem, request: asked.Tried, _narrator: Narrator) -> Tried:
    return memory.tried(
        request.question, modules=request.modules, limit=request.limit, lens=request.lens
    )


def _brief(memory: ArchMem, request: asked.Brief, _narrator: Narrator) -> Brief:
    return memory.brief(
        request.task,
        modules=request.modules,
        agents=request.agents,
        budget=request.budget,
        lens=request.lens,
        everything=request.everything,
        form=request.form,
    )


def _check(memory: ArchMem, request: asked.Check, _narrator: Narrator) -> CheckedPlan:
    return memory.check(request.plan, lens=request.lens)


def _related(memory: ArchMem, request: asked.Related, _narrator: Narrator) -> Answer:
    return memory.related(request.uid, limit=request.limit)


def _show(memory: ArchMem, request: asked.Show, _narrator: Narrator) -> Shown:
    return memory.show(request.uid, lens=request.lens)


def _explain(memory: ArchMem, request: asked.Explain, _narrator: Narrator) -> Explained:
    return memory.explain(request.uid, lens=request.lens)


def _history(memory: ArchMem, request: asked.History, _narrator: Narrator) -> Told:
    return memory.history(request.uid)


def _timeline(memory: ArchMem, request: asked.Timeline, _narrator: Narrator) -> Story:
    events = memory.timeline(request.module, lens=request.lens)
    return Story(module=request.module, events=events)


def _baselines(memory: ArchMem, request: asked.Baselines, _narrator: Narrator) -> Measurements:
    found = memory.baselines(
        request.metric,
        modules=request.modules,
        environment=request.environment,
        lens=request.lens,
    )
    return Measurements(series=found)


def _list(memory: ArchMem, request: asked.Listing, _narrator: Narrator) -> Catalogue:
    return Catalogue(memories=memory.list(request.selection, limit=request.limit))


def _record(memory: ArchMem, request: asked.Record, _narrator: Narrator) -> Recorded:
    return keep_record(memory, request.kind, request.fields, author=request.author)


def _run_start(memory: ArchMem, request: asked.RunStart, _narrator: Narrator) -> Begun:
    return memory.run_start(
        request.task,
        modules=request.modules,
        agents=request.agents,
        budget=request.budget,
        with_brief=request.with_brief,
        author=request.author,
    )


def _run_finish(memory: ArchMem, request: asked.RunFinish, _narrator: Narrator) -> Finished:
    return memory.run_finish(
        request.uid, cast("Any", request.result), learning=request.learning, author=request.author
    )


def _run_list(memory: ArchMem, request: asked.RunList, _narrator: Narrator) -> Runs:
    return memory.run_list(lens=request.lens)


def _learn(memory: ArchMem, request: asked.Learn, _narrator: Narrator) -> Learned:
    learned_from: Any = request.result if request.uid is None else request.uid
    return memory.learn(learned_from, author=request.author)


def _flag(memory: ArchMem, request: asked.Flag, _narrator: Narrator) -> Flags:
    return memory.flag(**request.model_dump())


def _consolidate(memory: ArchMem, request: asked.Consolidate, _narrator: Narrator) -> Consolidated:
    return memory.consolidate(
        apply=request.apply,
        undo=request.undo,
        listing=request.listing,
        author=request.author,
    )


def _verify(memory: ArchMem, request: asked.Verify, _narrator: Narrator) -> Verified:
    selection = Selection(modules=request.modules, kinds=request.kinds)
    return memory.verify(selection, everything=request.everything)


def _status(memory: ArchMem, _request: asked.Status, _narrator: Narrator) -> StoreStatus:
    return memory.status()


VERBS = {
    verb.name: verb
    for verb in (
        Verb("index", asked.Index, IndexReport, _index, writes=True, creates=True),
        Verb("search", asked.Search, Answer, _search, by_meaning=True),
        Verb("tried", asked.Tried, Tried, _tried, by_meaning=True),
        Verb("brief", asked.Brief, Brief, _brief, by_meaning=True, patience=LOADING),
        Verb("check", asked.Check, CheckedPlan, _check, by_meaning=True),
        Verb("related", asked.Related, Answer, _related),
        Verb("show", asked.Show, Shown, _show),
        Verb("explain", asked.Explain, Explained, _explain),
        Verb("history", asked.History, Told, _history),
        Verb("timeline", asked.Timeline, Story, _timeline),
        Verb("baselines", asked.Baselines, Measurements, _baselines),
        Verb("list", asked.Listing, Catalogue, _list),
        Verb("record", asked.Record, Recorded, _record, writes=True),
        Verb("run_start", asked.RunStart, Begun, _run_start, by_meaning=True, writes=True),
        Verb("run_finish", asked.RunFinish, Finished, _run_finish, by_meaning=True, writes=True),
        Verb("run_list", asked.RunList, Runs, _run_list),
        Verb("learn", asked.Learn, Learned, _learn, by_meaning=True, writes=True),
        Verb("flag", asked.Flag, Flags, _flag, writes=True),
        Verb(
            "consolidate",
            asked.Consolidate,
            Consolidated,
            _consolidate,
            by_meaning=True,
            patience=LOADING,
            writes=True,
        ),
        Verb("verify", asked.Verify, Verified, _verify, writes=True),
        Verb("status", asked.Status, StoreStatus, _status),
    )
}
