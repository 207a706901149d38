"""The ways that files of a project go, of which some are known only by what names mean in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.frameworks.ways import THROWN, Ways
from memory.code.codebase import CodePlace, Edge, Grade, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject

HELPERS = "error helpers"
_MOST_BASES = 5  # of an exception, one above another
_NAMED = re.compile(r"(?:\bnew|\braise)\s++([\w.\\]++)")
#: Where requests are answered: what is thrown there is an answer, whatever it is called.
_ANSWERING = re.compile(
    r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?i:controller|handler|view|resource|route|endpoint"
    r"|middleware|guard|action|api|https?|rest|web|server|router|resolver|request)s?(?![a-z])"
)
#: What makes an exception one that is answered with a status.
_OF_HTTP = re.compile(r"Http|HTTP|Response|Status|Api|API|Web|Rest|Problem|Abort")
#: Files that turn exceptions into answers.
_MAPPING = re.compile(
    r"(?i)handler|advice|filter|mapper|middleware|bootstrap/app|exceptions?/render"
)
_VERB = re.compile(r"(?i)_*(?:write|send|respond|reply|answer|abort|json|return|http)")
_FAILS = re.compile(
    r"(?i)(?:err(?:or)?s?|problems?|fail(?:ure|ed)?|notfound|forbidden|unauthori[sz]ed|badrequest)"
    r"(?:response|json|reply|answer|page|status|code)?$"
)
_ANSWER = re.compile(
    r"(?i)_*(?:errors?|problem|fail(?:ure|ed)?)_?(?:response|json|reply|answer)s?$"
)
_ELSEWHERE = re.compile(r"(?i)mail|log|report|event|metric|notif|message|sms|slack|alert|count")


def ways_of(project: CodeProject) -> Iterator[Way]:
    """The ways that files go, by path; then by which functions of its own errors are answered."""
    handled = _handled(project)
    for path, mark in project.marks(Ways.name):
        data = mark.data
        line, said, times = mark.line, data["said"], data["times"]
        if mark.name == THROWN:
            answers = [one for one in data["thrown"] if _is_answer(project, path, one[1], handled)]
            if not answers:
                continue
            (line, said), times = answers[0], len(answers)
        yield Way(mark.kind, mark.name, path, line, said, times)
    yield from _helped(project)


def _is_answer(project: CodeProject, path: str, said: str, handled: set[CodePlace]) -> bool:
    """Whether an exception answers a request; one of the project's own that nobody maps does not.

    Unless it is thrown where requests are answered.
    """
    named = _NAMED.search(said)
    place = project.locate(path, named[1]) if named else None
    if place is None or project.definition(place) is None or _ANSWERING.search(path):
        return True
    for _ in range(_MOST_BASES):
        one = project.definition(place)
        if place in handled or one is None:
            return True
        said = " ".join((one.name, *one.bases, *one.annotations))
        if _OF_HTTP.search(said):
            return True
        bases = [project.locate(place.path, base) for base in one.bases]
        known = [base for base in bases if base and project.definition(base)]
        if not known:
            return False
        place = known[0]
    return True


def _handled(project: CodeProject) -> set[CodePlace]:
    """What files name that turn exceptions into answers."""
    if not any(project.marks(Ways.name, "errors")):
        return set()
    mapping = {path for path in project.files if _MAPPING.search(path)}
    return {
        edge.target
        for edge in project.edges()
        if isinstance(edge, Edge) and edge.source.path in mapping
    }


def _helped(project: CodeProject) -> Iterator[Way]:
    """Calls of functions of the project that by their names answer with an error."""
    calls: dict[tuple[str, CodePlace], list[int]] = {}
    for edge in project.edges():
        if isinstance(edge, Edge) and edge.grade is Grade.CALL and _answers(edge.target.symbol):
            calls.setdefault((edge.source.path, edge.target), []).append(edge.line)
    for (path, helper), lines in sorted(calls.items()):
        name = helper.symbol.rpartition(".")[2]
        yield Way(HELPERS, f"answered by {name}()", path, min(lines), name, len(lines))


def _answers(symbol: str) -> bool:
    """Whether a function answers with an error: `writeError`, `error_response`."""
    name = symbol.rpartition(".")[2]
    is_answer = _ANSWER.match(name) or (_VERB.match(name) and _FAILS.search(name.replace("_", "")))
    return bool(is_answer) and not _ELSEWHERE.search(name)
