"""Runs as people read them: what was served, what came of it, what was learned."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.text import Text

from cli.forms.screen import line
from memory.kinds.vocabulary import Status
from memory.texts.formatting import ago, counted, day, minute
from memory.texts.safe_text import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cli.forms.screen import Screen
    from memory.models.details import Run
    from memory.models.runs import Begun, Finished, Learned, RunLine, Taught

MOST_FINDINGS = 5  # of either sort; the JSON has all
_STYLES = {Status.OPEN: "yellow", Status.DONE: "green", Status.FAILED: "red"}
_WHAT = {"added": "new", "supported": "evidence for", "contradicted": "evidence against"}


def print_begun(screen: Screen, begun: Begun) -> None:
    """Print the uid of a run that was opened, and its brief below."""
    step = f" It does step {begun.step} of {begun.plan}." if begun.plan else ""
    screen.line(f"Begun {begun.uid}.{step}")
    for said in begun.beside:
        screen.note(f"Mind: {said}.")
    if begun.brief:
        screen.line("")
        screen.line(visible(begun.brief).rstrip("\n"))
    if begun.reason:
        screen.note(f"Note: {begun.reason}")


def print_finished(screen: Screen, finished: Finished) -> None:
    """Print how a run ended, and what was learned from it."""
    known = "" if finished.is_new else ", as was known"
    screen.line(f"Finished {finished.uid}: {finished.status}{known}.")
    if finished.is_new:
        _print_kept(screen, finished.kept)
    for what, findings in (("Fixed", finished.findings.fixed), ("Began", finished.findings.began)):
        for said in findings[:MOST_FINDINGS]:
            screen.line(one_line(f"{what} since it began: {said}"))
        if len(findings) > MOST_FINDINGS:
            screen.line(f"{what} since it began: {len(findings) - MOST_FINDINGS} more findings")
    if finished.learned is None:
        screen.note(f"Nothing was learned from it yet: `archmem learn {finished.uid}` does.")
    else:
        print_learned(screen, finished.learned)


def print_learned(screen: Screen, learned: Learned) -> None:
    """Print what each lesson got out of a run."""
    if not learned.is_new and learned.lessons:
        screen.line(f"Learned before from {learned.run}:")
    for taught in learned.lessons:
        screen.line(one_line(_taught(taught)))
        if taught.problem:
            screen.note(f"No file tells of that yet: {taught.problem}")
    if not learned.lessons:
        screen.note(f"{learned.run} has nothing to teach: it tells no approach and no lesson.")
    _print_kept(screen, learned.kept)
    if not learned.complete:
        screen.note(f"Note: {learned.reason}")


def _print_kept(screen: Screen, names: tuple[str, ...]) -> None:
    if names:
        said = one_line(", ".join(names))
        screen.note(f"Kept as they are, being no fields of a result: {said}.")


def print_runs(screen: Screen, runs: Iterable[RunLine]) -> None:
    """Print runs, a row each."""
    now = datetime.now(UTC)
    rows = ((run.uid, _state(run, now), line(run.task)) for run in runs)
    screen.table(("Uid", "State", "Task"), rows)


def run_fields(run: Run, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a run as its page shows them: without what its text says in other words."""
    said = ("task", "metrics", "commit")
    shown = {name: value for name, value in fields.items() if name not in said}
    if run.commit:
        shown["begun at"] = f"commit {run.commit[:12]}"
    if run.begun:
        shown["begun"] = minute(run.begun)
    if run.served:
        shown["served"] = [f"{one.uid}, revision {one.revision}" for one in run.served]
    return shown


def open_words(runs: Iterable[RunLine]) -> str:
    """The runs that were never finished, in one line; nothing where each was."""
    still = [run for run in runs if run.status is Status.OPEN]
    if not still:
        return ""
    oldest = min(still, key=lambda run: (run.begun, run.uid))
    count = counted(len(still), "run")
    return f"{count} not finished, the oldest begun {day(oldest.begun)}: `archmem run list`"


def _state(run: RunLine, now: datetime) -> Text:
    if run.status is Status.OPEN:
        words = f"not finished, begun {day(run.begun)}, {ago(run.begun, now)}"
    else:
        later = "" if run.learned else ", not learned from"
        words = f"{run.status} {day(run.finished)}{later}"
    return Text(words, _STYLES[run.status])


def _taught(taught: Taught) -> str:
    form = taught.form.replace("_", " ")
    place = f" in {taught.path}" if taught.path else ""
    because = f" ({taught.because})" if taught.because else ""
    name = f"{taught.uid} “{taught.title}”" if taught.uid else f"“{taught.title}”"
    return f"{_WHAT[taught.what]}: {form} {name}{place}{because}"
