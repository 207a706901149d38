"""The answer to a coordinator's request, from facts of the code and what people recorded.

Every statement has a citation; what neither tells is named as unknown, never filled in.
"""

from __future__ import annotations

import re
from functools import cache
from statistics import quantiles
from typing import TYPE_CHECKING, NamedTuple

from memory.code.apart import is_migration
from memory.code.codebase import CodePlace
from memory.code.impact import find_impact
from memory.code.inventory import doubts, unread_facts
from memory.code.metrics import METRICS
from memory.code.targets import of_files
from memory.coordination.code_names import named_files, named_places, named_tables
from memory.coordination.extraction import extract, extraction_phases
from memory.coordination.phases import change_phases
from memory.coordination.similar import LIKE
from memory.coordination.worked_out.registry import PARTS, PHASES, RISKS, UNKNOWN, WorkSubject
from memory.models.coordination import SYSTEMIC, Coordination, CoordinationRisk, Effort, Statement
from memory.models.details import Flag, Lesson
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.module_names import modules_in
from memory.views.memory_view import view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from memory.code.codebase import CodeBase
    from memory.code.known import KnownCode
    from memory.code.past_changes import PastChange, PastChanges
    from memory.code.targets import Target
    from memory.models.answer import Attempt, Hit, Listed
    from memory.models.code import Impact, Reached
    from memory.models.coordination import Extraction, Phase, Request, TaskOwner
    from memory.models.findings import Finding, RuleRow
    from memory.models.series import Series

_MOST = 20  # changes that effort is taken from
_READ = 200  # changes like it that are looked at
_LEAST = 5  # changes like it from which on effort is told
_STATE = (
    "modules lines routes routes_open routes_unknown tables couplings module_cycles "
    "modules_in_cycles findings"
).split()
#: Families of which what they name is the subject: where it is not found, nobody can tell.
_OF_A_MODEL = "change of a model"
_NAMES = frozenset({"extraction of a service", _OF_A_MODEL, "schema redesign"})
_SERVICES = frozenset({"migration to services", "extraction of a service"})
#: Families of which what is named keeps its interface: nothing breaks by who uses it.
_WITHIN = frozenset(
    {
        "API versioning",
        "caching",
        "deduplication",
        "dependency analysis",
        "performance",
        "security",
        "standardising errors",
        "technical debt",
        "tracing",
    }
)
_WHOLE = frozenset({"dependency analysis", "technical debt", "security", "deduplication"})


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
    places = [*named_places(code, query), *_models(code, query)]
    kept = {CodePlace(one.file, one.symbol) for one in code.tables}
    is_of_a_model = any(place in kept for _, place in places)
    family = family_of(query) or (_OF_A_MODEL if is_of_a_model else "")
    names = sorted({file.module for file in code.files.values() if not file.is_test})
    named = list(modules_in(_without_family(query, family), names))
    starts = [place.path for _, place in places]
    starts += [one.file for one in named_tables(code, query)]
    if not places:
        starts += [path for path, file in code.files.items() if file.module in named]
    files = () if starts else named_files(code, query)
    starts += files
    target = of_files(code, ", ".join(named), "request", starts)
    if places:
        target = target._replace(starts=tuple(sorted({place.top for _, place in places})))
    impact = find_impact(code, target, known.code.together, known.code.coverage) if starts else None
    concerned = _concerned(code, family, named, impact)
    effort = effort_of(known.past, query, code, family, len(concerned) or SYSTEMIC)
    extraction = _extraction(family, named, starts, known, effort)
    subject = WorkSubject(
        known.code, known.findings, known.rules, impact, known.series, cache(known.agent_of)
    )
    plan = _plan(subject, family, extraction)
    breaks = family not in _WITHIN
    return Coordination(
        query=query,
        family=family,
        about=tuple(dict.fromkeys([*(name for name, _ in places), *named, *files])),
        current_state=tuple(_state(known)),
        affected_modules=tuple(concerned),
        breaks_immediately=tuple(_reached(_of_today(impact.direct) if breaks and impact else ())),
        degrades=tuple(_reached(impact.cascade if breaks and impact else ())),
        routes=tuple(_routes(code, impact, family)),
        tables=tuple(_reached(impact.tables if impact else ())),
        tests=tuple(_reached(impact.tests if impact else ())),
        governed_by=tuple(_governing(known, target)),
        risks=tuple(_risks(known, family, concerned, set(starts))),
        worked_out=tuple(PARTS[family](subject)) if family in PARTS else (),
        migration_plan=plan,
        extraction=extraction,
        effort=effort,
        unknown=(
            *_unknown(request, family, impact, effort, is_planned=bool(plan)),
            *(f"{what}: {why}" for what, why in unread_facts(code).items()),
            *(UNKNOWN[family](subject) if family in UNKNOWN else ()),
        ),
        doubts=doubts(code),
    )


def _extraction(
    family: str,
    named: Sequence[str],
    starts: Sequence[str],
    known: CoordinationInputs,
    effort: Effort | None,
) -> Extraction | None:
    """The services that are asked for; None where none are, or what is named is not there."""
    if family not in _SERVICES or (family in _NAMES and not (named or starts)):
        return None
    return extract(known.code, named, () if named else starts, known.owner_of, effort)


def _plan(subject: WorkSubject, family: str, extraction: Extraction | None) -> tuple[Phase, ...]:
    """What is to be done: that of the family, or else of what is named; none without either."""
    if extraction:
        return extraction_phases(extraction)
    if family in PHASES:
        return PHASES[family](subject)
    if subject.impact is None:
        return ()
    return change_phases(subject.known.base, subject.impact, subject.agent_of)


