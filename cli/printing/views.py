"""How each verb's response is printed: for people, and with `--json` for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.forms.terminal import print_hit, print_page
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
from cli.json_runs import begun_line, finished_line, learned_line, run_line
from cli.json_series import compared_fields, series_line
from cli.printing.attempts import print_attempt
from cli.printing.baselines import comparison_lines, print_series
from cli.printing.briefs import print_brief
from cli.printing.checked import CONFLICT, checked_line, print_checked
from cli.printing.consolidated import consolidated_lines, print_consolidated
from cli.printing.explained import explained_line, print_explained
from cli.printing.flags import flag_lines, print_flags, settled_words
from cli.printing.report import print_report
from cli.printing.revisions import print_revisions
from cli.printing.runs import print_begun, print_finished, print_learned, runs_table
from cli.printing.status import print_status
from cli.printing.svg import draw_series
from cli.printing.tables import events_table, memories_table
from cli.printing.verified import STALE_CODE, fails, print_verified, verified_lines
from memory.errors import RemovalsWithheld
from memory.models import request as asked
from memory.models.plan import Verdict
from memory.texts.safe_text import one_line
from memory.texts.words import content_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cli.form import Form
    from cli.forms.screen import Screen
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
    from memory.models.brief import Brief
    from memory.models.consolidation import Consolidated
    from memory.models.explanation import Explained
    from memory.models.flagged import Flags
    from memory.models.outcome import Begun, Finished, Learned, Runs
    from memory.models.plan import CheckedPlan
    from memory.models.report import IndexReport
    from memory.models.series import Measurements
    from memory.models.verified import Verified


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


def _brief(
    screen: Screen, _form: Form, _memory: ArchMem, request: asked.Brief, brief: Brief
) -> None:
    print_brief(screen, brief, styled=request.form == "md")
    if not brief.complete:
        screen.note(f"Note: {brief.reason}")


def _check(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.Check, checked: CheckedPlan
) -> None:
    if form.json:
        for step in checked.steps:
            screen.json(checked_line(step))
    else:
        print_checked(screen, checked)
    if not checked.complete:
        screen.note(f"Note: {checked.reason}")
    if checked.verdict is Verdict.CONFLICT:
        screen.end_with(CONFLICT)


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


def _explain(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.Explain, explained: Explained
) -> None:
    if form.json:
        screen.json(explained_line(explained))
    else:
        print_explained(screen.console, explained)


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


def _baselines(
    screen: Screen, form: Form, _memory: ArchMem, request: asked.Baselines, found: Measurements
) -> None:
    if form.svg and found.series:
        screen.line(draw_series(found.series))
    elif form.json:
        for series in found.series:
            screen.json(series_line(series))
    elif found.series:
        print_series(screen.console, found.series, is_named=bool(request.metric))
    if not found.series:
        screen.note("No measurement like that is known.")


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
        screen.json(recorded_line(recorded, shown) | compared_fields(recorded))
        return
    place = f" in {shown.memory.citation}" if recorded.path else ""
    known = "Recorded" if recorded.is_new else "Known already:"
    screen.line(one_line(f"{known} {recorded.uid}{place}."))
    for told in comparison_lines(recorded):
        screen.console.print(told)
    if recorded.pending:
        screen.note(f"It is not in the project's files yet: {recorded.pending}")
    if recorded.not_embedded:
        screen.note(
            f"It is found by its words only until the next index run: {recorded.not_embedded}"
        )


def _run_start(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.RunStart, begun: Begun
) -> None:
    if form.json:
        screen.json(begun_line(begun))
    else:
        print_begun(screen, begun)


def _run_finish(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.RunFinish, finished: Finished
) -> None:
    if form.json:
        screen.json(finished_line(finished))
    else:
        print_finished(screen, finished)


def _run_list(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.RunList, found: Runs
) -> None:
    if form.json:
        for run in found.runs:
            screen.json(run_line(run))
    elif found.runs:
        screen.by_rows().print(runs_table(found.runs))
    if not found.runs:
        screen.note("There are no runs; `archmem run start --task TEXT` opens one.")


def _learn(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.Learn, learned: Learned
) -> None:
    if form.json:
        screen.json(learned_line(learned))
    else:
        print_learned(screen, learned)


def _flag(screen: Screen, form: Form, _memory: ArchMem, request: asked.Flag, found: Flags) -> None:
    if form.json:
        for line in flag_lines(found):
            screen.json(line)
    elif found.action == "list":
        print_flags(screen, found)
    else:
        screen.line(one_line(settled_words(found)))
    if found.pending:
        screen.note(f"It is not in the project's files yet: {found.pending}")
    if found.action == "list" and not found.flags:
        whose = f" of {request.domain}" if request.domain else ""
        screen.note(f"No {'' if request.everything else 'open '}flags{whose}.")


def _consolidate(
    screen: Screen,
    form: Form,
    _memory: ArchMem,
    request: asked.Consolidate,
    consolidated: Consolidated,
) -> None:
    if form.json:
        for line in consolidated_lines(consolidated):
            screen.json(line)
    else:
        print_consolidated(screen, consolidated)
    if consolidated.note:
        screen.note(f"Note: {consolidated.note}.")
    if request.listing and not consolidated.applications:
        screen.note("Nothing was ever applied.")
    elif not (request.apply or request.undo or request.listing or consolidated.proposals):
        screen.note("Nothing to tidy.")
    if any(not outcome.done for outcome in consolidated.outcomes):
        screen.end_with(1)


def _verify(
    screen: Screen, form: Form, _memory: ArchMem, _request: asked.Verify, found: Verified
) -> None:
    if form.json:
        for line in verified_lines(found):
            screen.json(line)
    else:
        print_verified(screen, found)
    screen.problems(found.problems)
    if fails(found, form.fail_on):
        screen.end_with(STALE_CODE)


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
    asked.Brief: _brief,
    asked.Check: _check,
    asked.Related: _related,
    asked.Show: _show,
    asked.Explain: _explain,
    asked.History: _history,
    asked.Timeline: _timeline,
    asked.Baselines: _baselines,
    asked.Listing: _list,
    asked.Record: _record,
    asked.RunStart: _run_start,
    asked.RunFinish: _run_finish,
    asked.RunList: _run_list,
    asked.Learn: _learn,
    asked.Flag: _flag,
    asked.Consolidate: _consolidate,
    asked.Verify: _verify,
    asked.Status: _status,
}
