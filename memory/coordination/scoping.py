"""What a request is about, and of all that is known what is within that."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from memory.code.targets import of_files
from memory.coordination.acts import acts_of, routes_doing
from memory.coordination.code_names import functions_said, name_words, namesakes
from memory.coordination.families import (
    NAMES,
    OF_A_SERVICE,
    OF_DATA,
    OF_MODULES,
    OF_PIECES,
    OF_ROUTES,
    OF_SCHEMAS,
    OF_SPEED,
    SCOPED,
    WHOLE,
    without_words,
    words_of,
)
from memory.coordination.named_parts import named_parts
from memory.coordination.phrases import bare_phrases, phrases_of, strip
from memory.coordination.reached import tables_of
from memory.coordination.subject import (
    RequestSubject,
    extracted,
    main_part,
    page_of,
    routes_called,
    subject_of,
)
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.code.codebase import CodeBase, CodePlace, Table
    from memory.code.targets import Target
    from memory.coordination.acts import Act
    from memory.coordination.worked_out.registry import WorkSubject
    from memory.models.findings import Finding

_SHOWN = 3
_BETWEEN = re.compile(r"\b(?:between|among)\b", re.IGNORECASE)


def about_of(code: CodeBase, query: str, family: str) -> RequestSubject:
    """What a request is about; where a service is to be extracted, only that."""
    if family == OF_A_SERVICE:
        return extracted(code, query)
    said = () if family in NAMES or not family else words_of(query, family)
    query, acts = acts_of(main_part(query)) if family in SCOPED else (query, [])
    about = subject_of(code, query, said, of_data=family in OF_DATA)
    if family in OF_SPEED and not about.names:
        about = page_of(code, query)
    about = _told_apart(code, about)
    if family == OF_PIECES and not about.names and (own := functions_said(code, query)):
        return _of_functions(own)
    if family in SCOPED:
        by_route = family in OF_ROUTES or family not in WHOLE
        about = _with_parts(code, query, said, about, by_route=by_route)
        about = _with_acts(code, acts, about)
    if family == OF_SCHEMAS and not about.names:
        about = _with_tables(code, query, about)
    return _of_modules(about) if family == OF_MODULES else about


def _of_functions(said: Mapping[str, Sequence[CodePlace]]) -> RequestSubject:
    """The functions that are named; of several that are called so none is meant."""
    return RequestSubject(
        places=tuple((own[0].symbol, own[0]) for own in said.values() if len(own) == 1),
        doubt="; ".join(
            f"{name}: {len(own)} functions are called so: "
            + ", ".join(f"{one.path}:{one.symbol}" for one in own[:_SHOWN])
            for name, own in said.items()
            if len(own) > 1
        ),
    )


def _told_apart(code: CodeBase, about: RequestSubject) -> RequestSubject:
    """What is named with what else is called so."""
    alike = {(name, place): namesakes(code, name, place) for name, place in about.places}
    doubts = [
        f"{name}: {counted(len(others) + 1, 'definition')} are called so; "
        f"what is told is of {code.called(place)}"
        for (name, place), others in alike.items()
        if others
    ]
    return about._replace(doubt="; ".join(filter(None, [about.doubt, *doubts])))


def _with_parts(
    code: CodeBase, query: str, without: Sequence[str], about: RequestSubject, *, by_route: bool
) -> RequestSubject:
    """What is named with what its phrases mean; what of these is not found is doubtful."""
    text = without_words(main_part(query), without, " ; ")
    taken = [name for name, _ in about.places]
    taken += [one.table for one in about.tables] + [one.table.table for one in about.columns]
    found = named_parts(code, text, about.modules, [*taken, about.called])
    names = [about.called] if about.called else []
    served = {said: routes_called(code, said) for said in found.unknown if by_route}
    served = {said: routes for said, routes in served.items() if routes}
    lost = [
        f"{said}: no file, folder or route is known to be called so"
        for said in found.unknown
        if said not in served
    ]
    is_between = bool(_BETWEEN.search(text)) and len(found.parts) > 0
    if is_between and lost:
        return RequestSubject(doubt="; ".join(lost))
    routes = dict.fromkeys([*about.routes, *(one for own in served.values() for one in own)])
    return about._replace(
        routes=tuple(routes),
        modules=found.modules,
        files=found.paths if found.called or found.unknown else about.files,
        called=", ".join([*names, *found.called, *served]),
        between=found.parts if is_between else (),
        doubt="; ".join(filter(None, [about.doubt, *found.doubts, *lost])),
    )


def _with_acts(code: CodeBase, acts: Sequence[Act], about: RequestSubject) -> RequestSubject:
    """What is named, or else the routes that do what it is asked of who may do it."""
    if about.names or is_lost(about):
        return about
    doing = {str(act): routes_doing(code, act) for act in acts}
    return about._replace(
        routes=tuple(dict.fromkeys(one for routes in doing.values() for one in routes)),
        called=", ".join(said for said, routes in doing.items() if routes),
        doubt="; ".join(
            f"{said}: no route is known to do so" for said, routes in doing.items() if not routes
        ),
    )


def _with_tables(code: CodeBase, query: str, about: RequestSubject) -> RequestSubject:
    """The tables that phrases name by all words of theirs or their model, or by their module."""
    text = without_words(main_part(query).partition(":")[0], words_of(query, OF_SCHEMAS), " ; ")
    tables: dict[Table, None] = {}
    called: list[str] = []
    lost: list[str] = []
    for said in phrases_of(text) or bare_phrases(text):
        words = name_words(" ".join(strip(said.split(), "sorts") or said.split()))
        own = [one for one in code.tables if words in _names_of(one)] or [
            one
            for one in code.tables
            if one.file in code.files and name_words(code.files[one.file].module) == words
        ]
        tables |= dict.fromkeys(own)
        (called if own else lost).append(said)
    return about._replace(
        tables=tuple(tables),
        called=", ".join(called),
        doubt="; ".join(f"{said}: no table is known to be called so" for said in lost),
    )


def _names_of(table: Table) -> tuple[list[str], list[str]]:
    return name_words(table.table), name_words(table.symbol.rpartition(".")[2])


def _of_modules(about: RequestSubject) -> RequestSubject:
    """The modules that are named, as only of these is told what they need of each other."""
    if not about.files:
        return about
    lost = f"{about.called or ', '.join(about.files)}: what modules need alone is told"
    doubt = "; ".join(filter(None, [about.doubt, lost]))
    return RequestSubject(modules=about.modules, doubt=doubt)


def target_of(code: CodeBase, about: RequestSubject) -> Target:
    """Where a change would begin: in no test of a module, which is what is run after it."""
    files = [one for one in code.files.values() if one.module in about.modules]
    of_tests = about.modules and all(one.is_test for one in files)
    paths = [one.path for one in files if of_tests or not one.is_test]
    target = of_files(code, ", ".join(about.names), "request", [*paths, *about.files])
    if about.places:
        starts = {place for _, place in about.places}
        target = target._replace(starts=tuple(sorted(starts)))
    return target


def is_lost(about: RequestSubject) -> bool:
    """Whether something is named, and nothing of that is known."""
    return bool(about.doubt) and not about.names


def scoped(subject: WorkSubject, family: str) -> WorkSubject:
    """Of what is done within something that is named only that of the code.

    What is slow is so by the routes that come by, wherever these are.
    """
    about, code = subject.about, subject.known.base
    if is_lost(about):
        nothing = replace(code, routes=(), ways=(), outgoing=())
        known = subject.known._replace(base=nothing)
        return subject._replace(known=known, findings=[], rules=[], tables=frozenset())
    files = {place.path for place in target_of(code, about).starts}
    paths = files | {one.file for one in about.routes}
    own = {one.table for one in tables_of(code, about)}
    if not paths and not (own and family in OF_DATA):
        return subject
    # A file of models has many tables; what one costs is told by its name.
    is_of_tables = own and not (about.modules or about.files or about.routes)
    asked = own or {one.table for one in code.queries if one.place.path in paths}
    inside = replace(
        code,
        routes=tuple(one for one in code.routes if one in about.routes or one.file in files),
        ways=tuple(one for one in code.ways if one.path in paths),
        outgoing=tuple(one for one in code.outgoing if one.place.path in paths),
    )
    beside = {(one.file, one.line) for one in code.routes}  # what another route of a file has
    beside -= {(one.file, one.line) for one in inside.routes}
    return subject._replace(
        known=subject.known if family in OF_DATA else subject.known._replace(base=inside),
        tables=frozenset(asked) - {""},
        findings=[
            one
            for one in subject.findings
            if (one.area != "duplication" or _is_between(one, about.between))
            and (
                not own.isdisjoint(re.findall(r"\w+", one.message))
                or (
                    any(
                        spot.file in paths and (spot.file, spot.line) not in beside
                        for spot in one.spots
                    )
                    and not (is_of_tables and one.area == "performance")
                )
            )
        ],
        # What they say of all the code is of more than that.
        rules=[row for row in subject.rules if row.area == "performance"],
    )


def _is_between(one: Finding, parts: Sequence[frozenset[str]]) -> bool:
    """Whether it has places in several of the parts; of one alone in several of its files."""
    files = {spot.file for spot in one.spots}
    if len(parts) == 1:
        return len(files & parts[0]) > 1
    return not parts or sum(not files.isdisjoint(part) for part in parts) > 1
