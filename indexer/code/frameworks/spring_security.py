"""What Spring Security refuses: rules by path in filter chains, and annotations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.access import BEFORE, HANDLER, LIBRARY, MANAGED, SECURITY, SETTINGS, untold
from indexer.code.ant_paths import Match, covers
from indexer.code.frameworks.spring_chains import is_either
from indexer.code.frameworks.spring_interceptors import Interceptors
from indexer.code.frameworks.spring_modules import SpringModules, module_of
from indexer.code.frameworks.spring_resolvers import Resolvers
from indexer.code.frameworks.spring_settings import DeclaredPaths
from indexer.code.frameworks.spring_shiro import asked_by_shiro
from indexer.code.frameworks.spring_sureness import SURENESS, is_of_sureness, sureness_chains
from indexer.code.java_values import UNKNOWN
from indexer.code.refusals import Refusals
from memory.code.codebase import NOT_ASKED, Answered, CodePlace, Route
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.code.java_values import Constants
    from indexer.code.project_code import CodeProject
    from memory.code.facts import Mark

#: Annotations that refuse, and what has to be switched on for them, unless it is on by itself.
GUARDS = {
    "PreAuthorize": "prePostEnabled",
    "Secured": "securedEnabled",
    "RolesAllowed": "jsr250Enabled",
    "DenyAll": "jsr250Enabled",
}
_CLOSED_EXPRESSION = re.compile(
    r"^\(?(?:isAuthenticated\(\)|isFullyAuthenticated\(\)|isRememberMe\(\)|denyAll(?:\(\))?"
    r"|has(?:Any)?(?:Role|Authority)\((?!.*ANONYMOUS)[^()]*\))\)?$"
)
_NAMES_ROLES = re.compile(r"has\w{0,99}\(|@\w+\.|denyAll")
#: What an annotation of a library is called by that may refuse.
_NAMED_GUARD = re.compile(r"(?i)login|auth(?!or)|authori|permission|role|token|secure|logged")
_SECURED = re.compile(r"security|shiro|sa-token|keycloak|pac4j|jwt|oauth", re.IGNORECASE)


class RouteNotes(NamedTuple):
    """A route, and what is noted at its method and at its class, with the file of each note."""

    route: Route
    notes: list[tuple[str, list[Any]]]
    of_class: list[tuple[str, list[Any]]]
    is_plain: bool = True  # whether nothing else stands before the handler


class _Rule(NamedTuple):
    matchers: list[dict[str, Any]]  # patterns as texts
    access: str
    by: str
    where: str


class _Chain(NamedTuple):
    path: str
    mark: Mark
    scope: list[dict[str, Any]]
    rules: list[_Rule]


#: What of libraries refuses nobody for being nobody.
_HARMLESS = re.compile(
    r"^(?:LocaleChange|ThemeChange|WebContent|ResourceUrlProvider|ConversionServiceExposing"
    r"|Open(?:EntityManager|Session)InView|DeviceResolverHandler|(?:Character)?Encoding|Cors"
    r"|HiddenHttpMethod|FormContent|ForwardedHeader|ShallowEtagHeader|RequestContext|WebStat"
    r"|\w*(?:Logging|Trace|Tracing|Metrics))\w*(?:Interceptor|Filter)$"
)


class SpringSecurity:
    """What a project's configuration of Spring Security says of its routes."""

    def __init__(self, project: CodeProject, constants: Constants, paths: frozenset[str]) -> None:
        self._project, self._constants, self._paths = project, constants, paths
        self._refusals = Refusals(project, "spring")
        by_sureness = sureness_chains(project)
        self._is_sureness = bool(by_sureness)
        self._chains = [
            self._known(path, mark)
            for path, mark in (*project.marks("spring", "chain"), *by_sureness)
            if not is_test(path)
        ]
        self._modules = SpringModules(project)
        applications = sum(map(len, self._modules.applications.values()))
        #: Whether one application runs all modules, and one of them has the chains.
        self._is_one = applications == 1 and len({module_of(one.path) for one in self._chains}) == 1
        self._on: set[str] = set()
        for path, mark in project.marks("spring", "switch"):
            if not is_test(path):
                given = mark.data["given"]
                self._on |= {one for one in mark.data["on"] if given.get(one, True)}
                self._on |= {one for one, is_on in given.items() if is_on}
        self._notes = {
            CodePlace(path, mark.name): mark.data["notes"]
            for path, mark in project.marks("spring", "class")
        }
        self._collected = self._collecting()
        self._declared = DeclaredPaths(project)
        self._numbers = {
            CodePlace(path, mark.name): mark.data["numbers"]
            for path, mark in project.marks("spring", "handler")
        }
        builds = project.configs("java")
        self._interceptors = Interceptors(project, constants, paths, self._declared)
        self._resolvers = Resolvers(project, self._refusals)
        #: What sees requests first and may refuse.
        self._first = next(self._before(), None)
        # What is only on the class path refuses by itself: it has to be known that it is not.
        secured = next((path for path, one in builds.items() if _SECURED.search(one)), "")
        self._refusing = self._first
        if self._chains or secured or not builds:
            said = f"it is named in {secured}" if secured else "no file says what is built in"
            self._refusing = self._first or untold(SECURITY if secured else LIBRARY, said)

    def _before(self) -> Iterator[Answered]:
        """Why what sees requests first may refuse: it does, or nobody sees what it does."""
        for path, mark in self._project.marks("spring", "first"):
            if is_test(path) or CodePlace(path, mark.name) in self._interceptors.known:
                continue
            if self._is_sureness and is_of_sureness(self._project, path):
                continue  # what it asks is in its rules
            if mark.data["rethrows"] or self._class_may_refuse(path, mark.name):
                yield untold(BEFORE, f"{mark.name} ({path}:{mark.line})")
        for path, mark in self._project.marks("spring", "added"):
            is_known = mark.name and (
                (path, mark.name) in self._interceptors.of_libraries
                or _HARMLESS.search(mark.name)
                or self._project.locate(path, mark.name)
            )
            if not is_known and not is_test(path):
                yield untold(BEFORE, f"{mark.name or 'what is added'} ({path}:{mark.line})")

    def _collecting(self) -> dict[str, set[str]]:
        """By file the annotations by whose handlers it fills lists of paths; of no settings."""
        found: dict[str, set[str]] = {}
        for path, mark in self._project.marks("spring", "collects"):
            notes = str([one.annotations for one in self._project.files[path].definitions])
            if "ConfigurationProp" not in notes and not is_test(path):
                found.setdefault(path, set()).add(mark.name)
        return found

    def _is_marked(self, path: str, origins: Sequence[str], named: frozenset[str]) -> bool | None:
        """Whether a route is in lists that classes fill by annotations, which a chain is given.

        None where they come from anything else.
        """
        names: set[str] = set()
        for one in origins:
            place = self._class(path, one)
            collected = self._collected.get(place.path if place else path if one == "this" else "")
            if not collected:
                return None
            names |= collected
        return bool(names & named) if origins else None

    def _named(self, asked: RouteNotes) -> frozenset[str]:
        """The annotations of a handler and its class, with those that they are made of."""
        names = set()
        for path, (name, _) in (*asked.notes, *asked.of_class):
            names.add(name)
            place = self._project.locate(path, name)
            names |= {inner for inner, _ in self._notes.get(place, ())} if place else set()
        return frozenset(names)

    def _known(self, path: str, mark: Mark) -> _Chain:
        owner = mark.name.rpartition(".")[0]

        def known(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [
                one | {"patterns": self._constants.texts(path, owner, one["patterns"])}
                for one in said
            ]

        rules = [
            _Rule(known(one["matchers"]), one["access"], one["by"], f"({path}:{one['line']})")
            for one in mark.data["rules"]
        ]
        return _Chain(path, mark, known(mark.data["scope"]), rules)

    def judged(self, asked: RouteNotes) -> Route:
        """A route with what is known of its access."""
        route = asked.route
        noted, authorised = self._of_notes(asked)
        answer, by_roles = self._of_chains(route, self._named(asked))
        if noted is not None:
            answer = noted
        if authorised and authorised.answer == "unknown" and answer and answer.answer == "yes":
            authorised = Answered("yes", authorised.evidence)  # somebody is known, and is asked
        authorisation = authorised or by_roles or NOT_ASKED
        if answer is None:
            left = self._left(asked)
            if authorised:
                left = untold(BEFORE, authorised.evidence)
            answer = left or Answered("no", "no security, filter or handler refuses")
        if answer.answer != "yes":
            handler = CodePlace(route.file, route.symbol)
            before = self._interceptors.judged(route.path, handler, self._named(asked))
            made = self._resolvers.judged(handler)
            surely = next((one for one in (before, made) if one and one.answer == "yes"), None)
            answer = surely or before or made or answer
        if answer.answer == "no" and (note := asked_by_shiro((*asked.notes, *asked.of_class))):
            answer = note
        if answer.answer == "no" and not asked.is_plain:
            answer = untold(BEFORE, f"what stands before its function ({route.registered})")
        return route._replace(auth=answer, authorisation=authorisation)

    def _left(self, asked: RouteNotes) -> Answered | None:
        """What may still refuse a route that no rule is for; None where nothing may."""
        if self._refusing is not None:
            return self._refusing
        for path, note in (*asked.notes, *asked.of_class):
            if self._project.locate(path, note[0]) is not None:
                return untold(BEFORE, f"@{note[0]} ({path})")
            if _NAMED_GUARD.search(note[0]):
                return untold(LIBRARY, f"@{note[0]} ({path})")
        return self._of_handler(asked.route)

    def _of_handler(self, route: Route) -> Answered | None:
        if not self._refusals.may_refuse(CodePlace(route.file, route.symbol)):
            return None
        return untold(HANDLER, f"{route.symbol} ({route.file}:{route.line})")

    def _class_may_refuse(self, path: str, symbol: str) -> bool:
        return any(
            self._refusals.may_refuse(CodePlace(path, one.name))
            for one in self._project.files[path].definitions
            if one.name.startswith(f"{symbol}.")
        )

    def _of_notes(self, asked: RouteNotes) -> tuple[Answered | None, Answered | None]:
        """What annotations say: those of the method, or else of the class."""
        for notes in (asked.notes, asked.of_class):
            for path, (name, said) in notes:
                for guard, meant, where in self._guards(path, name, said):
                    if GUARDS[guard] not in self._on:
                        continue
                    expression = " ".join(self._constants.texts(path, "", meant))
                    evidence = f"@{guard}({expression.replace(UNKNOWN, '...')}) ({where})"
                    is_closed = _closes(guard, expression)
                    is_told = guard != "PreAuthorize" or _NAMES_ROLES.search(expression)
                    authorised = Answered("yes", evidence) if is_told and is_closed else None
                    if is_told and not is_closed and "permitAll" not in expression:
                        authorised = untold(BEFORE, evidence)  # what a bean answers to nobody
                    return Answered("yes", evidence) if is_closed else None, authorised
        return None, None

    def _guards(self, path: str, name: str, said: Any) -> Iterator[tuple[str, Any, str]]:
        if name in GUARDS:
            yield name, said, path
            return
        place = self._project.locate(path, name)
        for inner, meant in self._notes.get(place, ()) if place else ():
            if inner in GUARDS:
                yield inner, meant, path

    def _of_chains(
        self, route: Route, named: frozenset[str]
    ) -> tuple[Answered | None, Answered | None]:
        """What the chains say that a route may pass; None where there is none or they differ."""
        module = module_of(route.file)
        own = [one for one in self._chains if module_of(one.path) == module]
        own = own or [one for one in self._chains if self._modules.runs(one.path, module)]
        own = own or [one for one in self._chains if self._is_of_application(one, route)]
        chains = own = own or (self._chains if self._is_one else [])
        chains = chains or self._chains
        if not chains:
            return None, None
        is_ordered = self._is_ordered(chains)
        chains = sorted(chains, key=_rank) if is_ordered else chains
        scoped = [
            (one, scope)
            for one in chains
            if (scope := self._covered(one, one.scope, route, named) if one.scope else Match.YES)
            is not Match.NO
        ]
        profiles = {one.mark.data["profile"] for one, scope in scoped if scope is Match.YES}
        answers: set[str] = set()
        said: list[tuple[_Rule, _Chain]] = []
        is_covered = False
        for chain, scope in scoped:
            is_covered = is_covered or (scope is Match.YES and bool(chain.rules))
            data, found = chain.mark.data, self._rules(chain, route, said, named)
            is_maybe = data["is_conditional"] and not is_either(data["profile"], profiles)
            if data["is_ignoring"]:
                found = {"unknown"} if is_maybe and "open" in found else found
                if found == {"open"} and not data["is_conditional"]:  # no other is asked
                    answers, said[:], is_covered = found, said[-1:], True
                    break
                answers |= found - {"unmatched"}
                continue
            answers |= {"unknown"} if is_maybe else found
            if is_ordered and scope is Match.YES:
                break  # no other chain is asked
        declared = self._declaring(chains, route)
        if not is_covered or answers != {"closed"} or not own:
            if answers != {"open"} or not is_covered or not own:
                why = SETTINGS if self._is_set(said) else SECURITY
                managed = ", ".join(self._managing(chains))
                return untold(MANAGED if managed else why, managed or _told(said, chains)), None
            open_ = Answered("no", f"permitAll {said[0][0].where}{declared}")
            return self._first or self._of_handler(route) or open_, None
        rule = said[0][0]
        roles = [each for each, _ in said if each.by]
        by_roles = Answered("yes", f"{rule.by} {rule.where}") if len(roles) == len(said) else None
        return Answered("yes", f"{rule.by or 'authenticated'} {rule.where}{declared}"), by_roles

    def _is_of_application(self, chain: _Chain, route: Route) -> bool:
        """Whether a chain is in a file of the one application that runs a route."""
        is_file = chain.mark.name == SURENESS
        return is_file and self._modules.is_only_of(route.file, module_of(chain.path))

    def _is_ordered(self, chains: Sequence[_Chain]) -> bool:
        """Whether it is known which of several chains is asked first, of all but the last."""
        is_plain = not any(
            one.mark.data["is_ignoring"]
            or one.mark.data["is_conditional"]
            or one.mark.data["order"] == "?"
            for one in chains
        )
        return is_plain and 1 < len(chains) == len(set(map(_rank, chains)))

    def _managing(self, chains: Sequence[_Chain]) -> Iterator[str]:
        """The classes that decide instead of rules, with their places."""
        for chain in chains:
            for one in chain.mark.data["managers"]:
                place = self._class(chain.path, one)
                known = self._project.definition(place) if place else None
                yield f"{one} ({place.path}:{known.line})" if place and known else one

    def _is_set(self, said: Sequence[tuple[_Rule, _Chain]]) -> bool:
        """Whether paths of a rule that may be meant come from a class that settings fill."""
        return any(
            self._declared.fills(self._class(chain.path, name))
            for rule, chain in said
            for one in rule.matchers
            for name in one["from"]
        )

    def _class(self, path: str, origin: str) -> CodePlace | None:
        """The class that a list comes from, as a file names it."""
        name = origin.partition(".")[0]
        return self._project.locate(path, name) if name not in {"", "this"} else None

    def _filled(
        self, chain: _Chain, matcher: dict[str, Any], route: Route
    ) -> tuple[list[str], str] | None:
        """The paths that a matcher has in the application of a route, as its settings declare."""
        if len(matcher["from"]) != 1 or len(matcher["patterns"]) != 1:
            return None
        place = self._class(chain.path, matcher["from"][0])
        member = matcher["from"][0].rpartition(".")[2]
        if place is None or UNKNOWN not in matcher["patterns"][0]:
            return None
        return self._declared.of(place, member, module_of(route.file))

    def _declaring(self, chains: Sequence[_Chain], route: Route) -> str:
        """What is told of the settings by which the paths of rules are known; "" without any."""
        files = {
            filled[1]
            for chain in chains
            for rule in chain.rules
            for one in rule.matchers
            if (filled := self._filled(chain, one, route))
        }
        return f", as {', '.join(sorted(files))} declares" if files else ""

    def _rules(
        self,
        chain: _Chain,
        route: Route,
        said: list[tuple[_Rule, _Chain]],
        named: frozenset[str],
    ) -> set[str]:
        """What the first rules say that may be meant, up to one that surely is."""
        answers: set[str] = set()
        for rule in chain.rules:
            match = self._covered(chain, rule.matchers, route, named)
            if match is Match.NO:
                continue
            answers.add(rule.access)
            said.append((rule, chain))
            if match is Match.YES:
                return answers
        return answers | {"unmatched"}

    def _covered(
        self,
        chain: _Chain,
        matchers: Sequence[dict[str, Any]],
        route: Route,
        named: frozenset[str],
    ) -> Match:
        """Whether one of some matchers is for a route."""
        found = Match.NO
        for each in matchers:
            one = each
            if filled := self._filled(chain, one, route):
                is_certain = one["is_certain"] or one.get("is_walked", False)
                one = one | {"patterns": filled[0], "is_certain": is_certain}
            if one["methods"] and route.method not in one["methods"] and route.method != "ANY":
                continue
            is_marked = self._is_marked(chain.path, one["from"], named)
            for pattern in one["patterns"]:
                match = Match.MAYBE if UNKNOWN in pattern else self._match(pattern, route)
                if UNKNOWN in pattern and is_marked is not None:
                    if not is_marked:
                        continue
                    match = Match.YES
                if match is Match.MAYBE and pattern in self._paths and UNKNOWN not in pattern:
                    continue  # another route has this very path
                if match is Match.YES and (
                    not one["is_certain"] or (one["methods"] and route.method == "ANY")
                ):
                    match = Match.MAYBE
                if match is Match.YES:
                    return Match.YES
                found = Match.MAYBE if match is Match.MAYBE else found
        return found

    def _match(self, pattern: str, route: Route) -> Match:
        """Whether a pattern is for a route; no number ends in `.html`."""
        numbers = self._numbers.get(CodePlace(route.file, route.symbol), [])
        path = route.path
        for one in numbers if "*." in pattern else ():
            path = path.replace(f"{{{one}}}", "0")
        return covers(pattern, path)


def _rank(chain: _Chain) -> float:
    """When a chain is asked: by its number, without one last."""
    return float(chain.mark.data["order"] or "inf")


def _closes(guard: str, expression: str) -> bool:
    """Whether an annotation refuses who is nobody: every one of its alternatives has to."""
    if guard == "DenyAll":
        return True
    if guard in {"Secured", "RolesAllowed"}:
        return "ANONYMOUS" not in expression and UNKNOWN not in expression
    return all(
        any(
            _CLOSED_EXPRESSION.match(part.strip())
            for part in re.split(r"(?<!\s)\s++and\s+|&&", one)
        )
        for one in re.split(r"(?<!\s)\s++or\s+|\|\|", expression)
    )


def _told(said: list[tuple[_Rule, _Chain]], chains: Sequence[_Chain]) -> str:
    """The rules that may be meant, or the chains if none is."""
    rules = [f"{rule.by or rule.access} {rule.where}" for rule, _ in said]
    return "; ".join(rules[:3]) or f"{chains[0].mark.name} ({chains[0].path}:{chains[0].mark.line})"
