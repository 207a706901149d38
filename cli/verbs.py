"""The verbs as one table: what each is asked, what it gives back, and which method does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from cli.faults import first_fault
from cli.recording.keeping import keep_record
from memory.errors import InvalidRequest
from memory.models import request as asked
from memory.models.answer import Answer, Catalogue, Recorded, Shown, StoreStatus, Story, Told, Tried
from memory.models.report import IndexReport

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from cli.progress import Narrator
    from memory.api import ArchMem


@dataclass(frozen=True)
class Verb:
    """Something that a memory can be asked or told."""

    name: str
    request: type[BaseModel]
    response: type[BaseModel]
    run: Callable[[ArchMem, Any, Narrator], BaseModel]
    by_meaning: bool = False  # asks the model
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
    return memory.tried(request.question, modules=request.modules, limit=request.limit)


def _related(memory: ArchMem, request: asked.Related, _narrator: Narrator) -> Answer:
    return memory.related(request.uid, limit=request.limit)


def _show(memory: ArchMem, request: asked.Show, _narrator: Narrator) -> Shown:
    return memory.show(request.uid, lens=request.lens)


def _history(memory: ArchMem, request: asked.History, _narrator: Narrator) -> Told:
    return memory.history(request.uid)


def _timeline(memory: ArchMem, request: asked.Timeline, _narrator: Narrator) -> Story:
    events = memory.timeline(request.module, lens=request.lens)
    return Story(module=request.module, events=events)


def _list(memory: ArchMem, request: asked.Listing, _narrator: Narrator) -> Catalogue:
    return Catalogue(memories=memory.list(request.selection, limit=request.limit))


def _record(memory: ArchMem, request: asked.Record, _narrator: Narrator) -> Recorded:
    return keep_record(memory, request.kind, request.fields, author=request.author)


def _status(memory: ArchMem, _request: asked.Status, _narrator: Narrator) -> StoreStatus:
    return memory.status()


VERBS = {
    verb.name: verb
    for verb in (
        Verb("index", asked.Index, IndexReport, _index, writes=True, creates=True),
        Verb("search", asked.Search, Answer, _search, by_meaning=True),
        Verb("tried", asked.Tried, Tried, _tried, by_meaning=True),
        Verb("related", asked.Related, Answer, _related),
        Verb("show", asked.Show, Shown, _show),
        Verb("history", asked.History, Told, _history),
        Verb("timeline", asked.Timeline, Story, _timeline),
        Verb("list", asked.Listing, Catalogue, _list),
        Verb("record", asked.Record, Recorded, _record, writes=True),
        Verb("status", asked.Status, StoreStatus, _status),
    )
}
