"""What a look at everything found, the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from cli.forms.screen import indented, line
from cli.forms.terminal import bearing, styled_anchor, styled_premise, summary
from cli.printing.checks import check_words, since_words
from memory.models.details import Flag
from memory.texts.formatting import counted, day
from memory.views.json_fields import memory_line
from memory.views.memory_view import STALE, verdict_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from cli.forms.screen import Screen
    from memory.models.answer import Listed, Rebuilt, Verified
    from memory.models.findings import CheckRow

STALE_CODE = 3  # what the command ends with where `--fail-on` says so
VERIFIED_FIELDS = {
    "found": "stale, other, fired, unwatched, overdue, unfinished, check or code; the rest "
    "depends on it",
}
_INDENT = 2
_MOST = 4  # places of one memory that are named


def print_verified(screen: Screen, found: Verified) -> None:
    """Print what was found, in parts; a part that is empty is left out."""
    console = screen.console
    for listed in found.stale:
        _print_stale(console, listed)
    for title, lines in _parts(found):
        console.print(Text(title, "bold"))
        for words in lines:
            console.print(indented(words, _INDENT))
        console.print()
    screen.line(_totals(found))


def verified_lines(found: Verified) -> Iterator[dict[str, Any]]:
    """The same for programs: VERIFIED_FIELDS, with the fields of what was found."""
    for what, some in (("stale", found.stale), ("other", found.others)):
        yield from ({"found": what} | memory_line(listed) for listed in some)
    for fired in found.fired:
        yield {"found": "fired"} | fired.model_dump(mode="json")
    for unwatched in found.unwatched:
        yield {"found": "unwatched"} | unwatched.model_dump(mode="json")
    yield from ({"found": "overdue"} | memory_line(listed) for listed in found.overdue)
    for run in found.open_runs:
        yield {"found": "unfinished"} | run.model_dump(mode="json")
    for one in (*found.broken, *found.untold):
        yield {"found": "check"} | one.model_dump(mode="json")
    if found.code:
        yield {"found": "code"} | found.code.model_dump(mode="json")


def fails(found: Verified, fail_on: str) -> bool:
    """Whether a memory is as bad as `fail_on` says, or worse."""
    if not fail_on:
        return False
    names = [verdict_word(one) for one in STALE]
    bad = STALE[names.index(fail_on) :]
    return any(one.freshness is not None and one.freshness.verdict in bad for one in found.stale)


def rebuilt_words(rebuilt: Rebuilt) -> str:
    """What reading all code anew gave."""
    read = f"{counted(rebuilt.files, 'file')} of code read anew"
    if not rebuilt.differing:
        return f"{read}: what was kept says the same."
    named = ", ".join(rebuilt.differing[:_MOST])
    return f"{read}: {len(rebuilt.differing)} differed from what was kept, replaced: {named}"


def _print_stale(console: Console, listed: Listed) -> None:
    console.print(line(listed.memory.title, "bold"))
    console.print(indented(summary(listed), _INDENT))
    anchors = listed.freshness.anchors if listed.freshness else ()
    stale = [one for one in anchors if one.verdict in STALE]
    for checked in stale[:_MOST]:
        console.print(indented(styled_anchor(checked), _INDENT))
    if len(stale) > _MOST:
        console.print(indented(Text(f"and {len(stale) - _MOST} more", "dim"), _INDENT))
    for premise in listed.premises:
        console.print(indented(styled_premise(premise), _INDENT))
    console.print()


def _parts(found: Verified) -> Iterator[tuple[str, list[Text]]]:
    if found.broken:
        yield "Decisions that the code does not keep to", [*map(_broken, found.broken)]
    if found.untold:
        untold = [line(f"{check_words(one)}: {one.reason}") for one in found.untold]
        yield "Checks that cannot be told", untold
    if found.others:
        yield "Nothing wrong with, or nothing to tell of", [_other(one) for one in found.others]
    if found.fired:
        fired = [line(f"{one.title} ({one.uid}): {one.reason}") for one in found.fired]
        yield "To be reviewed", fired
    if found.unwatched:
        lines = [line(f"{one.uid}: “{one.trigger}”: {one.reason}") for one in found.unwatched]
        yield "Triggers that nobody can watch", lines
    if found.overdue:
        yield "Flags past their day", [_overdue(one) for one in found.overdue]
    if found.open_runs:
        runs = [line(f"{one.uid}: {one.task}, begun {day(one.begun)}") for one in found.open_runs]
        yield "Runs that nobody finished", runs


def _broken(one: CheckRow) -> Text:
    more = f" and {len(one.broken_by) - 1} more" if len(one.broken_by) > 1 else ""
    return line(f"{check_words(one)}: {one.broken_by[0]}{more}; {since_words(one)}".rstrip("; "))


def _other(listed: Listed) -> Text:
    verdict = f" · {listed.freshness.verdict}" if listed.freshness else ""
    said = next(bearing(listed), Text())
    return Text.assemble(line(listed.memory.title), f" · {listed.memory.uid}{verdict} ", said)


def _overdue(listed: Listed) -> Text:
    details = listed.memory.revision.draft.details
    due = f" was due on {day(details.due)}" if isinstance(details, Flag) else ""
    return line(f"{listed.memory.uid}: {listed.memory.title}{due}")


def _totals(found: Verified) -> str:
    total = sum(found.counts.values())
    if not total:
        return "No memory names a place of the codebase."
    told = ", ".join(f"{count:,} {verdict}" for verdict, count in found.counts.items())
    told = told.replace("moved to", "moved")
    at = f" at {found.commit[:12]}" if found.commit else ""
    naming = counted(total, "memory that names", "memories that name")
    return f"{naming} something{at}: {told}."
