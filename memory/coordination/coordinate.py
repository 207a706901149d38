"""The answer to a coordinator's request, from facts of the code and what people recorded.

Every statement has a citation; what neither tells is named as unknown, never filled in.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from memory.code.codebase import CodePlace
from memory.code.inventory import doubts, unread_facts
from memory.code.metrics import METRICS
from memory.coordination.effort import LEAST, effort_of
from memory.coordination.extraction import extract, extraction_phases, with_effort
from memory.coordination.families import (
    BOUND,
    NAMES,
    OF_A_MODEL,
    OF_ROUTES,
    SCOPED,
    SERVICES,
    WHOLE,
    WITHIN,
    family_of,
)
from memory.coordination.phases import change_phases
from memory.coordination.reached import (
    column_statements,
    direct_statements,
    indirect_statements,
    modules_asking,
    modules_of,
    query_statements,
    routes_by,
    table_statements,
    test_statements,
    users_of,
)
from memory.coordination.scoping import about_of, is_lost, scoped, target_of
from memory.coordination.worked_out.registry import (
    PARTS,
    PHASES,
    RISKS,
    UNKNOWN,
    WorkSubject,
    modules_found,
)
from memory.coordination.worked_out.rules import of_interface
from memory.models.coordination import SYSTEMIC, Coordination, CoordinationRisk, Effort, Statement
from memory.models.details import Flag, Lesson
from memory.texts.formatting import counted
from memory.views.memory_view import view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from memory.code.codebase import CodeBase, Route
    from memory.code.known import KnownCode
    from memory.code.past_changes import PastChanges
    from memory.code.targets import Target
    from memory.coordination.reached import Users
    from memory.coordination.subject import RequestSubject
    from memory.models.answer import Attempt, Hit, Listed
    from memory.models.coordination import Extraction, Phase, Request, TaskOwner
    from memory.models.findings import Finding, RuleRow
    from memory.models.series import Series

_STATE = "modules lines routes tables couplings module_cycles findings".split()
_HUNG = "modules lines couplings module_cycles".split()
#: What of the state bears on a family; on any other all of it does.
_STATE_OF = {
    OF_A_MODEL: "modules lines routes tables".split(),
    "API versioning": "modules lines routes".split(),
    "authentication": "modules lines routes".split(),
    "caching": "modules lines routes tables".split(),
    "deduplication": "modules lines findings".split(),
    "dependency analysis": _HUNG,
    "extraction of a service": [*_HUNG, "routes", "tables"],
    "migration of an interface": "modules lines routes".split(),
    "migration to services": [*_HUNG, "routes", "tables"],
    "performance": "modules lines routes tables findings".split(),
    "restructuring within": ["modules", "lines", "findings"],
    "schema redesign": "modules lines tables".split(),
    "security": "modules lines routes findings".split(),
    "standardising errors": "modules lines routes".split(),
    "tracing": "modules lines routes".split(),
}


class CoordinationInputs(NamedTuple):
    """What an answer is made from."""

    code: KnownCode
    metrics: Mapping[str, float]
    findings: Sequence[Finding]
    rules: Sequence[RuleRow]  # what found them
    series: Sequence[Series]  # of baselines
    past: PastChanges | None
    hits: Sequence[Hit]  # the memories that are to the point
    attempts: Sequence[Attempt]  # what was tried that is
    governing: Callable[[Target], Sequence[Mapping[str, str]]]  # what is written of some code
    flags: Callable[[Sequence[str]], Sequence[Listed]]  # those that are open, of some modules
    owner_of: Callable[[str], TaskOwner | None]

    def agent_of(self, module: str) -> str:
        """Who knows a module best; "" where nobody is known."""
        owner = self.owner_of(module)
        return owner.agent if owner else ""


def coordinate(request: Request, known: CoordinationInputs) -> Coordination:
    """See `ArchMem.coordinate`."""
    code = known.code.base
    query = request.query
    family = family_of(query)
    about = about_of(code, query, family)
    kept = {CodePlace(one.file, one.symbol) for one in code.tables}
    if not family and any(place in kept for _, place in about.places):
        family = OF_A_MODEL
        about = about_of(code, query, family)
    target = target_of(code, about)
    users = users_of(code, target.starts) if family not in WITHIN else None
    reached = users if target.starts else None
    extraction = _extraction(family, about, known)
    subject = WorkSubject(
        known.code, known.findings, known.rules, about, reached, known.series, cache(known.agent_of)
    )
    if family in SCOPED:
        subject = scoped(subject, family)
    is_told = not (family in BOUND and is_lost(about))
    plan = _plan(subject, family, extraction) if is_told else ()
    parts = tuple(PARTS[family](subject)) if family in PARTS and is_told else ()
    concerned = _concerned(code, family, about, reached, extraction, subject)
    is_asking = family in WHOLE or (family in WITHIN and query.rstrip().endswith("?"))
    past = None if is_asking else known.past  # what an analysis leads to decides what it takes
    models = [one.table.file for one in about.columns if one.table.symbol]
    # An edit of a file that is extracted says nothing of what it takes to extract it.
    changed = set() if extraction else {*models, *(place.path for _, place in about.places)}
    effort = effort_of(past, query, code, family, len(concerned) or SYSTEMIC, changed)
    if extraction and effort:
        extraction = with_effort(extraction, effort)
    routes = routes_by(code, reached) if reached else []
    return Coordination(
        query=query,
        family=family,
        about=about.names,
        current_state=tuple(_state(known, family)),
        affected_modules=tuple(concerned),
        breaks_immediately=(
            *(direct_statements(code, reached) if reached else ()),
            *(query_statements(code, about.tables) if family not in WITHIN else ()),
            *(column_statements(code, about.columns) if family not in WITHIN else ()),
        ),
        degrades=tuple(indirect_statements(reached) if reached else ()),
        routes=tuple(_routes(code, routes, subject, family)),
        tables=tuple(table_statements(code, about) if family not in WITHIN else ()),
        tests=tuple(test_statements(code, reached) if reached else ()),
        governed_by=tuple(_governing(known, target)),
        risks=tuple(
            _risks(
                known._replace(findings=subject.findings),
                family,
                _at_risk(extraction, concerned),
                {p.path for p in target.starts},
            )
        ),
        worked_out=parts,
        migration_plan=plan,
        extraction=extraction,
        effort=effort,
        unknown=(
            *_unknown(request, family, about, reached, is_planned=bool(plan)),
            *_unknown_effort(effort, is_asking=is_asking),
            *(f"{what}: {why}" for what, why in unread_facts(code).items()),
            *(UNKNOWN[family](subject) if family in UNKNOWN and is_told else ()),
        ),
        doubts=doubts(code),
    )


def _extraction(family: str, about: RequestSubject, known: CoordinationInputs) -> Extraction | None:
    """The services that are asked for; None where none are, or what is named is not there."""
    if family not in SERVICES or (family in NAMES and not about.names):
        return None
    files = [place.path for _, place in about.places]
    named = {about.called: about.files} if about.called else {}
    return extract(known.code, about.modules, files, named, known.owner_of)


def _plan(subject: WorkSubject, family: str, extraction: Extraction | None) -> tuple[Phase, ...]:
    """What is to be done: that of the family, or else of what is named; none without either.

    What keeps its interface is not changed module by module, and nothing old is taken out.
    """
    if extraction:
        return extraction_phases(extraction)
    if family in PHASES:
        return PHASES[family](subject)
    if family in WITHIN or not (subject.users or subject.about.tables or subject.about.columns):
        return ()
    return change_phases(subject.known.base, subject.about, subject.users, subject.agent_of)


def _concerned(
    code: CodeBase,
    family: str,
    about: RequestSubject,
    users: Users | None,
    extraction: Extraction | None,
    subject: WorkSubject,
) -> list[str]:
    """The modules that are named or use what is; without any, those of what is worked out."""
    places = [place.path for _, place in about.places] + list(about.files)
    places += [one.file for one in about.tables] + [one.table.file for one in about.columns]
    own = [code.files[path].module for path in places if path in code.files]
    found = [*about.modules, *own, *(modules_of(code, users) if users else ())]
    found += modules_asking(code, about) if family not in WITHIN else ()
    if not found and extraction:
        found = sorted({name for one in extraction.services for name in one.modules})
    elif not found:
        found = sorted(modules_found(subject, family))
    return list(dict.fromkeys(found))


def _state(known: CoordinationInputs, family: str) -> Iterable[Statement]:
    """What was measured and bears on a family; of routes also how many ask who calls."""
    unread = unread_facts(known.code.base)
    for name in _STATE_OF.get(family, _STATE):
        value = known.metrics.get(name)
        if value is None and name not in unread:
            continue
        if name in unread:
            said = f"at least {value:g}, {unread[name]}" if value else f"unknown, {unread[name]}"
        else:
            said = f"{value:,.10g}"
        formulas = [METRICS[name]]
        if name == "routes" and value:
            said += _asking_who(known.metrics, int(value))
            formulas += [METRICS["routes_open"], METRICS["routes_unknown"]]
        if name == "module_cycles" and value:
            said += f", with {counted(int(known.metrics['modules_in_cycles']), 'module')} in them"
            formulas.append(METRICS["modules_in_cycles"])
        yield Statement(
            text=f"{name.replace('_', ' ')}: {said}",
            value=None if name in unread else value,
            citations=tuple(f"formula: {one}" for one in formulas),
        )
    coverage = known.code.coverage
    if coverage:
        cited = f"{coverage.report} of {coverage.day}"
        yield Statement(text="test coverage is reported", citations=(cited,))


def _asking_who(metrics: Mapping[str, float], total: int) -> str:
    """How many routes authenticate, in words."""
    of_none, unknown = int(metrics["routes_open"]), int(metrics["routes_unknown"])
    certain = total - of_none - unknown
    return f"; {certain} authenticate, {of_none} do not, {unknown} cannot be told"


def _routes(
    code: CodeBase,
    routes: Sequence[tuple[Route, tuple[str, int]]],
    subject: WorkSubject,
    family: str,
) -> Iterable[Statement]:
    """The routes that come by what changes, and where; or those that are asked about."""
    for route, (path, line) in routes:
        text = f"{route.method} {route.path} -> {route.handler}"
        yield Statement(text=text, citations=(f"{route.file}:{route.line}", f"{path}:{line}"))
    if family in OF_ROUTES:
        own = subject.known.base
        for route in (
            own.routes if family == "security" or subject.about.routes else of_interface(own)
        ):
            if route.file in code.files and not code.files[route.file].is_test:
                text = f"{route.method} {route.path} -> {route.handler}"
                yield Statement(text=text, citations=(f"{route.file}:{route.line}",))


def _governing(known: CoordinationInputs, target: Target) -> Iterable[Statement]:
    """Decisions that hold and are to the point, and those that name what would change."""
    cited = set()
    for one in known.hits:
        told = view(one)
        if told.kind == "decision" and told.in_force:
            cited.add(told.uid)
            yield Statement(text=f"{told.title} ({told.standing})", citations=(told.citation,))
    for row in known.governing(target):
        if row["kind"] == "decision" and row["uid"] not in cited and row["why"].startswith("names"):
            said = f"{row['title']} ({row['status']}); {row['why']}"
            yield Statement(text=said, citations=(row["citation"],))


def _at_risk(extraction: Extraction | None, concerned: Sequence[str]) -> Sequence[str]:
    """The modules whose faults bear on it: of what is extracted, and of who uses that none."""
    if not extraction:
        return concerned
    return [name for one in extraction.services if one.phases for name in one.modules]


def _risks(
    known: CoordinationInputs, family: str, concerned: Sequence[str], changed: set[str]
) -> Iterable[CoordinationRisk]:
    """What memories warn of, and findings of the family's kind or in files that change."""
    for flag in known.flags(concerned):
        told = view(flag)
        details = flag.memory.revision.draft.details
        yield CoordinationRisk(
            risk=f"open flag: {told.title}",
            severity="HIGH" if isinstance(details, Flag) and details.blocking else "MED",
            citations=(told.citation,),
        )
    for attempt in known.attempts:
        if attempt.is_reverted:
            why = f": {attempt.revert_reason}" if attempt.revert_reason else ""
            yield CoordinationRisk(
                risk=f"tried and reverted: {attempt.memory.title}{why}",
                severity="HIGH",
                citations=tuple(filter(None, (attempt.citation, attempt.reverted_by))),
            )
    for one in known.hits:
        details = one.memory.revision.draft.details
        if isinstance(details, Lesson) and details.form == "antipattern":
            told = view(one)
            yield CoordinationRisk(
                risk=f"antipattern: {told.title}",
                severity="MED",
                citations=(told.citation,),
                mitigation=details.alternative or "unknown",
                mitigation_citations=(told.citation,) if details.alternative else (),
            )
    inside = set(concerned)
    if family in RISKS or family in WITHIN:
        changed = set()  # only faults of that kind bear on it, wherever they are
    for finding in known.findings:
        is_of_it = finding.area in RISKS.get(family, ()) and inside & set(finding.modules)
        is_there = not changed.isdisjoint(spot.file for spot in finding.spots[:1])
        if finding.severity != "minor" and finding.sure and (is_of_it or is_there):
            yield CoordinationRisk(
                risk=finding.message,
                severity="HIGH" if finding.severity == "critical" else "MED",
                citations=tuple(f"{spot.file}:{spot.line}" for spot in finding.spots[:3]),
                mitigation=finding.do or "unknown",
                mitigation_citations=(finding.id,) if finding.do else (),
            )


