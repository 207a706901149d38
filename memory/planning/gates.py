"""What gates of a plan say, a sentence each, and what is measured for it.

A gate is a check as decisions have them, or one of `_FORMS`. What is neither, no machine can
evaluate, and it is told so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory.code.apart import is_apart
from memory.code.checks.check import CannotTell
from memory.code.checks.check_sentences import NotACheck, read_check
from memory.code.checks.edges import Forbidden, OnlyBy, unread_among
from memory.code.checks.fact_demands import COMPARISONS, METRICS, EveryRoute, MetricLimit, Owned
from memory.code.checks.orders import Acyclic, Layers
from memory.code.checks.parts import Named
from memory.code.checks.web import AT_RUN_TIME
from memory.code.codebase import Grade
from memory.code.coverage import share
from memory.code.findings.reported import NAME as REPORTED
from memory.code.impact import find_impact
from memory.code.metrics import METRICS as OF_CODE
from memory.code.metrics import measure as measure_code
from memory.code.targets import find_target, named_symbols
from memory.errors import InvalidRequest, UnknownCommit
from memory.metrics.measurement_series import chosen
from memory.metrics.units import convert
from memory.models.findings import SEVERITIES, Tristate
from memory.planning.gate_values import GateMeasure, GateStart
from memory.planning.gates_of_tests import a_test_passes, a_test_reaches, is_there
from memory.texts.formatting import counted
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from memory.code.codebase import CodeBase, CodePlace
    from memory.code.coverage import CoverageReport
    from memory.models.findings import Finding, RuleRow
    from memory.models.planning import GateAnswer
    from memory.planning.plan_facts import PlanFacts

_NO_GATE = "no machine can evaluate it; `archmem plan --help` says what can be"
#: What the violations of a demand are, one of them.
_NOUNS: dict[type, str] = {
    Forbidden: "import",
    OnlyBy: "import",
    Layers: "import",
    Acyclic: "cycle",
    Owned: "write",
    EveryRoute: "route",
}


def measure(gate: str, facts: PlanFacts, start: GateStart) -> GateMeasure:
    """What a gate measures now: met only where something shows it.

    Args:
        gate: As it is written.
        facts: Of the project.
        start: When it began.
    """
    said = " ".join(gate.replace("`", "").split()).rstrip(" .;")
    try:
        for pattern, read in _FORMS:
            if found := pattern.fullmatch(said):
                return read(found, facts, start)
        return _check(said, facts)
    except (CannotTell, InvalidRequest, UnknownCommit) as reason:
        told = reason.reason if isinstance(reason, InvalidRequest) else str(reason).rstrip(".")
        return GateMeasure("cannot tell", said=told)


def _check(said: str, facts: PlanFacts) -> GateMeasure:
    try:
        demand = read_check(said)
    except NotACheck:
        raise CannotTell(_NO_GATE) from None
    verdict = demand.judge(facts.webs)
    if isinstance(demand, MetricLimit):
        return _measured(demand, verdict.answer, verdict.untold, facts)
    spots = [spot for one in verdict.violations for spot in one.spots[:1]]
    return GateMeasure(
        _ANSWERS[verdict.answer],
        value=None if verdict.answer is Tristate.UNKNOWN else float(len(verdict.violations)),
        goal=0.0,
        noun=_NOUNS.get(type(demand), "violation"),
        said=verdict.untold if verdict.answer is Tristate.UNKNOWN else "",
        citations=tuple(f"{spot.file}:{spot.line}" for spot in spots[:5]),
    )


_ANSWERS: dict[Tristate, GateAnswer] = {
    Tristate.HOLDS: "met",
    Tristate.BROKEN: "open",
    Tristate.UNKNOWN: "cannot tell",
}


def _measured(demand: MetricLimit, answer: Tristate, untold: str, facts: PlanFacts) -> GateMeasure:
    """A number of modules: the one that is furthest from its limit."""
    values = METRICS[demand.metric](facts.webs)
    wanted = {one.casefold() for one in demand.parts}
    if not wanted and "" in values:
        values = {"": values[""]}
    known = {
        name: value
        for name, value in values.items()
        if value is not None and (not wanted or name.casefold() in wanted)
    }
    if not known or answer is Tristate.UNKNOWN:
        return GateMeasure("cannot tell", said=untold or f"{demand.metric} is not known")
    furthest = min if demand.comparison in {"at least", "above"} else max
    name = furthest(known, key=lambda one: (known[one], one))
    return GateMeasure(
        _ANSWERS[answer],
        value=known[name],
        goal=demand.limit,
        comparison=demand.comparison,
        said=name if len(known) > 1 else "",
    )


def _every_check(_found: re.Match[str], facts: PlanFacts, _start: GateStart) -> GateMeasure:
    if not facts.judged:
        raise CannotTell("no decision has a check")
    broken = [one for one in facts.judged if one.verdict.answer is Tristate.BROKEN]
    untold = [one for one in facts.judged if one.verdict.answer is Tristate.UNKNOWN]
    if not broken and untold:
        first = untold[0]
        return GateMeasure("cannot tell", said=f"{first.check.said}: {first.verdict.untold}")
    return GateMeasure(
        "open" if broken else "met",
        value=float(len(broken)),
        goal=0.0,
        noun="broken check",
        said=broken[0].check.said if broken else "",
        citations=tuple(filter(None, (one.check.citation for one in broken[:5]))),
    )


def _findings(found: re.Match[str], facts: PlanFacts, start: GateStart) -> GateMeasure:
    if found["new"] and not start.commit:
        raise CannotTell("there is no commit since when they could be new")
    where = (found["where"] or "").strip()
    named = [row for row in facts.rules if where.lower() in {row.rule, row.area}]
    if where and not named:
        _ensure_module(where, facts)
    findings = facts.new_since(start.commit) if found["new"] else facts.findings
    least = SEVERITIES.index(found["severity"].lower()) if found["severity"] else 0
    meant = [
        one
        for one in findings
        if SEVERITIES.index(one.severity) >= least
        and (not where or where.casefold() in _names_of(one, as_module=not named))
    ]
    most = float(found["most"] or 0)
    first = meant[0] if meant else None
    if len(meant) <= most:
        _ensure_looked(named or facts.rules, is_new=bool(found["new"]), is_named=bool(named))
    return GateMeasure(
        "met" if len(meant) <= most else "open",
        value=float(len(meant)),
        goal=most,
        noun=f"{'new ' if found['new'] else ''}finding" if not most else "",
        comparison="at most",
        said=first.message if first and len(meant) > most else "",
        citations=tuple(
            f"{one.spots[0].file}:{one.spots[0].line}" for one in meant[:5] if one.spots
        ),
    )


def _ensure_module(where: str, facts: PlanFacts) -> None:
    modules = {file.module.casefold() for file in facts.known.base.files.values()}
    if where.casefold() not in modules:
        raise CannotTell(f'no area of an audit, rule or module is called "{where}"')


def _names_of(one: Finding, *, as_module: bool) -> set[str]:
    return {name.casefold() for name in one.modules} if as_module else {one.area, one.rule}


def _ensure_looked(rows: Sequence[RuleRow], *, is_new: bool, is_named: bool) -> None:
    """Raises `CannotTell` where rules that found too little may have missed some.

    What they cannot tell counts where they are named: of all rules together there is always some.
    """
    if not any(row.looked_at for row in rows):
        raise CannotTell(
            f"{rows[0].rule if len(rows) == 1 else 'the audit'} has nothing to look at"
        )
    if is_new and all(row.rule == REPORTED for row in rows):
        raise CannotTell("nobody knows since when it is so what other tools reported")
    if is_named and not is_new and (untold := [row for row in rows if row.cannot_tell]):
        places = counted(sum(row.cannot_tell for row in untold), "place")
        raise CannotTell(f"not told for {places}: {next(iter(untold[0].reasons))}")


def _coverage(found: re.Match[str], facts: PlanFacts, _start: GateStart) -> GateMeasure:
    report, code = facts.known.coverage, facts.known.base
    if report is None:
        raise CannotTell("the project has no report of coverage")
    part = (found["of"] or "").strip()
    if part:
        paths = [one for one in Named(part).nodes(facts.webs.of(AT_RUN_TIME)) if one in code.files]
    else:
        paths = [path for path, file in code.files.items() if not file.is_test]
    covered = share(report, paths)
    if covered is None:
        raise CannotTell(f"{report.report} has no file of {part or 'the code'}")
    comparison, goal = _compared(found)
    value = round(100 * covered, 1)
    is_met = COMPARISONS[comparison](value, goal)
    older = len(report.older.intersection(paths))
    left_out = len(_left_out(report, code, paths))
    by = f"{report.report} of {report.day}"
    stale = f"{counted(older, 'file')} of it written since {by}" if older else ""
    stale = stale or (f"{counted(left_out, 'file')} of it not in {by}" if left_out else "")
    return GateMeasure(
        "open" if not is_met else "cannot tell" if stale else "met",
        value=value,
        goal=goal,
        unit="%",
        comparison=comparison,
        said=stale,
        citations=(by,),
    )


def _left_out(report: CoverageReport, code: CodeBase, paths: Iterable[str]) -> list[str]:
    """Files with definitions, of a language that a report has, of which it says nothing."""
    languages = {code.files[path].language for path in report.files if path in code.files}
    return [
        path
        for path in paths
        if path not in report.files
        and code.files[path].language in languages
        and code.symbols_of.get(path)
        and not is_apart(path)
    ]


def _baseline(found: re.Match[str], facts: PlanFacts, _start: GateStart) -> GateMeasure:
    series = chosen(facts.series, found["of"], (), found["environment"] or "")
    if not series:
        raise CannotTell(f"nobody has measured {found['of']}")
    if len(series) > 1:
        names = ", ".join(sorted({f"{one.metric} {one.environment}".strip() for one in series}))
        raise CannotTell(f"{found['of']} may be {names}; say `in ENVIRONMENT` behind it")
    (one,) = series
    comparison, goal = _compared(found)
    unit = found["unit"] or one.unit
    value = convert(one.latest.value, one.unit, unit) if unit != one.unit else one.latest.value
    if value is None:
        raise CannotTell(f"it is measured in {one.unit or 'no unit'}, not in {unit}")
    return GateMeasure(
        "met" if COMPARISONS[comparison](value, goal) else "open",
        value=value,
        goal=goal,
        unit=unit,
        comparison=comparison,
        citations=tuple(filter(None, (one.latest.citation, one.latest.uid))),
    )


def _number(found: re.Match[str], facts: PlanFacts, _start: GateStart) -> GateMeasure:
    name = found["of"].strip().replace(" ", "_").lower()
    numbers = measure_code(facts.known.base, facts.findings)
    value = numbers[name]
    comparison, goal = _compared(found)
    if COMPARISONS[comparison](value, goal) and comparison not in _MORE_IS_MET:
        _ensure_whole(name, comparison, goal, numbers, facts)
    return GateMeasure(
        "met" if COMPARISONS[comparison](value, goal) else "open",
        value=float(value),
        goal=goal,
        comparison=comparison,
        citations=(f"formula: {OF_CODE[name]}",),
    )


_MORE_IS_MET = frozenset({"at least", "above"})


def _ensure_whole(
    name: str, comparison: str, goal: float, numbers: Mapping[str, float], facts: PlanFacts
) -> None:
    """Raises `CannotTell` where a number may be greater than what was counted."""
    if name == "findings":
        _ensure_looked(facts.rules, is_new=False, is_named=False)
    if name.startswith("routes_"):
        if not numbers["routes"]:
            raise CannotTell("no route is known")
        unknown = numbers["routes_unknown"] if name == "routes_open" else 0
        if not COMPARISONS[comparison](numbers[name] + unknown, goal):
            raise CannotTell(f"of {counted(int(unknown), 'route')} it is not known")
    if unread := unread_among(facts.known.base):
        raise CannotTell(unread)


def _nothing_uses(found: re.Match[str], facts: PlanFacts, start: GateStart) -> GateMeasure:
    """What relies on it directly, tests too; nothing does of what was there and is no more."""
    code, name = facts.known.base, found["of"]
    try:
        target = find_target(code, name)
    except InvalidRequest:
        if start.value is None:  # it may be misspelt, or never have been
            raise
        return GateMeasure("met", 0.0, 0.0, noun="use", said=f"there is no {name} any more")
    own = named_symbols(code, name) if target.kind == "symbol" else []
    reached = () if own else find_impact(code, target, None).direct
    places = _uses(code, own) if own else {one.file: one.line for one in reached}
    if not places and target.kind == "route":
        raise CannotTell("who calls a route from outside is not known")
    if not places and code.unread:
        raise CannotTell(f"{counted(len(code.unread), 'file')} could not be read")
    if not places and (lost := _not_followed(code, own)):
        raise CannotTell(f"{counted(lost, 'call')} of methods of values were not followed")
    several = f"{len(own)} definitions are called so; a use of any of them counts"
    return GateMeasure(
        "open" if places else "met",
        value=float(len(places)),
        goal=0.0,
        noun="file that uses it",
        said=several if places and len(own) > 1 else "",
        citations=tuple(f"{path}:{line}" for path, line in list(places.items())[:5]),
    )


def _uses(code: CodeBase, own: Sequence[CodePlace]) -> dict[str, int]:
    """The files that use some definitions, the one that these are in too, and where first."""
    found: dict[str, int] = {}
    for edge in code.edges:
        is_meant = not {edge.target, edge.target.top}.isdisjoint(own)
        is_inside = not {edge.source, edge.source.top}.isdisjoint(own)
        if is_meant and not is_inside and edge.grade is not Grade.COCHANGE:
            line = found.get(edge.source.path, edge.line)
            found[edge.source.path] = min(line, edge.line)
    return dict(sorted(found.items()))


def _not_followed(code: CodeBase, own: Sequence[CodePlace]) -> int:
    """Calls that may be of some definitions, where these are methods: of what is not known.

    A class or a function is called by its name, and by that of its file.
    """
    if not all("." in place.symbol for place in own):
        return 0
    languages = {code.files[place.path].language for place in own}
    return sum(one.opaque for one in code.files.values() if one.language in languages)


def _compared(found: re.Match[str]) -> tuple[str, float]:
    said = " ".join(found["comparison"].casefold().split())
    words = read_lexicon("checks")["words"]
    comparison = next(
        name
        for name in COMPARISONS
        if said in {one.casefold() for one in words[name.replace(" ", "_")]}
    )
    return comparison, float(re.sub(r"[_,]", "", found["goal"]))


def _pattern(form: str) -> re.Pattern[str]:
    """A form as a pattern: `COMPARISON` is how a number is compared, `NUMBER` what with."""
    words = read_lexicon("checks")["words"]
    some = (one for name in COMPARISONS for one in words[name.replace(" ", "_")])
    longest = sorted(some, key=len, reverse=True)
    comparison = "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in longest)
    form = form.replace("COMPARISON", rf"(?P<comparison>{comparison})")
    return re.compile(
        form.replace("NUMBER", r"(?P<goal>\d++(?:[_,]\d{3})*+(?:\.\d++)?)"), re.IGNORECASE
    )


def _forms() -> Iterable[
    tuple[re.Pattern[str], Callable[[re.Match[str], PlanFacts, GateStart], GateMeasure]]
]:
    numbers = "|".join(name.replace("_", "[ _]") for name in OF_CODE)
    severities = "|".join(SEVERITIES)
    yield _pattern(r"(?:every|all|each)(?: of the)? checks? holds?|archmem verify"), _every_check
    yield (
        _pattern(
            rf"(?:no|at most (?P<most>\d+)) (?P<new>new )?(?:(?P<severity>{severities}) )?findings?"
            r"(?: (?:in|of) (?P<where>\S+))?"
        ),
        _findings,
    )
    yield _pattern(r"(?:test )?coverage(?: of (?P<of>\S+))? COMPARISON NUMBER ?%?"), _coverage
    yield (
        _pattern(
            r"baseline (?P<of>.+?) COMPARISON NUMBER ?(?P<unit>[^\s\d]\S*)?"
            r"(?: in (?P<environment>.+))?"
        ),
        _baseline,
    )
    yield _pattern(rf"(?P<of>{numbers}) COMPARISON NUMBER"), _number
    yield _pattern(r"(?:nothing|nobody|no code) uses (?P<of>.+?)(?: any more)?"), _nothing_uses
    yield _pattern(r"(?:a|some) test (?:reaches|covers|runs) (?P<of>.+)"), a_test_reaches
    yield _pattern(r"(?:the )?(?:tests? )?(?P<of>\S+) exists?"), is_there
    yield _pattern(r"(?:the )?(?:tests? )?(?P<of>\S+) pass(?:es)?"), a_test_passes


_FORMS = tuple(_forms())
