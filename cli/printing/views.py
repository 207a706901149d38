"""How each verb's response is printed: for people, and with `--json` for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.json_lines import (
    attempt_line,
    event_line,
    hit_line,
    memory_line,
    recorded_line,
    report_line,
    revision_lines,
    shown_line,
    status_line,
)
from cli.printing.attempts import print_attempt
from cli.printing.hits import print_hit
from cli.printing.page import print_page
from cli.printing.report import print_report
from cli.printing.revisions import print_revisions
from cli.printing.status import print_status
from cli.printing.tables import events_table, memories_table
from cli.safe_text import one_line
from memory.errors import RemovalsWithheld
from memory.models import request as asked
from memory.retrieval.questions import content_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cli.form import Form
    from cli.printing.screen import Screen
    from memory.api import ArchMem
    from memory.models.answer import (
        Answer,
        Catalogue,
        Recorded,
        Shown,
        StoreStatus,
        Story,
        Told,
        Tried,
    )
    from memory.models.report import IndexReport


def print_response(
    screen: Screen, form: Form, memory: ArchMem, request: Any, response: Any
) -> None:
    """Print what a verb gave back.

    Args:
        screen: Where to.
        form: In which form the caller wants it.
        memory: The memory that was asked.
        request: What was asked.
        response: What it gave back.
    """
    _VIEWS[type(request)](screen, form, memory, request, response)


def _index(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.Index, report: IndexReport
) -> None:
    screen.problems(report.problems)
    if report.history:
        screen.problems(report.history.problems)
    if form.json:
        screen.json(report_line(report))
    else:
        print_report(screen, report)
    if report.withheld:
        known = report.unchanged + report.revised + report.moved
        screen.fail(RemovalsWithheld(report.withheld, known))


def _search(
    screen: Screen, form: Form, _memory: ArchMem, request: asked.Search, answer: Answer
) -> None:
    _answer(screen, form, answer, content_words(request.question))


def _tried(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.Tried, tried: Tried
) -> None:
    for rank, attempt in enumerate(tried.attempts, start=1):
        if form.json:
            screen.json(attempt_line(rank, attempt))
            continue
        if rank > 1:
            screen.line("")
        print_attempt(screen.console, rank, attempt)
    if not tried.complete:
        screen.note(f"Note: {tried.reason}")
    if not tried.attempts:
        screen.note("Nothing like that is known. `archmem index --history` reads git's history.")


def _related(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.Related, answer: Answer
) -> None:
    _answer(screen, form, answer, ())


def _answer(screen: Screen, form: Form, answer: Answer, words: Sequence[str]) -> None:
    for rank, hit in enumerate(answer.hits, start=1):
        if form.json:
            screen.json(hit_line(rank, hit))
            continue
        if rank > 1:
            screen.line("")
        print_hit(screen.console, rank, hit, words, answer.titles, explain=form.explain)
    if not answer.complete:
        screen.note(f"Note: {answer.reason}")
    if not answer.hits:
        screen.note("Nothing found.")


def _show(screen: Screen, form: Form, _memory: ArchMem, _request: asked.Show, shown: Shown) -> None:
    if form.json:
        screen.json(shown_line(shown))
    else:
        print_page(screen.console, shown)


def _history(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.History, told: Told
) -> None:
    if not form.json:
        print_revisions(screen.console, told)
        return
    for line in revision_lines(told):
        screen.json(line)


def _timeline(
    screen: Screen, form: Form, _memory: ArchMem, request: asked.Timeline, story: Story
) -> None:
    if form.json:
        for event in story.events:
            screen.json(event_line(event))
    elif story.events:
        screen.by_rows().print(events_table(story.events))
    if not story.events:
        screen.note(f"Nothing is known of a module {request.module!r}.")


def _list(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.Listing, catalogue: Catalogue
) -> None:
    memories = catalogue.memories
    if form.json:
        for listed in memories:
            screen.json(memory_line(listed))
    elif memories:
        console = screen.by_rows()
        console.print(memories_table(memories, width=console.width))
    if not memories:
        screen.note("Nothing like that is known.")


def _record(
    screen: Screen, form: Form, memory: ArchMem, _request: asked.Record, recorded: Recorded
) -> None:
    shown = memory.show(recorded.uid)
    if form.json:
        screen.json(recorded_line(recorded, shown))
        return
    place = f" in {shown.memory.citation}" if recorded.path else ""
    known = "Recorded" if recorded.is_new else "Known already:"
    screen.line(one_line(f"{known} {recorded.uid}{place}."))
    if recorded.pending:
        screen.note(f"It is not in the project's files yet: {recorded.pending}")
    if recorded.not_embedded:
        screen.note(
            f"It is found by its words only until the next index run: {recorded.not_embedded}"
        )


def _status(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.Status, status: StoreStatus
) -> None:
    if form.json:
        screen.json(status_line(status))
        return
    print_status(screen, status)
    screen.problems(status.problems)


_VIEWS: dict[type, Callable[..., None]] = {
    asked.Index: _index,
    asked.Search: _search,
    asked.Tried: _tried,
    asked.Related: _related,
    asked.Show: _show,
    asked.History: _history,
    asked.Timeline: _timeline,
    asked.Listing: _list,
    asked.Record: _record,
    asked.Status: _status,
}
