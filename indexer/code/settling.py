"""What frameworks leave open of a route: rights, checks of input and limits, by what it leads to.

A framework knows its own annotations and middleware. What a handler does itself, and what it calls,
is looked at here, in all languages alike: by the words that stand there. "yes" is only said of the
handler's own lines, or of what stands before it; "no" where no word of the sort stands on the way.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.access import (
    BEFORE,
    HANDLER,
    LIBRARY,
    SECURITY,
    SETTINGS,
    UNNAMED,
    UNSEEN,
    untold,
)
from indexer.code.frameworks.asked_words import AskedWords
from indexer.code.frameworks.rate_limits import Limits
from memory.code.codebase import NOT_ASKED, Answered, CodePlace, Grade

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indexer.code.project_code import CodeProject
    from memory.code.codebase import Edge, Route

RIGHTS = "a right is named on the way; whether it is asked for was not followed"
CHECKS = "something is checked on the way; whether it is the input was not followed"
UNFOLLOWED = "what it hands its input to was not followed"
_FARTHEST = 3  # calls from a handler
_MOST_BASES = 5  # of a class that handles, one above another
_MAKING = frozenset({"__init__", "__construct", "constructor"})
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_LEADS = frozenset({Grade.CALL, Grade.FRAMEWORK})
_BEFORE = frozenset({BEFORE, LIBRARY, SECURITY, SETTINGS})
_NAME = re.compile(r"(?:(?:Depends|Security)\(\s*)?(?:new\s+|this\.|\$this->)*([\w.\\]+)")
_OF_RIGHTS = re.compile(
    r"(?:^|[_.\\:])(?:admin|role|perm|owner|can|gate|policy|scope|member)"
    r"|Admin|Role|Perm|Owner|Can[A-Z]|Gate|Polic|Scope|Member",
)
#: Traits by which controllers of Laravel log in, register and reset: they ask nobody who he is.
_OF_LOGINS = re.compile(r"\\?Illuminate\\Foundation\\Auth\\")
_OF_CHECKS = re.compile(r"[Vv]alid|[Ss]chema|[Ss]anitiz|[Cc]heck")


class _Word(NamedTuple):
    said: str
    where: str  # "file:line"

    def __str__(self) -> str:
        return f"{self.said} ({self.where})"


class ProjectWords:
    """The words of a project, and what calls what.

    Args:
        project: Which one.
        edges: All of its edges.
    """

    def __init__(self, project: CodeProject, edges: Iterable[Edge]) -> None:
        self._project = project
        self._edges = edges
        self._limits = Limits(project)
        self._words: dict[CodePlace, dict[str, _Word]] = {}
        self._leads: dict[CodePlace, tuple[tuple[CodePlace, bool], ...]] = {}
        for path, mark in project.marks(AskedWords.name):
            word = _Word(mark.data["is"], f"{path}:{mark.line}")
            self._words.setdefault(CodePlace(path, mark.name), {})[mark.kind] = word
        self._looked = {place.path for place in self._words}

    def settle(self, route: Route) -> Route:
        """A route with the answers that its framework left open."""
        place = CodePlace(route.file, route.symbol)
        reached = self._reached(place, route.method)
        middleware = list(self._middleware(route))
        auth = self._authentication(route, reached)
        limit = route.rate_limit
        if limit.why in {NOT_ASKED.why, BEFORE, HANDLER}:
            limit = self._limits.of(route, reached)
        if limit.answer == "no" and self._is_of_package(place):
            limit = untold(UNSEEN, route.registered)
        return route._replace(
            auth=auth,
            takes_input=route.takes_input and self._takes(route),
            authorisation=self._authorisation(route, auth, place, reached, middleware),
            validation=self._validation(route, reached, middleware),
            rate_limit=limit,
        )

    def _is_of_package(self, handler: CodePlace) -> bool:
        """Whether a package has the method that handles: of PHP only its class is known then."""
        one = self._project.definition(handler)
        return one is not None and one.kind == "class" and handler.path.endswith(".php")

    def _takes(self, route: Route) -> bool:
        """Whether a handler of PHP looks at what was sent; of others nobody knows it here."""
        place = CodePlace(route.file, route.symbol)
        one = self._project.definition(place)
        is_known = one is not None and one.kind == "method" and route.file.endswith(".php")
        return (
            not is_known or route.file not in self._looked or "takes" in self._words.get(place, {})
        )

    def _authentication(self, route: Route, reached: Mapping[CodePlace, int]) -> Answered:
        """What its framework says, but no "no" where a call on the way is named like asking.

        Of a function of TypeScript without a name its framework looks at each call by itself, and
        what else stands at the top of its file is none of its business.
        """
        is_told = bool(route.symbol) or self._project.files[route.file].language != "typescript"
        demand = self._first(reached, "demands", "refuses", "hides") if is_told else None
        if route.auth.answer != "no":
            return route.auth
        if self._is_of_package(CodePlace(route.file, route.symbol)):
            targets = (one.target for one in self._project.files[route.file].imports)
            if not any(_OF_LOGINS.match(one) for one in targets):
                return untold(UNSEEN, route.registered)
        return untold(HANDLER, str(demand)) if demand else route.auth

    def _authorisation(
        self,
        route: Route,
        auth: Answered,
        place: CodePlace,
        reached: Mapping[CodePlace, int],
        middleware: list[tuple[str, CodePlace | None]],
    ) -> Answered:
        if route.authorisation != NOT_ASKED:
            return route.authorisation
        asks = next(self._asked_for(route, place, middleware), "")
        if asks and route.auth.answer != "no":
            return Answered("yes", asks)
        if auth.answer == "no":
            return Answered("no", f"nobody is refused: {auth.evidence}")
        if route.auth.answer == "no":  # but for what is named like asking
            return untold(RIGHTS, auth.evidence)
        if route.auth.answer == "unknown" and route.auth.why in _BEFORE:
            return route.auth
        doubt = next((name for name, _ in middleware if _OF_RIGHTS.search(name)), "")
        around = [where for _, where in middleware if where]
        word = self._first([*around, *reached], "refuses", "right", "forbids")
        doubt = doubt or _said(route, word)
        nothing = f"no role, permission or owner is named by {_counted(reached)}"
        return self._settled(route, RIGHTS, doubt, nothing)

    def _asked_for(
        self, route: Route, place: CodePlace, middleware: list[tuple[str, CodePlace | None]]
    ) -> Iterator[str]:
        """By what a right is asked for before a handler, or in it."""
        for name, where in middleware:
            words = self._words.get(where, {}) if where else {}
            if "refuses" in words or (_OF_RIGHTS.search(name) and "forbids" in words):
                yield f"{name}: {words.get('refuses') or words['forbids']}"
        if route.symbol and (word := self._words.get(place, {}).get("refuses")):
            yield str(word)

    def _validation(
        self,
        route: Route,
        reached: Mapping[CodePlace, int],
        middleware: list[tuple[str, CodePlace | None]],
    ) -> Answered:
        if route.validation != NOT_ASKED:
            return route.validation
        for near, distance in reached.items():
            word = self._words.get(near, {}).get("checks")
            if word and distance <= 1 and (route.symbol or distance):
                return Answered("yes", str(word))
        doubt = next((name for name, _ in middleware if _OF_CHECKS.search(name)), "")
        doubt = doubt or _said(route, self._first(reached, "checks", "check"))
        is_alone = max(reached.values()) == 0
        handed = _said(route, self._first(reached, "hands")) if is_alone else ""
        if handed and not doubt:
            return untold(UNFOLLOWED, handed)
        return self._settled(route, CHECKS, doubt, f"nothing is checked by {_counted(reached)}")

    def _settled(self, route: Route, why: str, doubt: str, nothing: str) -> Answered:
        if doubt:
            return untold(why, doubt)
        place = CodePlace(route.file, route.symbol)
        is_seen = self._project.definition(place) and not self._is_of_package(place)
        why = UNNAMED if route.inside[1] else UNSEEN
        return Answered("no", nothing) if is_seen else untold(why, route.registered)

    def _first(self, reached: Iterable[CodePlace], *sorts: str) -> _Word | None:
        """The nearest word of some sorts."""
        of_places = (own for place in reached if (own := self._words.get(place)))
        return next((own[sort] for own in of_places for sort in sorts if sort in own), None)

    def _reached(self, start: CodePlace, method: str) -> dict[CodePlace, int]:
        """What a handler calls, and what that calls, with how far it is; the nearest first.

        What may be called, or not, is one farther than it would be. Of a class that handles are
        all methods that may answer, its own and those it inherits.
        """
        front = [start, *self._answering(start, method)]
        found = dict.fromkeys(front, 0)
        for distance in range(1, _FARTHEST + 1):
            following: dict[CodePlace, None] = {}
            for other, is_sure in (one for place in front for one in self._leading(place)):
                if other not in found:
                    following[other] = None
                far = distance if is_sure else distance + 1
                found[other] = min(far, found.get(other, far))
            front = list(following)
        return found

    def _leading(self, place: CodePlace) -> tuple[tuple[CodePlace, bool], ...]:
        if place not in self._leads:
            self._leads[place] = tuple(self._led(place))
        return self._leads[place]

    def _led(self, place: CodePlace) -> Iterator[tuple[CodePlace, bool]]:
        """What a place calls, and whether it surely does: of what it makes, any may be called."""
        for called in self._called.get(place, ()):
            yield called, True
            for one in self._members.get(called, ()):
                yield one, one.symbol.rpartition(".")[2] in _MAKING
            doing = list(self._doing(called))
            for one in doing:
                yield one, len(doing) == 1

    def _answering(self, start: CodePlace, method: str) -> list[CodePlace]:
        others = _METHODS - ({method.lower()} if method != "ANY" else _METHODS)
        found, names, front = [], set(others), [start]
        for _ in range(_MOST_BASES):
            own = [one for place in front for one in self._members.get(place, ())]
            new = [one for one in own if one.symbol.rpartition(".")[2] not in names]
            found += new
            names |= {one.symbol.rpartition(".")[2] for one in new}
            front = [base for place in front for base in self._bases.get(place, ())]
        return found

    def _doing(self, place: CodePlace) -> Iterator[CodePlace]:
        """The methods by which classes do what an interface demands."""
        owner, _, name = place.symbol.rpartition(".")
        for one in self._implementing.get(CodePlace(place.path, owner), ()):
            method = CodePlace(one.path, f"{one.symbol}.{name}")
            if method in self._members.get(one, ()):
                yield method

    @cached_property
    def _implementing(self) -> dict[CodePlace, list[CodePlace]]:
        found: dict[CodePlace, list[CodePlace]] = {}
        for one, bases in self._bases.items():
            for base in bases:
                found.setdefault(base, []).append(one)
        return found

    @cached_property
    def _bases(self) -> dict[CodePlace, list[CodePlace]]:
        found: dict[CodePlace, list[CodePlace]] = {}
        for edge in self._edges:
            if edge.grade is Grade.INHERIT:
                found.setdefault(edge.source, []).append(edge.target)
        return found

    @cached_property
    def _members(self) -> dict[CodePlace, tuple[CodePlace, ...]]:
        """Of classes their methods: who makes one, a form or a command, may have any called."""
        found: dict[CodePlace, list[CodePlace]] = {}
        for path, facts in self._project.files.items():
            for one in facts.definitions:
                owner, _, _ = one.name.rpartition(".")
                if owner and one.kind == "method":
                    found.setdefault(CodePlace(path, owner), []).append(CodePlace(path, one.name))
        return {place: tuple(methods) for place, methods in found.items()}

    @cached_property
    def _functions(self) -> dict[str, list[CodePlace]]:
        found: dict[str, list[CodePlace]] = {}
        for path, facts in self._project.files.items():
            for one in facts.definitions if facts.language == "python" else ():
                if one.kind == "function":
                    found.setdefault(one.name, []).append(CodePlace(path, one.name))
        return found

    @cached_property
    def _called(self) -> dict[CodePlace, tuple[CodePlace, ...]]:
        found: dict[CodePlace, dict[CodePlace, None]] = {}
        for edge in self._edges:
            if edge.grade in _LEADS and edge.source.symbol and edge.target.symbol:
                found.setdefault(edge.source, {})[edge.target] = None
        return {place: tuple(others) for place, others in found.items()}

    def _middleware(self, route: Route) -> Iterator[tuple[str, CodePlace | None]]:
        """What stands before a route, as it is written, and where it is in the project."""
        path = route.registered.rpartition(":")[0] or route.file
        for said in route.middleware:
            name = _NAME.match(said)
            place = (
                self._project.locate(path, name[1])
                if name and path in self._project.files
                else None
            )
            if place is None and name and said.startswith(("Depends(", "Security(")):
                found = self._functions.get(name[1], [])  # of a file that the route does not name
                place = found[0] if len(found) == 1 else None
            yield said, place


def _said(route: Route, word: _Word | None) -> str:
    """A word with its place; "" for one beside a handler that has no name, in the same file."""
    first, last = route.inside
    path, _, line = word.where.rpartition(":") if word else ("", "", "0")
    is_beside = last and path == route.file and not first <= int(line) <= last
    return "" if word is None or is_beside else str(word)


def _counted(reached: Mapping[CodePlace, int]) -> str:
    start = next(iter(reached))
    more = f" and {len(reached) - 1} that it leads to" if len(reached) > 1 else ""
    return f"{start.symbol or start.path}{more}"