def _models(code: CodeBase, query: str) -> list[tuple[str, CodePlace]]:
    """The models of the tables that a request names."""
    return [
        (one.table, place)
        for one in named_tables(code, query)
        if one.symbol and (place := CodePlace(one.file, one.symbol)) in code.symbols
    ]


def family_of(query: str) -> str:
    """What a request is about by its words; "" where they do not say."""
    return next((name for name, pattern in _families().items() if pattern.search(query)), "")


def _without_family(query: str, family: str) -> str:
    """A request without the words of its family: the API of "version the API" is no module.

    What a model or a service is called may stand among them.
    """
    if not family or family in _NAMES:
        return query
    return _families()[family].sub(" ", query)


@cache
def _families() -> Mapping[str, re.Pattern[str]]:
    return {
        name: re.compile(rf"\b(?:{any_of(words)})", re.IGNORECASE)
        for name, words in read_lexicon("coordination")["families"].items()
    }


def _concerned(
    code: CodeBase, family: str, named: Sequence[str], impact: Impact | None
) -> list[str]:
    """The modules that it reaches; of what asks about all without naming any, all."""
    reached = [*named, *(impact.modules if impact else ())]
    if not reached and family and family not in _NAMES:
        reached = sorted({file.module for file in code.files.values() if not file.is_test})
    return list(dict.fromkeys(reached))


def _state(known: CoordinationInputs) -> Iterable[Statement]:
    unread = unread_facts(known.code.base)
    for name in _STATE:
        if name in unread and not known.metrics[name]:
            yield Statement(
                text=f"{name}: unknown, {unread[name]}", citations=(f"formula: {METRICS[name]}",)
            )
        elif name in known.metrics:
            value = known.metrics[name]
            text = f"{name.replace('_', ' ')}: {value:,.10g}"
            yield Statement(text=text, value=value, citations=(f"formula: {METRICS[name]}",))
    coverage = known.code.coverage
    if coverage:
        cited = f"{coverage.report} of {coverage.day}"
        yield Statement(text="test coverage is reported", citations=(cited,))


def _of_today(rows: Sequence[Reached]) -> list[Reached]:
    """Without migrations: steps that were taken once break by no later change."""
    return [one for one in rows if not is_migration(one.file)]


def _reached(rows: Sequence[Reached]) -> Iterable[Statement]:
    for one in rows:
        way = " <- ".join(one.path)
        text = f"{one.name} ({one.module}{f', {one.grade}' if one.grade else ''})"
        yield Statement(text=text, citations=tuple(filter(None, (f"{one.file}:{one.line}", way))))


def _routes(code: CodeBase, impact: Impact | None, family: str) -> Iterable[Statement]:
    if impact is not None:
        yield from _reached(impact.routes)
    elif family in {"migration of an interface", "API versioning", "security"}:
        for route in code.routes:
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


def effort_of(
    past: PastChanges | None, query: str, code: CodeBase, family: str = "", modules: int = 1
) -> Effort | None:
    """What the changes most like a request took; None where too few are like it.

    What only shares words with it tells nothing of how long a larger change takes: for one of
    `modules` those count that touched several, too, and for services those that say that they
    extract something.
    """
    like = [one.change for one in (past.like(query, _READ) if past else ()) if one.likeness >= LIKE]
    if family in _SERVICES:
        like = [one for one in like if family_of(one.subject) in _SERVICES]
    like = [one for one in like if _touched(code, one) >= min(modules, SYSTEMIC)][:_MOST]
    if len(like) < _LEAST:
        return None

    def spread(values: Iterable[float]) -> tuple[float, float, float]:
        low, middle, high = quantiles(values, n=4, method="inclusive")
        return round(low, 1), round(middle, 1), round(high, 1)

    # A commit that came by itself does not say when work on it began.
    dated = [one for one in like if one.began < one.moment]
    lasted = [(one.moment - one.began).total_seconds() / 86_400 for one in dated]
    return Effort(
        changes=len(like),
        files=spread(len(one.paths) for one in like),
        commits=spread(one.commits for one in like),
        days=spread(lasted) if len(lasted) >= _LEAST else None,
        citations=tuple(one.commit for one in like),
    )


def _touched(code: CodeBase, change: PastChange) -> int:
    """How many modules of today a change touched, tests apart."""
    files = (code.files[path] for path in change.paths if path in code.files)
    return len({one.module for one in files if not one.is_test})


def _unknown(
    request: Request,
    family: str,
    impact: Impact | None,
    effort: Effort | None,
    *,
    is_planned: bool,
) -> Iterable[str]:
    if not family:
        yield "what the request is about: its words name none of the families that are understood"
    if family in _WITHIN and impact is not None:
        yield "what breaks: what is named may keep what others use of it"
    elif impact is None:
        yield "what breaks: the request names nothing of the code" + (
            "" if family not in _WHOLE else "; it is about all of it"
        )
    yield "clients: who calls the routes from elsewhere was not looked for"
    if effort is None:
        yield f"effort: fewer than {_LEAST} merged changes read like it and touched as much"
    if "timeline" in request.context:
        yield f"whether {request.context['timeline']} is enough: no fact tells"
    constraints = request.context.get("constraints")
    if isinstance(constraints, list):
        for one in constraints:
            yield f"whether {str(one)!r} can be kept: no fact tells"
    if not is_planned:
        yield "a plan: no fact calls for a step"
