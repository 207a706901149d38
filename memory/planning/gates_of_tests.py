"""Gates about tests: that one, or other code, is there, that one reaches code, that it passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.code.checks.check import CannotTell
from memory.code.codebase import Grade
from memory.code.coverage import covering_tests
from memory.code.impact import find_impact
from memory.code.ran_tests import cases_of
from memory.code.targets import find_target, named_symbols
from memory.code.testing import is_test
from memory.planning.gate_values import GateMeasure, GateStart
from memory.texts.formatting import counted

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from memory.code.codebase import CodeBase, CodePlace
    from memory.planning.plan_facts import PlanFacts


def a_test_reaches(found: re.Match[str], facts: PlanFacts, _start: GateStart) -> GateMeasure:
    """By the report of coverage, or by what tests need as far as the code shows it."""
    code, report = facts.known.base, facts.known.coverage
    target = find_target(code, found["of"])
    own = named_symbols(code, found["of"]) if target.kind == "symbol" else ()
    ran = covering_tests(report, code, own or target.starts) if report else []
    if ran:
        return GateMeasure("met", said=f"{ran[0]} runs it, by {report.report}" if report else "")
    tests = find_impact(code, target, None).tests
    if tests and any("." in place.symbol for place in own):
        return _reaches_method(code, own, tests[0].file)
    if tests:
        said = f"{tests[0].file} reaches it"
        return GateMeasure("met", said=said, citations=(f"{tests[0].file}:{tests[0].line}",))
    return GateMeasure("open", said="no test is known to reach it")


def _reaches_method(code: CodeBase, own: Sequence[CodePlace], test: str) -> GateMeasure:
    """Where a test reaches a class: met where one calls the method that is meant by its name."""
    for edge in code.edges:
        is_call = edge.grade is Grade.CALL and edge.target in own
        if is_call and code.files[edge.source.path].is_test:
            path = edge.source.path
            return GateMeasure("met", said=f"{path} calls it", citations=(f"{path}:{edge.line}",))
    owner, _, name = own[0].symbol.rpartition(".")
    raise CannotTell(f"{test} reaches {owner}, and whether that runs {name} is not known")


def is_there(found: re.Match[str], facts: PlanFacts, _start: GateStart) -> GateMeasure:
    """A file of code or a test, by its path, and the name of a definition in it."""
    path, _, name = found["of"].removeprefix("./").partition("::")
    code = facts.known.base
    file = code.files.get(path)
    if file is None:
        ending = path.rpartition(".")[2]
        if not any(one.endswith(f".{ending}") for one in code.files):
            raise CannotTell(f"only files of code are looked at, and {path} would be none")
        return GateMeasure("open", said=f"there is no {_noun(path)} {path}")
    names = [place.symbol for place in code.symbols if place.path == path]
    wanted = name.replace("::", ".")
    if name and not any(one == wanted or one.endswith(f".{wanted}") for one in names):
        said = f"{path} has no {'test' if file.is_test else 'definition'} {name}"
        return GateMeasure("open", said=said, citations=(path,))
    return GateMeasure("met", said="it is there", citations=(path,))


def _noun(path: str) -> str:
    return "test" if is_test(path) else "file"


def a_test_passes(found: re.Match[str], facts: PlanFacts, start: GateStart) -> GateMeasure:
    """By reports of test results; one that is older than the test, or what it needs, shows less."""
    path, _, name = found["of"].removeprefix("./").partition("::")
    file = facts.known.base.files.get(path)
    if file is None or not file.is_test:
        return GateMeasure("open", said=f"there is no test {path}")
    there = is_there(found, facts, start)
    if there.answer == "open":
        return there
    results = facts.results
    if results is None:
        raise CannotTell("the project has no report of test results")
    tests = [one for one, file in facts.known.base.files.items() if file.is_test]
    cases = [one for one in cases_of(results, path, name, tests) if one.outcome != "skipped"]
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