def _unknown(
    request: Request,
    family: str,
    about: RequestSubject,
    users: Users | None,
    *,
    is_planned: bool,
) -> Iterable[str]:
    if not family:
        yield "what the request is about: its words name none of the families that are understood"
    for name in about.members:
        yield f"{name}: no such member is known; what is told is of {name.partition('.')[0]}"
    yield from filter(None, [about.doubt])
    if breaking := _unknown_breaks(family, about, users):
        yield breaking
    yield "clients: who calls the routes from elsewhere was not looked for"
    if "timeline" in request.context:
        yield f"whether {request.context['timeline']} is enough: no fact tells"
    constraints = request.context.get("constraints")
    if isinstance(constraints, list):
        for one in constraints:
            yield f"whether {str(one)!r} can be kept: no fact tells"
    if not is_planned:
        yield "a plan: no fact calls for a step"


def _unknown_effort(effort: Effort | None, *, is_asking: bool) -> Iterable[str]:
    if is_asking:
        yield "effort: what is found decides it"
    elif effort is None:
        yield f"effort: fewer than {LEAST} merged changes are known that were like it"


def _unknown_breaks(family: str, about: RequestSubject, users: Users | None) -> str:
    """What of "what breaks" nobody can tell; "" where it is told."""
    if not about.names:
        is_wide = family in WITHIN and not is_lost(about)
        worked_out = "; what is worked out is of all of it" if is_wide else ""
        whole = "; it is about all of it" if family in WHOLE and is_wide else worked_out
        return f"what breaks: the request names nothing of the code that is known{whole}"
    if family in WITHIN:
        return "what breaks: what is named may keep what others use of it"
    if about.columns:
        return "what else uses the column: which objects it is asked of is not followed"
    if about.routes:
        return "what breaks: who calls these routes was not looked for"
    if not (users and users.direct) and not about.tables:
        return "what breaks: nothing is known to use it, and not all calls could be followed"
    return ""
