"""Which parts and phases belong to which family of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.code.apart import is_apart
from memory.code.cycles import find_cycles
from memory.coordination.reached import tables_of
from memory.coordination.worked_out import rules
from memory.coordination.worked_out.duplicates import duplicate_parts, duplicate_phases
from memory.coordination.worked_out.models import model_parts
from memory.coordination.worked_out.plans import cutting, mending, serving_both
from memory.coordination.worked_out.speed import matters, speed_parts, speed_phases, unknown_speed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from memory.code.codebase import Route
    from memory.code.known import KnownCode
    from memory.coordination.reached import Users
    from memory.coordination.subject import RequestSubject
    from memory.models.coordination import Part, Phase
    from memory.models.findings import Finding, RuleRow
    from memory.models.series import Series


class WorkSubject(NamedTuple):
    """What parts are made from."""

    known: KnownCode
    findings: Sequence[Finding]
    rules: Sequence[RuleRow]
    about: RequestSubject  # what is named
    users: Users | None  # of that; None where nothing is
    series: Sequence[Series]  # of baselines
    agent_of: Callable[[str], str]  # who knows a module best; "" where nobody is known
    tables: frozenset[str] | None = None  # that alone are asked about; None for all

    @property
    def interface(self) -> Sequence[Route]:
        """The routes of what is named; where nothing is, those that others call."""
        code = self.known.base
        if not self.about.names:
            return rules.of_interface(code)
        return [
            one
            for one in code.routes
            if one.file in code.files and not code.files[one.file].is_test
        ]


_WAYS = {
    "standardising errors": ("errors", "error helpers", "error keys"),
    "tracing": ("logging", "loggers"),
}


def _mended(one: WorkSubject, begins: str) -> tuple[Phase, ...]:
    """A plan to mend what rules find whose names begin so, the gravest first."""
    found = [each for each in one.findings if each.sure and each.rule.startswith(begins)]
    area = begins.partition(".")[0]
    gate = f"no new minor findings in {area}" if area else "no new minor findings"
    return mending(found, gate, one.agent_of)


def _model(one: WorkSubject) -> Iterable[Part]:
    return model_parts(one.known.base, one.about, one.users)


def _speed(one: WorkSubject, *, caches_first: bool = False) -> Iterable[Part]:
    code = one.known.base
    named = {each.table for each in tables_of(code, one.about)} if caches_first else set()
    if caches_first and one.about.routes:
        named |= one.tables or set()
    return speed_parts(
        code, one.findings, one.rules, one.series, one.tables, named, caches_first=caches_first
    )


def _errors(one: WorkSubject) -> Iterable[Part]:
    return rules.way_parts(one.known.base, one.findings, _WAYS["standardising errors"])


def _tracing(one: WorkSubject) -> Iterable[Part]:
    yield from rules.outgoing_part(one.known.base)
    yield from rules.way_parts(one.known.base, one.findings, _WAYS["tracing"])


def _schema(one: WorkSubject) -> Iterable[Part]:
    yield from _model(one)
    if not one.about.names:
        yield from rules.schema_parts(one.known.base)


def _both(one: WorkSubject) -> tuple[Phase, ...]:
    return serving_both(one.known.base, one.interface, one.agent_of)


PARTS: Mapping[str, Callable[[WorkSubject], Iterable[Part]]] = {
    "change of a model": _model,
    "schema redesign": _schema,
    "deduplication": lambda one: duplicate_parts(one.findings, one.rules),
    "performance": _speed,
    "caching": lambda one: _speed(one, caches_first=True),
    "standardising errors": _errors,
    "tracing": _tracing,
    "authentication": lambda one: rules.access_parts(one.known.base),
    "security": lambda one: rules.security_parts(one.findings, one.known.base),
    "API versioning": lambda one: rules.version_parts(one.known.base),
    "migration of an interface": lambda one: rules.interface_parts(one.known.base),
    "dependency analysis": lambda one: rules.dependency_parts(one.known, one.about.modules),
    "technical debt": lambda one: rules.debt_parts(one.findings, one.rules),
}
PHASES: Mapping[str, Callable[[WorkSubject], tuple[Phase, ...]]] = {
    "deduplication": lambda one: duplicate_phases(one.known.base, one.findings, one.agent_of),
    "performance": lambda one: speed_phases(one.known.base, one.findings, one.agent_of),
    "caching": lambda one: speed_phases(one.known.base, one.findings, one.agent_of),
    "security": lambda one: _mended(one, "security"),
    "authentication": lambda one: _mended(one, "security.open"),
    "standardising errors": lambda one: _mended(one, "consistency.error"),
    "tracing": lambda one: _mended(one, "consistency.log"),
    "technical debt": lambda one: _mended(one, ""),
    "dependency analysis": lambda one: cutting(one.known.base, one.about.modules, one.agent_of),
    "migration of an interface": _both,
    "API versioning": _both,
}
_OF_ROUTES = "security", "authentication", "API versioning", "migration of an interface"
_OF_FINDINGS = {  # by the beginning of their rules' names
    "deduplication": "duplication",
    "performance": "performance",
    "caching": "performance",
    "technical debt": "",
}


def modules_found(one: WorkSubject, family: str) -> set[str]:
    """The modules that a family is about where none is named."""
    code = one.known.base
    paths: list[str] = []
    if family == "dependency analysis":
        return {name for each in find_cycles(code, "module") for name in each.members}
    if family in _OF_ROUTES:
        paths = [each.file for each in code.routes]
    if family in _OF_FINDINGS:
        begins = _OF_FINDINGS[family]
        is_shown = matters if begins == "performance" else _is_sure
        shown = filter(is_shown, one.findings)
        return {name for each in shown if each.rule.startswith(begins) for name in each.modules}
    if family in _WAYS:
        abouts = _WAYS[family]
        paths = [
            each.path for each in code.ways if each.about in abouts and not is_apart(each.path)
        ]
    if family == "tracing":
        paths += [each.place.path for each in code.outgoing]
    return {
        code.files[path].module
        for path in paths
        if path in code.files and not code.files[path].is_test
    }


def _is_sure(one: Finding) -> bool:
    return one.sure


#: What a family's parts cannot tell.
UNKNOWN: Mapping[str, Callable[[WorkSubject], Iterable[str]]] = {
    "performance": lambda one: unknown_speed(one.known.base, one.series),
    "caching": lambda one: unknown_speed(one.known.base, one.series),
}
#: Areas of findings that are risks of a family, wherever they are.
RISKS: Mapping[str, frozenset[str]] = {
    "security": frozenset({"security"}),
    "authentication": frozenset({"security"}),
    "migration to services": frozenset({"architecture"}),
    "extraction of a service": frozenset({"architecture"}),
    "dependency analysis": frozenset({"architecture"}),
}
