"""Views of REST framework: what they answer to, and who may ask them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.access import HANDLER, AccessCheck
from indexer.code.frameworks.python_refusals import PythonFunctionRefusals
from indexer.code.frameworks.rest_methods import (
    ACTIONS,
    MORE,
    OF_GENERICS,
    OF_MIXINS,
    VERBS,
    ViewMethods,
    actions_of,
)
from indexer.code.frameworks.rest_permissions import (
    INHERITED,
    MAPPED,
    REST,
    By,
    Permissions,
    Told,
    of_all,
    possible,
)
from memory.code.codebase import NOT_ASKED, Answered, CodePlace
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject

#: Classes of elsewhere that have neither permissions nor anything else of their own.
_WITHOUT = re.compile(
    r"rest_framework\.(?:views|generics|viewsets|mixins)\.|django\.|object$|ABC$|abc\.|typing\.|Generic"
)
_OWN_PERMISSIONS = re.compile(
    r"permission_classes\s*+=\s*+(\[[^\[\]]*+\]|\((?:[^()]|\(\))*+\)|\w+)"
)
_DEEPEST = 10  # bases of bases
_AUTHENTICATION = "DEFAULT_AUTHENTICATION_CLASSES"
_HARMLESS = re.compile(
    r"(?:static|class)method$|rest_framework\.decorators\.|drf_spectacular|drf_yasg|django\.utils\.decorators|django\.db\."
    r"|django\.views\.decorators|functools|typing"
)
_ONLY_KNOWN = re.compile(r"IsAuthenticated$|IsAuthenticatedOrReadOnly$")


class RestViews:
    """The views of a project that are of REST framework."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._permissions = Permissions(project)
        self._refusals = PythonFunctionRefusals(project)
        self._attributes = {
            (path, mark.name, mark.data["attribute"]): (mark.data["is"], path, mark.line)
            for path, mark in project.marks(REST, "attribute")
        }
        self._hands = {
            (path, mark.name, mark.data["method"]): mark.data
            for path, mark in project.marks(REST, "hands")
        }
        self._authenticators = {
            CodePlace(path, mark.name): mark.data["passes"]
            for path, mark in project.marks(REST, "authenticates")
        }
        #: None for what is no plain dictionary of lists, or is said twice.
        self._maps: dict[CodePlace | None, dict[str, list[str]] | None] = {}
        for path, mark in project.marks(REST, "map"):
            place = CodePlace(path, mark.name)
            self._maps[place] = None if place in self._maps else mark.data["is"]
        self._settings: dict[str, list[tuple[list[str] | None, str, int]]] = {}
        for path, mark in project.marks(REST, "setting"):
            if not is_test(path):
                said = (mark.data.get("is"), path, mark.line)
                self._settings.setdefault(mark.name, []).append(said)

    # What a view answers to

    def is_rest(self, place: CodePlace) -> bool:
        """Whether a view is one of REST framework."""
        one = self._project.definition(place)
        if one is None or one.kind != "class":
            return any(self._is_api_view(place, said) for said in one.annotations) if one else False
        return any(origin.startswith("rest_framework.") for origin in self._origins(place))

    def _is_api_view(self, place: CodePlace, said: str) -> bool:
        head = said.partition("(")[0]
        return self._project.origin(place.path, head) == "rest_framework.decorators.api_view"

    def _classes(self, place: CodePlace, depth: int = 0) -> Iterator[CodePlace | str]:
        """A class and what it is made of, as Python looks through it; a text is of elsewhere."""
        yield place
        one = self._project.definition(place)
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self._project.locate(place.path, base)
            if above and above.symbol and above != place:
                yield from self._classes(above, depth + 1)
            elif not above:
                yield self._project.origin(place.path, base) or base

    def _origins(self, place: CodePlace) -> list[str]:
        return [one for one in self._classes(place) if isinstance(one, str)]

    def _has(self, place: CodePlace, member: str) -> bool:
        return any(
            self._project.definition(CodePlace(one.path, f"{one.symbol}.{member}")) is not None
            for one in self._classes(place)
            if isinstance(one, CodePlace)
        )

    def _attribute(self, place: CodePlace, name: str) -> tuple[list[str] | None, str, int] | None:
        """An attribute of a class, by the first class that has it; with the file and line.

        What is None is not understood: no list, or of a class of elsewhere, which may have its own.
        """
        for one in self._classes(place):
            if isinstance(one, CodePlace) and (found := self._attributes.get((*one, name))):
                return found
            if isinstance(one, str) and not _WITHOUT.match(one):
                definition = self._project.definition(place)
                return None, place.path, definition.line if definition else 0
        return None

    def served(self, place: CodePlace, said: str) -> list[ViewMethods]:
        """What a view answers to that is registered by `as_view(said)`, or as a function."""
        one = self._project.definition(place)
        mapped = re.findall(r"['\"](\w+)['\"]\s*:\s*['\"](\w+)['\"]", said)
        if mapped:
            return [ViewMethods(method.upper(), action) for method, action in mapped]
        if one and one.kind != "class":
            api = next(each for each in one.annotations if self._is_api_view(place, each))
            methods = re.findall(r"['\"](\w+)['\"]", api) or ["GET"]
            return [ViewMethods(method.upper(), "") for method in methods]
        generics = [
            method
            for origin in self._origins(place)
            if origin.startswith("rest_framework.generics.")
            for part, method in OF_GENERICS
            if part in origin.rpartition(".")[2]
        ]
        if any(origin.endswith(".ObtainAuthToken") for origin in self._origins(place)):
            generics.append("POST")
        own = [each.upper() for each in VERBS if self._has(place, each)]
        return [
            ViewMethods(one, "") for one in self._allowed(place, dict.fromkeys([*own, *generics]))
        ]

    def _allowed(self, place: CodePlace, methods: Iterable[str]) -> list[str]:
        names = self._attribute(place, "http_method_names")
        allowed = {one.strip("'\"").upper() for one in names[0]} if names and names[0] else None
        return [one for one in methods if allowed is None or one in allowed]

    def actions(self, place: CodePlace, more: dict[str, str]) -> list[ViewMethods]:
        """What a view set answers to that a router registers.

        Args:
            place: The class.
            more: Methods that the router serves beside its own, and the actions for them.
        """
        inherited = {
            action
            for origin in self._origins(place)
            for action in OF_MIXINS.get(origin.rpartition(".")[2], ())
            if origin.startswith("rest_framework.")
        }
        found = [
            ViewMethods(method, action, is_detail)
            for action, (method, is_detail) in ACTIONS.items()
            if action in inherited or self._has(place, action)
        ]
        found += [ViewMethods(verb, name) for verb, name in more.items() if self._has(place, name)]
        found += self._own_actions(place)
        allowed = set(self._allowed(place, {one.method for one in found}))
        return [one for one in found if one.method in allowed]

    def _own_actions(self, place: CodePlace) -> Iterator[ViewMethods]:
        seen: dict[str, ViewMethods] = {}
        for one in self._classes(place):
            for member in (
                self._project.files[one.path].definitions if isinstance(one, CodePlace) else ()
            ):
                owner, _, name = member.name.rpartition(".")
                if not isinstance(one, CodePlace) or owner != one.symbol or name in seen:
                    continue
                for said in member.annotations:
                    more = MORE.fullmatch(said)
                    if more and more["action"] in seen:
                        yield seen[more["action"]]._replace(
                            method=more["method"].upper(), action=name
                        )
                    for each in actions_of(name, said):
                        seen[name] = each
                        yield each

    def lookup(self, place: CodePlace) -> str:
        """What one thing is named by in the path of a view set."""
        for name in ("lookup_url_kwarg", "lookup_field"):
            found = self._attribute(place, name)
            if found and found[0] and found[0] != ["None"]:
                return found[0][0].strip("'\"")
        return "pk"

    # Who may ask

    def checks(self, place: CodePlace, served: ViewMethods, said: str) -> list[AccessCheck]:
        """What a request passes at a view; `said` is what is given to `as_view`."""
        return [
            *self._before(place),
            *self._checks(place, served, said),
            *self._of_handler(place, served),
        ]

    def access(
        self, place: CodePlace, served: ViewMethods, checks: Iterable[AccessCheck]
    ) -> dict[str, Any]:
        """Authorisation, validation and limits of a view."""
        named = [one for one in checks if one.refuses]
        rights = [one for one in named if not _ONLY_KNOWN.search(one.said.partition(" (")[0])]
        return {
            "authorisation": Answered("yes", rights[0].said) if rights else NOT_ASKED,
            "validation": self._validated(place, served),
            "rate_limit": self._limited(place),
        }

    def _before(self, place: CodePlace) -> Iterator[AccessCheck]:
        """What may refuse before permissions are asked for: hooks of a view, what authenticates."""
        for one in self._classes(place):
            if isinstance(one, str):
                continue
            for name in ("dispatch", "initial", "check_permissions"):
                member = CodePlace(one.path, f"{one.symbol}.{name}")
                if found := self._project.definition(member):
                    said = f"{member.symbol} ({member.path}:{found.line})"
                    yield AccessCheck(said, self._refusals.handler(member))
        own = self._attribute(place, "authentication_classes")
        for names, path, line in [own] if own else self._settings.get(_AUTHENTICATION, []):
            if names is None:  # those of the library refuse nobody, so it is for the project's own
                refuses = None if any(map(self._may_refuse, self._authenticators)) else False
                yield AccessCheck(f"authentication_classes ({path}:{line})", refuses)
            for name in names or ():
                yield AccessCheck(f"{name} ({path}:{line})", self._authenticates(path, name))

    def _authenticates(self, path: str, said: str) -> bool | None:
        """Whether a class refuses who shows nothing: of the project's own it may be."""
        place = self._project.locate_dotted(path, said.strip("'\""))
        for one in self._classes(place) if place else ():
            if isinstance(one, CodePlace) and one in self._authenticators:
                return None if self._may_refuse(one) else False
        return False

    def _may_refuse(self, authenticator: CodePlace) -> bool:
        """Whether a class of the project may refuse who shows nothing, when it looks who asks."""
        method = CodePlace(authenticator.path, f"{authenticator.symbol}.authenticate")
        passes = self._authenticators[authenticator]
        return not passes and self._refusals.may_refuse(method)

    def _checks(self, place: CodePlace, served: ViewMethods, said: str) -> list[AccessCheck]:
        one = self._project.definition(place)
        names, path, line = None, place.path, one.line if one else 0
        if not self._is_handed_on(place):
            return [AccessCheck("dispatch is its own", None)]
        if one is None or one.kind != "class":
            decorated = next(
                (
                    each
                    for each in one.annotations
                    if re.match(r"(?:\w+\.)?permission_classes\(", each)
                )
                if one
                else iter(()),
                "",
            )
            names = _listed(decorated[decorated.index("(") + 1 : -1]) if decorated else None
        elif (found := _OWN_PERMISSIONS.search(said)) and not found[1].isidentifier():
            names = _listed(found[1])
        else:
            by_action = self._of_action(place, served)
            if by_action is None or by_action[0] is None:
                return self._given(place, served)
            names, path, line = by_action
        if names is None:
            return self._default(place, served)
        return self._asked_of(place, names, path, line, served)

    def _asked_of(
        self, place: CodePlace, names: list[str], path: str, line: int, served: ViewMethods
    ) -> list[AccessCheck]:
        def of_view(name: str) -> bool | None:
            found = self._attribute(place, name)
            is_told = found is None or found[0] in (["True"], ["False"])
            return bool(found and found[0] == ["True"]) if is_told else None

        return self._permissions.checks(names, path, line, served, of_view)

    def _of_handler(self, place: CodePlace, served: ViewMethods) -> Iterator[AccessCheck]:
        """What the method itself does, and what stands at it."""
        name = served.action or served.method.lower()
        for one in self._classes(place):
            if not isinstance(one, CodePlace):
                continue
            is_function = not self._is_class(one)
            member = one if is_function else CodePlace(one.path, f"{one.symbol}.{name}")
            found = self._project.definition(member)
            if found is None:
                continue
            evidence = f"{member.symbol} ({member.path}:{found.line})"
            yield AccessCheck(evidence, self._refusals.handler(member), HANDLER)
            for said in found.annotations:
                head = re.match(r"[\w.]*", said)
                if head and not self._is_harmless(member.path, head[0]):
                    around = self._project.locate(member.path, head[0])
                    guards = self._refusals.guard(around) if around and around.symbol else None
                    yield AccessCheck(f"@{said} ({member.path}:{found.line})", guards)
            return

    def _is_class(self, place: CodePlace) -> bool:
        one = self._project.definition(place)
        return one is not None and one.kind == "class"

    def _is_harmless(self, path: str, name: str) -> bool:
        origin = self._project.origin(path, name) or name
        return bool(_HARMLESS.match(origin)) or ".mapping." in name

    def _is_handed_on(self, place: CodePlace) -> bool:
        """Whether what is asked before a view is asked, whatever it overrides."""
        for one in self._classes(place):
            for name in ("dispatch", "initial", "check_permissions"):
                hands = self._hands.get((*one, name)) if isinstance(one, CodePlace) else None
                if hands and not hands["super"]:
                    return False
        return True

    def _of_action(
        self, place: CodePlace, served: ViewMethods
    ) -> tuple[list[str] | None, str, int] | None:
        for one in self._classes(place):
            member = (
                CodePlace(one.path, f"{one.symbol}.{served.action}")
                if isinstance(one, CodePlace)
                else None
            )
            found = self._project.definition(member) if member and served.action else None
            if found and member:
                for said in found.annotations:
                    if given := _OWN_PERMISSIONS.search(said):
                        return _listed(given[1]), member.path, found.line
                return None
        return None

    def _given(self, place: CodePlace, served: ViewMethods) -> list[AccessCheck]:
        """What `get_permissions` gives for an action, or else `permission_classes`, or settings."""
        classes = [one for one in self._classes(place) if isinstance(one, CodePlace)]
        return self._given_by(classes, place, served)

    def _given_by(
        self, classes: list[CodePlace], place: CodePlace, served: ViewMethods
    ) -> list[AccessCheck]:
        """The same as some of the classes of a view say, the first that has `get_permissions`."""
        for number, one in enumerate(classes):
            hands = self._hands.get((*one, "get_permissions"))
            if not hands:
                continue
            method = self._project.definition(CodePlace(one.path, f"{one.symbol}.get_permissions"))
            line = method.line if method else 0
            evidence = f"get_permissions ({one.path}:{line})"
            by = self._spelt_out(hands["by"], classes, one.path)
            if by is None:
                return [AccessCheck(evidence, None)]
            ways = []
            asked = {served.action or served.method.lower(), served.method}
            for names, where in possible(by, asked, one.path):
                own = [name for name in names if name != INHERITED]
                is_whole = len(own) == len(names)
                way = [] if is_whole else self._given_by(classes[number + 1 :], place, served)
                if own or is_whole:
                    way += self._asked_of(place, own, where, line, served)
                ways.append(way)
            return ways[0] if len(ways) == 1 else [of_all(evidence, ways)]
        if stated := self._attribute(place, "permission_classes"):
            listed, path, line = stated
            if listed is None:
                return [AccessCheck(f"permission_classes ({path}:{line})", None)]
            return self._asked_of(place, listed, path, line, served)
        return self._default(place, served)

    def _spelt_out(self, by: By | None, classes: list[CodePlace], path: str) -> Told | None:
        """What is given by action, with dictionaries spelt out; None for what is not understood."""
        found: Told = []
        for actions, names in by or ():
            if not actions or not actions[0].startswith(MAPPED):
                found.append((actions, names, path))
                continue
            name = actions[0].removeprefix(MAPPED)
            own = (CodePlace(one.path, f"{one.symbol}.{name[5:]}") for one in classes)
            places = own if name.startswith("self.") else (self._project.locate(path, name),)
            place = next((one for one in places if one in self._maps), None)
            kept = self._maps[place] if place else None
            if place is None or kept is None:
                return None
            found += [([action], each, place.path) for action, each in kept.items()]
        return found if by else None

    def _default(self, place: CodePlace, served: ViewMethods) -> list[AccessCheck]:
        """What settings say for all views; of what several say differently nobody knows."""
        said = self._settings.get("DEFAULT_PERMISSION_CLASSES", [])
        if not said:
            # Without a setting everybody may; without settings nobody knows.
            is_set = "" in self._settings
            return [
                AccessCheck(
                    "REST_FRAMEWORK sets no DEFAULT_PERMISSION_CLASSES", False if is_set else None
                )
            ]
        names, path, line = said[0]
        if names is None or any(other[0] != names for other in said):
            return [AccessCheck(f"DEFAULT_PERMISSION_CLASSES ({path}:{line})", None)]
        return self._asked_of(place, names, path, line, served)

    def _validated(self, place: CodePlace, served: ViewMethods) -> Answered:
        found = self._attribute(place, "serializer_class")
        writes = served.action in {"create", "update", "partial_update"} or (
            not served.action and served.method in {"POST", "PUT", "PATCH"}
        )
        of_library = any("generics." in one or "viewsets." in one for one in self._origins(place))
        own = served.action or served.method.lower()
        if found and found[0] and writes and of_library and not self._has(place, own):
            return Answered("yes", f"serializer_class = {found[0][0]} ({found[1]}:{found[2]})")
        return NOT_ASKED

    def _limited(self, place: CodePlace) -> Answered:
        found = self._attribute(place, "throttle_classes")
        said = found or next(iter(self._settings.get("DEFAULT_THROTTLE_CLASSES", [])), None)
        if said is None or said[0] is None:
            return NOT_ASKED
        word = "throttle_classes" if found else "DEFAULT_THROTTLE_CLASSES"
        evidence = f"{word} = [{', '.join(said[0])}] ({said[1]}:{said[2]})"
        return Answered("yes" if said[0] else "no", evidence)


def _listed(said: str) -> list[str] | None:
    said = said.strip()
    parts = map(str.strip, said[1:-1].split(","))
    return list(filter(None, parts)) if said[:1] in "[(" else None
