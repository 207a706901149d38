"""How modules log, validate and answer with errors, where one does it otherwise than most.

Files are held against each other that routes lead to: what runs by hand or in a browser has other
customs. Where no route is known, all are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from memory.code.findings.consistency import Habit, stands_out
from memory.code.findings.rule import AuditSubject, Rule, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.code.codebase import CodeBase, Way

#: What people see in a terminal or a browser, where one prints for them.
_SHOWN = re.compile(
    r"(?:^|/)_?(?:commands?|console|scripts?|cli|cmd|bin|tools?|hack|examples?|docs?|seeds?|seeders?"
    r"|migrations?|benchmarks?|contrib|docker|deploy|templates?|playground|demo|frontend|client|web"
    r"|ui|public|static|assets|browser|e2e)(?:[-_]\w+)?(?:/|$)"
    r"|\.[jt]sx$|(?:^|/)(?:cli|manage|setup|main|conftest|gulpfile|webpack[^/]*)\.\w+$|\.config\.\w+$"
    r"|Command\.(?:php|java)$",
    re.IGNORECASE,
)
_OF_LOGS = frozenset({"logging", "values", "loggers"})
_OF_HANDLERS = frozenset({"errors", "error keys"})


def _look(subject: AuditSubject, rule: str, about: str, what: str) -> Seen:
    """Each file is a place, by the way that it goes most; languages are told apart."""
    code, all_of_it, told = subject.code, Seen(), []
    for language, own in sorted(_by_language(code, about).items()):
        seen = stands_out(code, rule, what, own)
        told += [f"{language}: {seen.said}"] if seen.said else []
        all_of_it.looked_at += seen.looked_at
        all_of_it.findings += seen.findings
        all_of_it.untold += seen.untold
    all_of_it.said = "; ".join(told)
    return all_of_it


def _by_language(code: CodeBase, about: str) -> dict[str, list[Habit]]:
    handlers = {one.file for one in code.routes}
    wanted = handlers if about in _OF_HANDLERS else _reached(code, handlers)
    files: dict[str, list[Way]] = defaultdict(list)
    for way in code.ways:
        if way.about == about and way.path in wanted:
            if about in _OF_LOGS and _SHOWN.search(way.path):
                continue
            files[way.path].append(way)
    found: dict[str, list[Habit]] = defaultdict(list)
    if about == "validation":
        for habit in _in_routes(code):
            found[code.files[habit.file].language].append(habit)
    for path, ways in files.items():
        most = max(ways, key=lambda one: (one.times, one.way))
        found[code.files[path].language].append(Habit(most.way, path, most.line, most.said))
    return found


def _in_routes(code: CodeBase) -> Iterator[Habit]:
    """How routes of PHP are validated, as their handlers say: once for each file."""
    seen = set()
    for route in code.routes:
        said = route.validation.evidence
        file = code.files.get(route.file)
        if route.validation.answer != "yes" or file is None or file.language != "php":
            continue
        way = "validated in the handler" if said.startswith("$") else "validated by a class"
        if (route.file, way) not in seen:
            seen.add((route.file, way))
            yield Habit(way, route.file, route.line, said)


def _reached(code: CodeBase, handlers: set[str]) -> set[str]:
    """The files that handlers need, directly or not; all where there are none."""
    if not handlers:
        return set(code.files)
    found, left = set(handlers), list(handlers)
    while left:
        new = code.needs_of.get(left.pop(), frozenset()) - found
        found |= new
        left += new
    return found


def _rules() -> Iterator[Rule]:
    for name, about, what, told in (
        ("logging", "logging", "messages", "how messages are put out"),
        ("log-values", "values", "values in messages", "how messages take their values"),
        ("loggers", "loggers", "loggers", "how loggers are made and named"),
        ("validation", "validation", "requests", "how requests are validated"),
        ("errors", "errors", "errors of handlers", "how handlers tell of errors"),
        ("error-keys", "error keys", "errors of handlers", "under which key errors are told"),
    ):
        rule = f"consistency.{name}"
        yield Rule(rule, told, partial(_look, rule=rule, about=about, what=what))


RULES = tuple(_rules())
