"""What is to be the same everywhere: access, errors, versions; and cycles and debt."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from memory.code.apart import is_apart, is_migration
from memory.code.coupling import couplings
from memory.code.cycles import find_cycles, parted
from memory.code.decoupling import decouple
from memory.code.inventory import unread_facts
from memory.coordination.worked_out.telling import by_module, cited, of_finding
from memory.models.coordination import Part, Statement
from memory.texts.formatting import counted
from memory.texts.patterns import BLANK_BEFORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from memory.code.codebase import CodeBase, Route
    from memory.code.known import KnownCode
    from memory.models.code import CouplingRow
    from memory.models.findings import Finding, RuleRow

_VERSION = re.compile(r"(?:^|/)(v\d+(?:\.\d+)?)(?=/|$)", re.IGNORECASE)
_FEW = 10  # routes from which on they are counted, where others are not read
_SEVERE = 30  # findings of one list
_MOST_PAIRS = 10  # of folders
_PAIR = 2  # modules that can be parted
_LARGE = 0.25  # of the files, from which on a module is looked into
_DONE = {
    "errors": "How requests are answered with errors",
    "error keys": "By which keys errors are told",
    "error helpers": "By which functions of the project errors are answered",
    "logging": "How it is logged",
    "loggers": "What loggers are called",
}


def access_parts(code: CodeBase) -> Iterator[Part]:
    """By what routes are protected, and those that are not or of which nobody can tell."""
    total = counted(len(code.routes), "route")
    for about in ("auth", "authorisation"):
        word = "authentication" if about == "auth" else about
        by_way: dict[str, list[Route]] = defaultdict(list)
        for route in code.routes:
            found = getattr(route, about)
            by_way[
                _without_place(found.evidence) if found.answer == "yes" else found.answer
            ].append(route)
        if by_way:
            yield Part(
                title=f"{word.capitalize()} of {total}, by what decides it",
                statements=tuple(_ways(by_way)),
            )
    for answer, said in (
        ("no", "without authentication"),
        ("unknown", "of which authentication cannot be told"),
    ):
        routes = [one for one in code.routes if one.auth.answer == answer]
        if routes:
            yield Part(
                title=f"{counted(len(routes), 'route')} {said}",
                statements=tuple(_route(one) for one in routes),
            )


_PLACE = re.compile(rf"{BLANK_BEFORE}\([^()]*:\d++\)")


def _without_place(evidence: str) -> str:
    return _PLACE.sub("", evidence).rstrip(": ")


def _ways(by_way: Mapping[str, Sequence[Route]]) -> Iterator[Statement]:
    for way, routes in sorted(by_way.items(), key=lambda one: (-len(one[1]), one[0])):
        said = {"no": "nothing that is known", "unknown": "unknown"}.get(way, way)
        yield Statement(
            text=f"{said}: {counted(len(routes), 'route')}",
            value=len(routes),
            citations=cited((one.file, one.line) for one in routes),
        )


def _route(one: Route) -> Statement:
    text = f"{one.method} {one.path} -> {one.handler}"
    return Statement(text=text, citations=(f"{one.file}:{one.line}",))


def security_parts(findings: Sequence[Finding], code: CodeBase) -> Iterator[Part]:
    """What an audit of security finds, then who protects what."""
    yield from finding_parts(findings, "security", "What the rules of security find")
    yield from access_parts(code)


def finding_parts(findings: Sequence[Finding], area: str, title: str) -> Iterator[Part]:
    """The findings of an area that are sure, the gravest first."""
    found = [one for one in findings if one.area == area and one.sure]
    if found:
        yield Part(
            title=f"{title} ({len(found)})",
            statements=tuple(of_finding(one, f" ({one.severity})") for one in found[:_SEVERE]),
        )


def way_parts(code: CodeBase, findings: Sequence[Finding], abouts: Sequence[str]) -> Iterator[Part]:
    """In which ways files do something, and who does it otherwise than most."""
    for about in abouts:
        times: Counter[str] = Counter()
        places: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for way in code.ways:
            file = code.files[way.path]
            if way.about == about and not file.is_test and not is_apart(way.path):
                times[way.way] += way.times
                places[way.way].append((way.path, way.line))
        if times:
            yield Part(
                title=_DONE.get(about, f"How it is done: {about}"),
                statements=tuple(
                    Statement(
                        text=f"{way}: at least {counted(count, 'time')} in "
                        f"{counted(len(places[way]), 'file')}",
                        value=count,
                        citations=cited(places[way]),
                    )
                    for way, count in times.most_common()
                ),
            )
    rules = {f"consistency.{one.replace(' ', '-')}" for one in abouts}
    apart = [one for one in findings if one.rule in rules and one.sure]
    if apart:
        statements = tuple(map(of_finding, apart))
        yield Part(title="Modules that do it otherwise than most", statements=statements)


def outgoing_part(code: CodeBase) -> Iterator[Part]:
    """Calls over the network: where a trace has to be handed on."""
    places = [(one.place.path, one.line) for one in code.outgoing]
    statements = tuple(by_module(code, places, "calls over the network"))
    if statements:
        yield Part(title="Calls over the network", statements=statements)


def of_interface(code: CodeBase) -> Sequence[Route]:
    """The routes that others call: those with a version in their path, else below `api`, else all.

    Of these a version or another interface is made, and not of pages beside them.
    """
    own = [
        one for one in code.routes if one.file in code.files and not code.files[one.file].is_test
    ]
    versioned = [one for one in own if _VERSION.search(one.path)]
    return versioned or [one for one in own if "api" in one.path.lower().split("/")] or own


def is_worth(code: CodeBase) -> bool:
    """Whether routes are known well enough to be counted: all, or at least a few."""
    return len(code.routes) >= _FEW or "routes" not in unread_facts(code)


def _as_read(code: CodeBase) -> str:
    return ", of those that are read" if "routes" in unread_facts(code) else ""


def version_parts(code: CodeBase) -> Iterator[Part]:
    """Routes by the version in their path."""
    if not is_worth(code):
        return
    found: dict[str, list[Route]] = defaultdict(list)
    for route in code.routes:
        said = _VERSION.search(route.path)
        found[said[1].lower() if said else "no version in the path"].append(route)
    if found:
        yield Part(title=f"Routes by version{_as_read(code)}", statements=tuple(_ways(found)))


def interface_parts(code: CodeBase) -> Iterator[Part]:
    """What there is to be migrated: routes by method, by module, by version."""
    methods: dict[str, list[Route]] = defaultdict(list)
    for route in code.routes if is_worth(code) else ():
        methods[route.method].append(route)
    if methods:
        yield Part(title=f"Routes by method{_as_read(code)}", statements=tuple(_ways(methods)))
        places = [(one.file, one.line) for one in code.routes]
        yield Part(
            title=f"Routes by module{_as_read(code)}",
            statements=tuple(by_module(code, places, "handles routes")),
        )
    yield from version_parts(code)
    yield from outgoing_part(code)


def dependency_parts(known: KnownCode, modules: Sequence[str]) -> Iterator[Part]:
    """The strongest couplings, and the cuts that part modules or resolve the largest cycle.

    Of the largest modules also what their folders need of each other.
    """
    code = known.base
    named = {*modules}
    strong = [
        one
        for one in couplings(code, known.together)
        if one.level == "HIGH" and len(named & {one.first, one.second}) >= min(len(named), _PAIR)
    ]
    if strong:
        yield Part(
            title="Coupled most",
            statements=tuple(
                Statement(
                    text=f"{one.first} and {one.second}: {_hung(one)}",
                    value=one.imports,
                    citations=("formula: couplings of `archmem map`",),
                )
                for one in strong
            ),
        )
    if not modules:
        yield from _between_folders(code)
    found = decouple(code, *modules[:_PAIR])
    if found.cuts:
        least = "none is cheaper" if found.exact else "there may be cheaper ones"
        yield Part(
            title=f"Cuts so that {found.about} ({least})",
            statements=tuple(
                Statement(
                    text=f"{counted(one.imports, 'import')} of {one.target} by {one.source}",
                    value=one.imports,
                    citations=cited((spot.file, spot.line) for spot in one.spots),
                )
                for one in found.cuts
            ),
        )


def _hung(one: CouplingRow) -> str:
    """Why two modules count as coupled, and what else there is between them."""
    counts = ((one.imports, "import"), (one.calls, "call"), (one.tables, "shared table"))
    said = (counted(count, noun) for count, noun in counts if count)
    rest = ", ".join(each for each in said if each != one.reason)
    return f"{one.reason}; {rest}" if rest else one.reason


def _between_folders(code: CodeBase) -> Iterator[Part]:
    """What folders of the largest modules import of each other, and in which circles."""
    files = Counter(one.module for one in code.files.values() if not one.is_test)
    for name, count in files.most_common():
        if count >= _LARGE * files.total() and (statements := tuple(_folders(code, name))):
            of = f"{count} of {files.total()} files"
            yield Part(
                title=f"Between the folders of {name}, which has {of}", statements=statements
            )
    if cycles := find_cycles(code, "folder"):
        yield Part(
            title="Folders that need each other in a circle",
            statements=tuple(
                Statement(
                    text=", ".join(one.members),
                    value=len(one.members),
                    citations=tuple(f"{file}:{line}" for file, line, _ in map(parted, one.edges)),
                )
                for one in cycles[:_MOST_PAIRS]
            ),
        )


def _folders(code: CodeBase, module: str) -> Iterator[Statement]:
    pairs: dict[tuple[str, str], set[tuple[str, int]]] = defaultdict(set)
    for edge in code.imports_at_run_time:
        source, target = edge.source.path, edge.target.path
        pair = (source.rpartition("/")[0], target.rpartition("/")[0])
        if {code.files[source].module, code.files[target].module} == {module} and len({*pair}) > 1:
            pairs[pair].add((source, edge.line))
    most = sorted(pairs.items(), key=lambda one: (-len(one[1]), one[0]))
    for (first, second), places in most[:_MOST_PAIRS]:
        yield Statement(
            text=f"{first} needs {second}: {counted(len(places), 'import')}",
            value=len(places),
            citations=cited(sorted(places)),
        )


def debt_parts(findings: Sequence[Finding], rules: Sequence[RuleRow]) -> Iterator[Part]:
    """How many findings each module and each rule has, and the gravest."""
    sure = [one for one in findings if one.sure]
    modules: dict[str, list[Finding]] = defaultdict(list)
    for one in sure:
        for module in one.modules:
            modules[module].append(one)
    yield Part(
        title=f"{counted(len(sure), 'finding')} by module",
        statements=tuple(_counted(modules)),
    )
    of_rules: dict[str, list[Finding]] = defaultdict(list)
    for one in sure:
        of_rules[one.rule].append(one)
    yield Part(title="By rule", statements=tuple(_counted(of_rules)))
    said = [row for row in rules if row.said]
    if said:
        statements = tuple(
            Statement(text=f"{row.about}: {row.said}", citations=(f"formula: rule {row.rule}",))
            for row in said
        )
        yield Part(title="In shares", statements=statements)
    grave = [one for one in sure if one.severity != "minor"][:_SEVERE]
    if grave:
        yield Part(title="The gravest", statements=tuple(map(of_finding, grave)))


def _counted(found: Mapping[str, Sequence[Finding]]) -> Iterator[Statement]:
    for name, own in sorted(found.items(), key=lambda one: (-len(one[1]), one[0])):
        grades = Counter(one.severity for one in own)
        said = ", ".join(
            f"{grades[one]} {one}" for one in ("critical", "major", "minor") if grades[one]
        )
        yield Statement(text=f"{name}: {said}", value=len(own), citations=_first_places(own))


def _first_places(findings: Iterable[Finding]) -> tuple[str, ...]:
    spots = [one.spots[0] for one in findings if one.spots]
    return cited((spot.file, spot.line) for spot in spots) or ("formula: findings that are sure",)


def schema_parts(code: CodeBase) -> Iterator[Part]:
    """The tables that most modules touch, and those that nothing is known to touch."""
    users: dict[str, set[str]] = defaultdict(set)
    places: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for query in code.queries:
        path = query.place.path
        is_past = is_migration(path) or path not in code.files or code.files[path].is_test
        if query.table and not is_past:
            users[query.table].add(code.files[path].module)
            places[query.table].append((path, query.line))
    shared = sorted(
        (one for one in users if len(users[one]) > 1), key=lambda one: (-len(users[one]), one)
    )
    if shared:
        yield Part(
            title="Tables that several modules read or write",
            statements=tuple(
                Statement(
                    text=f"{table}: {', '.join(sorted(users[table]))}",
                    value=len(users[table]),
                    citations=cited(sorted(places[table])),
                )
                for table in shared
            ),
        )
    partly = [one for one in code.tables if not one.whole]
    if partly:
        yield Part(
            title="Tables of which not all was understood",
            statements=tuple(
                Statement(text=one.table, citations=(f"{one.file}:{one.line}",)) for one in partly
            ),
        )
