"""Django: routes by `urlpatterns`, `include` and the routers of REST framework."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.frameworks.django_access import (
    Access,
    RegisteredView,
    handing_marks,
    putting_marks,
    test_marks,
)
from indexer.code.frameworks.django_lists import (
    appended_to,
    arguments,
    holds,
    listed_in,
    taken_in,
    unnamed,
)
from indexer.code.frameworks.django_middleware import MENTIONED, middleware_marks
from indexer.code.frameworks.django_roots import NOT_REACHED, UrlRoots
from indexer.code.frameworks.rest_methods import ViewMethods
from indexer.code.frameworks.rest_permissions import REST
from indexer.code.frameworks.rest_views import RestViews
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.codebase import Answered, CodePlace, Route, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.facts import Definition

_CALLS = """
(call
    function: [(identifier) @called (attribute attribute: (identifier) @called)]
    arguments: (argument_list) @arguments) @call
"""
_LISTS = """
[(assignment left: (identifier) @name right: (_) @value)
 (augmented_assignment left: (identifier) @name right: (_) @value)]
"""
_PATTERNS = frozenset({"path", "re_path", "url"})
_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_NAMED_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
_CONVERTED = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
_MADE = re.compile(r"^(?:[\w.]+\()*[\w.]+\.as_view\([^()]*+\)\)*+$")  # shown = Show.as_view()
_DEEPEST = 12  # includes within includes
_NO_LITERAL = "its path is not a literal"
_SETTING = re.compile(r"\{\w+\}")
_NAMED_SETTING = re.compile(r"\{([A-Z][A-Z0-9_]*)\}")
_PART = re.compile(r"(['\"])[\w./-]{1,60}\1")
_ROUND = "it includes what it stands in, below which paths have no end"
_ANEW = "its list is put below a prefix of its own"
_IN_NO_LIST = "no list of patterns that is served is seen to take it in"


class Django(Reader):
    """Patterns of `urls.py`, through `include`, to the views that they name."""

    name = "django"
    version = 13
    languages = frozenset({"python"})
    hint = re.compile(
        MENTIONED + rb"|urlpatterns|django\.(?:urls|conf\.urls)\b|\.register\s*\(|\binclude\s*\("
        rb"|URLCONF|test_func|user_passes_test|\.(?:as_view|dispatch)\("
        rb"|\.user\s*+[=:,](?!=)|\bsetattr\("
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`pattern`: a route of a list; `register`: one of a router; what stands before views."""
        yield from middleware_marks(source, self.name)
        yield from test_marks(source, self.name)
        yield from handing_marks(source, self.name)
        yield from putting_marks(source, self.name)
        lists = [(source.text(one["name"][0]), one["value"][0]) for one in source.matches(_LISTS)]
        yield from _assigned(source, self.name, lists)
        calls = source.matches(_CALLS)
        inline = {
            one["call"][0]: listed
            for one in calls
            if source.text(one["called"][0]) == "include"
            and (listed := listed_in(one["arguments"][0]))
        }
        patterns = [one["call"][0] for one in calls if source.text(one["called"][0]) in _PATTERNS]
        of_patterns = {name for name, value in lists if any(holds(value, one) for one in patterns)}
        taken = [
            (name, value)
            for name, value in lists
            if name in of_patterns
            or re.search("urls|patterns", name)
            or any(source.text(one) in of_patterns for one in taken_in(value))
        ]
        for name, value in [*taken, *((unnamed(one), inline[one]) for one in inline)]:
            for included in taken_in(value):
                data = {"list": name, "route": "", "regex": False}
                data["view"] = f"include({source.text(included)})"
                if source.text(included) != name:  # urlpatterns = [...] + urlpatterns
                    yield Mark(self.name, "pattern", "urls", line_of(included), data)
        for found in calls:
            called = source.text(found["called"][0])
            node = found["call"][0]
            said = list(arguments(source, found["arguments"][0]))
            line = line_of(node)
            if called in _PATTERNS and len(said) >= 2:
                owner = next((name for name, value in lists if holds(value, node)), "")
                owner = owner or appended_to(source, node)
                inside = [one for one in inline if holds(one, node)]
                if inside:
                    owner = unnamed(max(inside, key=lambda one: one.start_byte))
                own = [one for one in inline if holds(node, one)]
                view = said[1][1]
                if own and view.startswith("include("):
                    view = f"include({unnamed(min(own, key=lambda one: one.start_byte))})"
                data = {
                    "list": owner,
                    "route": _begun(said[0][1])
                    if "include(" in said[1][1]
                    else _literal(said[0][1]),
                    "regex": called != "path",
                    "view": view,
                }
                yield Mark(self.name, "pattern", called, line, data)
            elif called == "register" and len(said) >= 2 and _literal(said[0][1]) is not None:
                owner = source.text(node.child_by_field_name("function")).rpartition(".")[0]
                data = {"router": owner, "prefix": _literal(said[0][1]), "view": said[1][1]}
                yield Mark(self.name, "register", owner, line, data)

    def assemble(self, project: CodeProject) -> Iterable[Route | Unresolved]:
        """Each route once for each way that leads to it from a list that nobody includes."""
        lists, roots = _Lists(project), UrlRoots(project)
        for path, name in lists.tops(roots):
            is_served = roots.serve(path)
            if not is_served and is_test(path):
                continue
            for one in lists.routes(path, name, "" if is_served else None, ()):
                if isinstance(one, Unresolved) and not is_served:
                    yield one._replace(reason=NOT_REACHED)
                else:
                    yield one
        yield from lists.left()


