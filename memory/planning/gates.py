"""What gates of a plan say, a sentence each, and what is measured for it.

A gate is a check as decisions have them, or one of `_FORMS`. What is neither, no machine can
evaluate, and it is told so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.code.checks.check import CannotTell
from memory.code.checks.check_sentences import NotACheck, read_check
from memory.code.checks.edges import Forbidden, OnlyBy
from memory.code.checks.fact_demands import COMPARISONS, METRICS, EveryRoute, MetricLimit, Owned
from memory.code.checks.orders import Acyclic, Layers
from memory.code.checks.parts import Named
from memory.code.checks.web import AT_RUN_TIME
from memory.code.coverage import covering_tests, share
from memory.code.impact import find_impact
from memory.code.metrics import METRICS as OF_CODE
from memory.code.metrics import measure as measure_code
from memory.code.ran_tests import cases_of
from memory.code.targets import find_target
from memory.errors import InvalidRequest, UnknownCommit
from memory.metrics.measurement_series import chosen
from memory.metrics.units import convert
from memory.models.findings import AREAS, SEVERITIES, Tristate
from memory.texts.formatting import counted
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from memory.models.findings import Finding
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


class GateMeasure(NamedTuple):
    """What a gate measures."""

    answer: GateAnswer
    value: float | None = None
    goal: float | None = None
    noun: str = ""  # one of what is counted and has to go; "" of other numbers
    unit: str = ""  # of the number
    comparison: str = ""  # of the number with its goal
    said: str = ""  # beside the number, or in its place
    citations: tuple[str, ...] = ()


def measure(gate: str, facts: PlanFacts, since: str) -> GateMeasure:
    """What a gate measures now.

    Args:
        gate: As it is written.
        facts: Of the project.
        since: The commit since when findings are new; "" where none is known.
    """
    said = " ".join(gate.replace("`", "").split()).rstrip(" .;")
    try:
        for pattern, read in _FORMS:
            if found := pattern.fullmatch(said):
                return read(found, facts, since)
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


def _every_check(_found: re.Match[str], facts: PlanFacts, _since: str) -> GateMeasure:
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


def _findings(found: re.Match[str], facts: PlanFacts, since: str) -> GateMeasure:
    if found["new"] and not since:
        raise CannotTell("there is no commit since when they could be new")
    findings = facts.new_since(since) if found["new"] else facts.findings
    least = SEVERITIES.index(found["severity"].lower()) if found["severity"] else 0
    where = (found["where"] or "").strip()
    meant = [
        one
        for one in findings
        if SEVERITIES.index(one.severity) >= least and _is_in(one, where, facts)
    ]
    most = float(found["most"] or 0)
    first = meant[0] if meant else None
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


def _is_in(finding: Finding, where: str, facts: PlanFacts) -> bool:
    if not where:
        return True
    if where.lower() in AREAS or "." in where:
        return where.lower() in {finding.area, finding.rule}
    modules = {file.module.casefold() for file in facts.known.base.files.values()}
    if where.casefold() not in modules:
        raise CannotTell(f'no area of an audit, rule or module is called "{where}"')
    return where.casefold() in {one.casefold() for one in finding.modules}


def _coverage(found: re.Match[str], facts: PlanFacts, _since: str) -> GateMeasure:
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
    by = f"{report.report} of {report.day}"
    stale = f"{counted(older, 'file')} of it written since {by}" if older else ""
    return GateMeasure(
        "open" if not is_met else "cannot tell" if stale else "met",
        value=value,
        goal=goal,
        unit="%",
        comparison=comparison,
        said=stale,
        citations=(by,),
    )


def _baseline(found: re.Match[str], facts: PlanFacts, _since: str) -> GateMeasure:
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


def _number(found: re.Match[str], facts: PlanFacts, _since: str) -> GateMeasure:
    name = found["of"].strip().replace(" ", "_").lower()
    value = measure_code(facts.known.base, facts.findings)[name]
    comparison, goal = _compared(found)
    return GateMeasure(
        "met" if COMPARISONS[comparison](value, goal) else "open",
        value=float(value),
        goal=goal,
        comparison=comparison,
        citations=(f"formula: {OF_CODE[name]}",),
    )


def _nothing_uses(found: re.Match[str], facts: PlanFacts, _since: str) -> GateMeasure:
    """What relies on it directly, tests too; where nothing of that name is left, nothing does."""
    code = facts.known.base
    try:
        target = find_target(code, found["of"])
    except InvalidRequest:
        return GateMeasure("met", 0.0, 0.0, noun="use", said=f"there is no {found['of']} any more")
    direct = find_impact(code, target, None).direct
    if not direct and code.unread:
        raise CannotTell(f"{counted(len(code.unread), 'file')} could not be read")
    return GateMeasure(
        "open" if direct else "met",
        value=float(len(direct)),
        goal=0.0,
        noun="file that uses it",
        citations=tuple(f"{one.file}:{one.line}" for one in direct[:5]),
    )


def _test_reaches(found: re.Match[str], facts: PlanFacts, _since: str) -> GateMeasure:
    """By the report of coverage, or by what tests need as far as the code shows it."""
    code, report = facts.known.base, facts.known.coverage
    target = find_target(code, found["of"])
    ran = covering_tests(report, code, target.starts) if report else []
    if ran:
        return GateMeasure("met", said=f"{ran[0]} runs it, by {report.report}" if report else "")
    tests = find_impact(code, target, None).tests
    if tests:
        said = f"{tests[0].file} reaches it"
        return GateMeasure("met", said=said, citations=(f"{tests[0].file}:{tests[0].line}",))
    return GateMeasure("open", said="no test is known to reach it")


def _test_exists(found: re.Match[str], facts: PlanFacts, _since: str) -> GateMeasure:
    path, _, name = found["of"].removeprefix("./").partition("::")
    code = facts.known.base
    file = code.files.get(path)
    if file is None or not file.is_test:
        return GateMeasure("open", said=f"there is no test {path}")
    names = [place.symbol for place in code.symbols if place.path == path]
    wanted = name.replace("::", ".")
    if name and not any(one == wanted or one.endswith(f".{wanted}") for one in names):
        return GateMeasure("open", said=f"{path} has no test {name}", citations=(path,))
    return GateMeasure("met", said="it is there", citations=(path,))


def _test_passes(found: re.Match[str], facts: PlanFacts, since: str) -> GateMeasure:
    """By reports of test results; one that is older than the test, or what it needs, shows less."""
    there = _test_exists(found, facts, since)
    if there.answer == "open":
        return there
    path, _, name = found["of"].removeprefix("./").partition("::")
    results = facts.results
    if results is None:
        raise CannotTell("the project has no report of test results")
    cases = [one for one in cases_of(results, path, name) if one.outcome != "skipped"]
    by = f"{results.reports[-1]} of {results.day}"
    failed = [one.name for one in cases if one.outcome == "failed"]
    if failed:
        said = f"{len(failed)} of {counted(len(cases), 'test')} failed, {failed[0]} first, by {by}"
        return GateMeasure("open", said=said, citations=(by,))
    if not cases:
        raise CannotTell(f"no report says that a test of {found['of']} ran")
    older = {path, *facts.known.base.needs_of.get(path, ())} & results.older
    if older:
        raise CannotTell(f"{min(older)} was written since {by}")
    return GateMeasure(
        "met", said=f"{counted(len(cases), 'test')} passed, by {by}", citations=(by,)
    )


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
    tuple[re.Pattern[str], Callable[[re.Match[str], PlanFacts, str], GateMeasure]]
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
    yield _pattern(r"(?:a|some) test (?:reaches|covers|runs) (?P<of>.+)"), _test_reaches
    yield _pattern(r"(?:the )?(?:tests? )?(?P<of>\S+) exists?"), _test_exists
    yield _pattern(r"(?:the )?(?:tests? )?(?P<of>\S+) pass(?:es)?"), _test_passes


_FORMS = tuple(_forms())