class _Pattern(NamedTuple):
    called: str  # the function that makes it
    route: str | None  # None where it is not a literal
    is_regex: bool
    view: str
    line: int


class _Lists:
    """The lists of patterns of a project, by file and name."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._lists: dict[tuple[str, str], list[_Pattern]] = {}
        self._routers: dict[tuple[str, str], list[tuple[str, str, int]]] = {}
        self._settings: dict[str, set[str]] = {}  # texts that settings are, by their names
        for path, mark in project.marks("django", "setting"):
            if not is_test(path):
                self._settings.setdefault(mark.name, set()).add(mark.data["is"])
        for path, mark in project.marks("django", "pattern"):
            data = mark.data
            route = self._with_settings(data["route"])
            one = _Pattern(mark.name, route, data["regex"], data["view"], mark.line)
            self._lists.setdefault((path, data["list"]), []).append(one)
        for path, mark in project.marks("django", "register"):
            registered = (mark.data["prefix"], mark.data["view"], mark.line)
            self._routers.setdefault((path, mark.data["router"]), []).append(registered)
        self._seen: set[tuple[str, str]] = set()  # the lists of which it is told what they serve
        self._rest = RestViews(project)
        self._access = Access(project)
        self._kinds = {(path, mark.name): mark.data for path, mark in project.marks(REST, "router")}
        self._made = {
            CodePlace(path, mark.name): mark for path, mark in project.marks("django", "made")
        }
        self._added = {
            (path, mark.name): mark.data["methods"] for path, mark in project.marks(REST, "adds")
        }

    def _with_settings(self, route: str | None) -> str | None:
        """A path with the settings in it that are one text in all files of settings."""

        def known(name: re.Match[str]) -> str:
            values = self._settings.get(name[1], set())
            return next(iter(values)) if len(values) == 1 else name[0]

        return None if route is None else _NAMED_SETTING.sub(known, route)

    def tops(self, roots: UrlRoots) -> list[tuple[str, str]]:
        """The `urlpatterns` that are a root, or that none but a list below them includes."""
        below = {
            key: [found for one in patterns if (found := self._included(key[0], one.view))]
            for key, patterns in self._lists.items()
            if key[1]  # what stands in no list is of none that is known
        }

        def reach(key: tuple[str, str], seen: set[tuple[str, str]]) -> set[tuple[str, str]]:
            for one in below.get(key, ()):
                if one not in seen:
                    seen.add(one)
                    reach(one, seen)
            return seen

        reached = {key: reach(key, set()) for key in below}
        served = {one for key in below if key[0] in roots for one in reached[key]}
        included = {
            target
            for key, targets in below.items()
            for target in targets
            if key not in reached.get(target, ())
        }
        return [
            key
            for key in sorted(self._lists)
            if key[1] == "urlpatterns" and (key[0] in roots or key not in included | served)
        ]

    def routes(
        self, path: str, name: str, prefix: str | None, above: tuple[tuple[str, str], ...]
    ) -> Iterator[Route | Unresolved]:
        """What a list serves below a prefix; of a prefix that is not known, what is there."""
        above = (*above, (path, name))
        self._seen.add((path, name))
        patterns = self._lists.get((path, name), ())
        anew = [
            one.line
            for one in patterns
            if one.route
            and not _SETTING.fullmatch(one.route)
            and self._included(path, one.view) == (path, name)
        ]
        for one in patterns:
            full, is_anew = None, any(one.line < line for line in anew)
            if prefix is not None and one.route is not None and not is_anew:
                full = prefix + _plain(one.route, is_regex=one.is_regex)
            if one.view.startswith("include("):
                if one.route and _SETTING.fullmatch(one.route):
                    reason = "what its routes begin with is a setting"
                    yield Unresolved(path, one.line, "route", one.route, reason)
                yield from self._below(path, one, full, above)
            elif full is None:
                said = f"{one.route or ''} {one.view[:80]}".strip()
                yield Unresolved(path, one.line, "route", said, _ANEW if is_anew else _NO_LITERAL)
            else:
                yield from self._served(path, one.line, full, one.view)

    def left(self) -> Iterator[Unresolved]:
        """What stands in no list of which it was told what it serves."""
        for key in sorted(self._lists.keys() - self._seen):
            path = key[0]
            for one in self._lists[key]:
                made = self._project.origin(path, one.called)
                if made.startswith("django.") and not is_test(path):
                    said = f"{one.route or ''} {one.view[:80]}".strip()
                    yield Unresolved(path, one.line, "route", said, _IN_NO_LIST)

    def _below(
        self, path: str, one: _Pattern, full: str | None, above: tuple[tuple[str, str], ...]
    ) -> Iterator[Route | Unresolved]:
        if router := self._router(path, one.view):
            yield from self._registered(router, full)
        elif (target := self._included(path, one.view)) and target not in above:
            yield from self.routes(*target, full, above)
        elif target != above[-1]:
            reason = _ROUND if target else "what it includes is not in the project"
            if self._router(path, one.view, self._kinds):
                reason = "nothing is registered at its router"
            said = one.view if full is None else f"{full} {one.view}"
            yield Unresolved(path, one.line, "route", said, reason)

    def _included(self, path: str, view: str) -> tuple[str, str] | None:
        """The list that an `include(...)` names."""
        if not view.startswith("include("):
            return None
        said = view.removeprefix("include(").lstrip("( \n").split(",")[0].rstrip(") \n")
        if (literal := _literal(said)) is not None:
            module = self._project.module(path, literal)
            return (module, "urlpatterns") if module else None
        if (path, said) in self._lists:
            return path, said
        place = self._project.locate(path, said)
        if place is None:
            return None
        key = (place.path, place.symbol or "urlpatterns")
        return key if key in self._lists else None

    def _router(
        self, path: str, view: str, known: Collection[tuple[str, str]] = ()
    ) -> tuple[str, str] | None:
        """The router that an `include(...)` names; of those that something is registered at."""
        known = known or self._routers
        said = re.match(r"include\(\s*+\(?\s*+([\w.]+)\.urls\b", view)
        if said is None:
            return None
        if (path, said[1]) in known:
            return path, said[1]
        place = self._project.locate(path, said[1])
        key = (place.path, place.symbol) if place else None
        return key if key in known else None

    def _registered(
        self, router: tuple[str, str], prefix: str | None
    ) -> Iterator[Route | Unresolved]:
        path = router[0]
        kind = self._kinds.get(router, {"class": "", "said": ""})
        slash = "" if re.search(r"trailing_slash\s*=\s*(?:False|''|\"\")", kind["said"]) else "/"
        prefix = self._nested(path, kind, prefix)
        for name, view, line in self._routers[router]:
            place = self._project.locate(path, view)
            one = self._project.definition(place) if place else None
            own = _plain(name, is_regex=True).strip("/")
            full = f"/{prefix or ''}{own}"
            if place is None or one is None or prefix is None:
                reason = _NO_LITERAL if prefix is None else "its view is not in the project"
                yield Unresolved(path, line, "route", f"{full[1:]} {view}", reason)
                continue
            for served in self._rest.actions(place, self._more(path, kind)):
                route = full if own else full.rstrip("/")
                if served.is_detail:
                    route += f"/{{{self._rest.lookup(place)}}}"
                if served.below:
                    route += f"/{_plain(served.below, is_regex=True)}"
                yield self._route(served, route + slash, place, one, (path, line), is_rest=True)

    def _nested(self, path: str, kind: dict[str, str], prefix: str | None) -> str | None:
        """What is before the routes of a router within another one, of `drf-nested-routers`."""
        found = re.match(r"\s*([\w.]+)\s*,\s*[rR]?(['\"])(.*?)\2(.*)", kind["said"], re.DOTALL)
        if "Nested" not in kind["class"] or found is None or prefix is None:
            return prefix
        lookup = re.search(r"lookup\s*=\s*['\"](\w+)", found[4])
        outer = self._kinds.get((path, found[1]), {"class": "", "said": ""})
        above = self._nested(path, outer, prefix)
        return f"{above}{found[3].strip('/')}/{{{lookup[1] if lookup else 'nested_1'}_pk}}/"

    def _more(self, path: str, kind: dict[str, str]) -> dict[str, str]:
        """The methods that a router of the project adds to those of a list."""
        place = self._project.locate(path, kind["class"])
        return self._added.get((place.path, place.symbol), {}) if place else {}

    def _served(self, path: str, line: int, full: str, view: str) -> Iterator[Route | Unresolved]:
        registered = where = path, line
        place = self._project.locate(path, view) if re.fullmatch(r"[\w.]+", view) else None
        held = self._project.definition(place) if place else None
        if place in self._made and held is not None and held.kind == "constant":
            path, view = place.path, self._made[place].data["is"]
            where = path, self._made[place].line
        name = _without_as_view(view)
        wrapped: list[str] = []
        while name == view or wrapped:  # login_required(cached(60)(views.index))
            found = re.fullmatch(r"([\w.]+(?:\([^()]*\))?)\((.+)\)", name.strip(), re.DOTALL)
            if found is None:
                break
            wrapped.append(found[1])
            name = _without_as_view(found[2].strip())
        made = re.fullmatch(r"([\w.]++)\([^()]*+\)", name)  # feeds.Latest(), which is called
        name = made[1] if made else name
        place = self._project.locate(path, name) if re.fullmatch(r"[\w.]+", name) else None
        one = self._project.definition(place) if place else None
        is_class = one is not None and one.kind == "class"
        if place is None or one is None or (made and not is_class) or _is_in_constant(name, one):
            reason = "its view is not in the project"
            yield Unresolved(*registered, "route", f"/{full} {view[:80]}", reason)
            return
        _, _, given = view.rpartition(".as_view(")
        said = given.rstrip(")") if given.endswith(")") else ""
        is_rest = self._rest.is_rest(place)
        if is_rest:
            served = self._rest.served(place, said)
        else:
            methods = [each.upper() for each in _METHODS if _has_own(self._project, place, each)]
            methods = [*dict.fromkeys([*methods, *self._access.generic_methods(place)])]
            served = [ViewMethods(method, "") for method in methods if is_class]
        if made:
            served = [ViewMethods("ANY", "__call__")]
        for each in served or [ViewMethods("ANY", "")]:
            route = self._route(
                each, f"/{full}", place, one, where, tuple(wrapped), said, is_rest=is_rest
            )
            yield route._replace(registered=":".join(map(str, registered)))

    def _route(
        self,
        served: ViewMethods,
        route: str,
        place: CodePlace,
        one: Definition,
        registered: tuple[str, int],
        wrapped: tuple[str, ...] = (),
        given: str = "",
        *,
        is_rest: bool,
    ) -> Route:
        handler = self._project.called(place)
        found = Route(
            served.method,
            route,
            f"{handler}.{served.action}" if served.action else handler,
            place.path,
            one.line,
            registered=f"{registered[0]}:{registered[1]}",
            symbol=place.symbol,
        )
        own = None
        if is_rest:
            own = self._rest.checks(place, served, given)
            found = found._replace(**self._rest.access(place, served, own))
        method = (served.action or served.method.lower()) if one.kind == "class" else ""
        auth, rights = self._access.judged(RegisteredView(place, method, wrapped, registered), own)
        found = found._replace(auth=auth)
        return found._replace(authorisation=Answered("yes", rights)) if rights else found


def _assigned(source: SourceFile, reader: str, lists: list[tuple[str, Node]]) -> Iterator[Mark]:
    """Views that are made for a name; the roots that settings name, and parts of paths in them."""
    is_of_settings = any(name.endswith("URLCONF") for name, _ in lists)
    for name, value in lists:
        said = source.text(value)
        if _MADE.search(said):
            yield Mark(reader, "made", name, line_of(value), {"is": said})
        elif name.endswith("URLCONF"):
            yield Mark(reader, "root", _literal(said) or "", line_of(value), {})
        elif is_of_settings and re.fullmatch("[A-Z][A-Z0-9_]*", name) and _PART.fullmatch(said):
            yield Mark(reader, "setting", name, line_of(value), {"is": _literal(said)})


def _is_in_constant(name: str, one: Definition) -> bool:
    """Whether a name is of what a constant has, as `site.urls`, of which nobody says what it is."""
    last = name.rpartition(".")[2]
    return one.kind == "constant" and "." in name and one.name.rpartition(".")[2] != last


def _has_own(project: CodeProject, place: CodePlace, member: str) -> bool:
    return project.definition(CodePlace(place.path, f"{place.symbol}.{member}")) is not None


def _without_as_view(said: str) -> str:
    """The class of `Class.as_view(...)`; what else is routed stays as it is."""
    name, is_made, _ = said.partition(".as_view(")
    return name if is_made and said.endswith(")") and re.fullmatch(r"[\w.]+", name) else said


def _literal(said: str) -> str | None:
    found = re.fullmatch(r"([rRuUfF]*)(['\"])(.*)\2", said, re.DOTALL)
    if found is None:
        return None
    named = re.sub(r"\{(?:\w+\.)*(\w+)\}", r"{\1}", found[3])  # of a text that takes in settings
    return named if "f" in found[1].lower() else found[3]


def _begun(said: str) -> str | None:
    """What a list is included below: a text, or in braces the name of what is none."""
    named = re.fullmatch(r"(?:\w+\.)*(\w+)", said)
    return f"{{{named[1]}}}" if named else _literal(said)


def _plain(route: str, *, is_regex: bool) -> str:
    """The path with `{name}` for parameters."""
    if not is_regex:
        return _CONVERTED.sub(r"{\1}", route)
    plain = _NAMED_GROUP.sub(r"{\1}", route)
    return plain.removeprefix("^").removesuffix("$").replace("\\", "").replace("/?", "/")
