"""Spring: routes by annotations of controllers and what they extend or implement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.spring_chains import security_marks
from indexer.code.frameworks.spring_functional import functional
from indexer.code.frameworks.spring_interceptors import interceptor_marks
from indexer.code.frameworks.spring_libraries import library_marks
from indexer.code.frameworks.spring_resolvers import resolver_marks
from indexer.code.frameworks.spring_security import (
    GUARDS,
    RouteNotes,
    SpringSecurity,
)
from indexer.code.frameworks.spring_shiro import shiro_marks
from indexer.code.java_values import UNKNOWN, Constants, annotated, constants, words
from indexer.code.readers import Reader
from indexer.code.refusals import CONSTANTS, refusing
from indexer.code.syntax import line_of
from memory.code.codebase import NOT_ASKED, Answered, CodePlace, Route, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.facts import Definition

_DECLARED = """
[(class_declaration) (interface_declaration) (record_declaration) (method_declaration)
 (annotation_type_declaration)] @declared
"""
_MAPPED = {
    "RequestMapping": "",
    "GetMapping": "GET",
    "PostMapping": "POST",
    "PutMapping": "PUT",
    "PatchMapping": "PATCH",
    "DeleteMapping": "DELETE",
}
_NO_ROUTES = re.compile(r"(?:Listener|Aware|Bean|Runner|Configurer|Serializable|Controller)$")
_NO_BEAN = "no bean of its file takes it as it is: where it is served is not known"
_CONTROLLERS = frozenset({"RestController", "Controller", "BasePathAwareController",
                          "RepositoryRestController"})  # fmt: skip
_CLIENTS = frozenset({"FeignClient", "HttpExchange"})
_GENERATED = frozenset({"RepositoryRestResource"})
_VALIDATED = frozenset({"Valid", "Validated"})
#: What Spring itself makes of a request, before it asks what makes a parameter of a type.
_FROM_REQUEST = frozenset({"RequestBody", "RequestPart", "RequestParam", "RequestHeader",
                           "PathVariable", "MatrixVariable", "CookieValue", "RequestAttribute",
                           "SessionAttribute", "ModelAttribute"})  # fmt: skip
_ENUMERATIONS = "(enum_declaration) @enum"
_ENUMERATED = "(enum_constant) @constant"
_STANDS_FOR_REFUSAL = re.compile(
    r"\b40[13]|UNAUTH|FORBID|DENIED|NO_?T?_?LOG|LOGIN|TOKEN|PERMISSION|未登录|权限", re.IGNORECASE
)
_NUMBERS = frozenset({"Long", "Integer", "Short", "long", "int", "short"})
_LIMITS = re.compile(r"^Rate_?Limit(?:er|ed)?$")
_PARAMETER = re.compile(r"\{\*?(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}")
_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}")
_DEEPEST = 8  # bases of bases
_REFUSES = re.compile(
    rb"HttpStatus\.(?:UNAUTHORIZED|FORBIDDEN)|SC_(?:UNAUTHORIZED|FORBIDDEN)"
    rb"|(?:AccessDenied|Authentication|Authorization|Unauthori[sz]ed|Forbidden|Permission"
    rb"|Credentials|NotLogin|Login|Token|Auth)\w{0,99}Exception\(|\b40[13]\b|sendError\("
    rb"|isAuthenticated\(|redirect:/?login|hasRole|hasAuthority|hasPermission|checkPermission"
    rb"|(?:[tT]oken|[sS]ecret|[aA]pi_?[kK]ey|[sS]ignature)(?:\(\))?\.equals\("
    rb"|[uU]nlogin|[nN]otLogin|MessageDigest\.isEqual\(|(?:NEED|NOT?|UN)_?LOGIN|\b[nN]ot logged in"
)


class Spring(Reader):
    """Mappings of classes and methods; the context path of a server is no part of their paths."""

    name = "spring"
    version = 23
    languages = frozenset({"java"})
    hint = re.compile(
        rb"Mapping|Controller|Security|ShiroFilter|RouterFunction|RestResource|String(?:\[\])?\s+[A-Z][A-Z0-9_]{0,99}\s*="
        rb"|\benum\b|Filter\b|setFilter|Interceptor|XxlSso|SaIgnore|@Aspect|HandlerMethod|resolveArgument|"
        + _REFUSES.pattern
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """Classes and methods with mappings, constants, and what refuses requests."""
        found = source.captures(_DECLARED).get("declared", ())
        for node in sorted(found, key=lambda one: one.start_byte):
            yield from self._declared(source, node)
        yield from functional(source, self.name)
        yield from constants(source, self.name)
        yield from security_marks(source, self.name)
        yield from shiro_marks(source, self.name)
        yield from interceptor_marks(source, self.name)
        yield from library_marks(source, self.name)
        yield from resolver_marks(source, self.name)
        yield from refusing(source, self.name, _REFUSES)
        yield from _constants_that_refuse(source, self.name)

    def _declared(self, source: SourceFile, node: Node) -> Iterator[Mark]:
        said = list(annotated(source, node))
        named = {name for name, _, _ in said}
        symbol = source.symbol(node)
        if not symbol:
            return
        mappings = [
            {"name": name, "given": given, "line": line_of(where)}
            for name, given, where in said
            if name in _MAPPED or name.endswith("Mapping")
        ]
        notes = [[name, given.get("value", UNKNOWN)] for name, given, _ in said]
        if node.type != "method_declaration":
            if mappings or named & (_CONTROLLERS | _CLIENTS | _GENERATED | GUARDS.keys()):
                data: dict[str, Any] = {"mappings": mappings, "named": sorted(named)}
                data["notes"] = notes
                yield Mark(self.name, "class", symbol, line_of(node), data)
        elif mappings:
            data = {"mappings": mappings, "notes": notes, **_checked(source, node)}
            data["limits"] = next((name for name in sorted(named) if _LIMITS.match(name)), "")
            name = node.child_by_field_name("name")
            yield Mark(self.name, "handler", symbol, line_of(name or node), data)
        elif "Override" in named:
            data = {"mappings": [], "notes": notes, **_checked(source, node), "limits": ""}
            yield Mark(self.name, "override", symbol, line_of(node), data)

    def assemble(self, project: CodeProject) -> Iterable[Route | Unresolved]:
        """Each route of each controller, with those that it has from what it extends."""
        return _Controllers(project).routes()


def _constants_that_refuse(source: SourceFile, reader: str) -> Iterator[Mark]:
    """Which constants of an enumeration stand for a refusal: `UNAUTHORIZED(401, "log in")`."""
    for node in source.captures(_ENUMERATIONS).get("enum", ()):
        found = source.captures(_ENUMERATED, node).get("constant", ())
        names = [
            source.text(one.child_by_field_name("name"))
            for one in found
            if _STANDS_FOR_REFUSAL.search(source.text(one))
        ]
        yield Mark(reader, CONSTANTS, source.symbol(node), line_of(node), {"are": names})


def _checked(source: SourceFile, node: Node) -> dict[str, Any]:
    """Which parameter is validated, if the outcome is looked at; of what sorts they are."""
    parameters = node.child_by_field_name("parameters")
    validated, asked = "", ""
    given: set[str] = set()
    for one in parameters.named_children if parameters is not None else ():
        type_ = source.text(one.child_by_field_name("type"))
        named = {name for name, _, _ in annotated(source, one)}
        given |= named if named & _FROM_REQUEST else {type_, *named}
        if named & _VALIDATED:
            validated = validated or type_
        if type_ in {"BindingResult", "Errors"}:
            asked = source.text(one.child_by_field_name("name"))
    body = source.text(node.child_by_field_name("body"))
    is_asked = not asked or re.search(rf"\b{re.escape(asked)}\.(?:has|get)\w*Error", body)
    return {
        "validates": f"@Valid {validated}" if validated and is_asked else "",
        "numbers": sorted(_numbers(source, parameters)),
        "given": sorted(given),
    }


def _numbers(source: SourceFile, parameters: Node | None) -> Iterator[str]:
    """The variables of a path that can be nothing but numbers, by their types."""
    for one in parameters.named_children if parameters is not None else ():
        if source.text(one.child_by_field_name("type")) not in _NUMBERS:
            continue
        for name, given, _ in annotated(source, one):
            if name == "PathVariable":
                said = given.get("value", given.get("name"))
                yield said if said else source.text(one.child_by_field_name("name"))


class _Controllers:
    """The controllers of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._constants = Constants(project, "spring")
        self._classes = {
            CodePlace(path, one.name): one for path, one in project.marks("spring", "class")
        }
        self._handlers: dict[CodePlace, list[Mark]] = {}  # by class
        for path, mark in project.marks("spring", "handler"):
            owner = CodePlace(path, mark.name.rpartition(".")[0])
            self._handlers.setdefault(owner, []).append(mark)
        self._overrides = {
            CodePlace(path, one.name): one for path, one in project.marks("spring", "override")
        }

    def routes(self) -> Iterator[Route | Unresolved]:
        """All of them, by file and line."""
        found = [*self._found(), *self._functional()]
        paths = frozenset(one.route.path for one in found if isinstance(one, RouteNotes))
        security = SpringSecurity(self._project, self._constants, paths)
        for one in found:
            yield security.judged(one) if isinstance(one, RouteNotes) else one

    def _found(self) -> Iterator[RouteNotes | Unresolved]:
        for place, mark in self._classes.items():
            named = set(mark.data["named"])
            if is_test(place.path) or named & _CLIENTS:
                continue
            if named & _GENERATED:
                reason = "the routes of a repository are made from its model"
                yield Unresolved(place.path, mark.line, "route", place.symbol, reason)
            one = self._project.definition(place)
            if one is None or one.kind != "class" or not self._is_controller(place, named):
                continue
            bases = [*self._bases(place, 0)]
            if not any(owner in self._handlers for owner in bases):
                yield from self._elsewhere(place, one)
            prefixes = self._prefixes(place, 0)
            seen: set[str] = set()
            for owner in bases:
                for handler in self._handlers.get(owner, ()):
                    yield from self._mapped(place, owner, handler, prefixes, seen)

    def _elsewhere(self, place: CodePlace, one: Definition) -> Iterator[Unresolved]:
        """A controller whose routes an interface states that is made when the project is built."""
        inside = f"{place.symbol}."
        is_over = any(
            "Override" in each.annotations and each.name.startswith(inside)
            for each in self._project.files[place.path].definitions
        )
        for base in one.bases if is_over else ():
            if not _NO_ROUTES.search(base) and self._project.locate(place.path, base) is None:
                reason = f"what it extends or implements is not in the project: {base}"
                yield Unresolved(place.path, one.line, "route", place.symbol, reason)

    def _functional(self) -> Iterator[RouteNotes | Unresolved]:
        """The routes that functions make."""
        for path, mark in self._project.marks("spring", "function"):
            if is_test(path):
                continue
            owner = mark.name.rpartition(".")[0]
            parts = self._constants.texts(path, owner, mark.data["paths"])
            full = _below(*parts)
            is_known = UNKNOWN not in full and "${" not in full
            if not is_known or not mark.data["is_served"]:
                said, reason = full.replace(UNKNOWN, "..."), "its path is not a literal"
                reason = _NO_BEAN if is_known else reason
                yield Unresolved(path, mark.line, "route", said, reason)
                continue
            named = self._project.locate(path, mark.data["handler"])
            place = named if named and "." in named.symbol else None
            one = self._project.definition(place) if place else None
            route = Route(
                mark.data["verb"],
                "/" + _PARAMETER.sub(r"{\1}", full),
                self._project.called(place) if place else mark.data["handler"].replace(UNKNOWN, ""),
                place.path if place else path,
                one.line if one else mark.line,
                registered=f"{path}:{mark.line}",
                symbol=place.symbol if place else "",
            )
            yield RouteNotes(route, [], [], is_plain=mark.data["is_plain"] and place is not None)

    def _is_controller(self, place: CodePlace, named: set[str]) -> bool:
        if named & _CONTROLLERS:
            return True
        notes = self._project.definition(place)
        for said in notes.annotations if notes else ():  # an annotation that stands for another
            other = self._project.locate(place.path, said.partition("(")[0])
            if other in self._classes and set(self._classes[other].data["named"]) & _CONTROLLERS:
                return True
        return False

    def _bases(self, place: CodePlace, depth: int) -> Iterator[CodePlace]:
        """A class, and what it extends and implements."""
        yield place
        one = self._project.definition(place)
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self._project.locate(place.path, base)
            if above and above != place:
                yield from self._bases(above, depth + 1)

    def _prefixes(self, place: CodePlace, depth: int) -> list[tuple[str, list[str]]]:
        """The paths and methods of the first mapping at a class or at what it extends."""
        for owner in self._bases(place, depth):
            mark = self._classes.get(owner)
            for mapping in mark.data["mappings"] if mark else ():
                paths = self._paths(owner, mapping["given"])
                return [(path, self._methods(owner.path, mapping) or []) for path in paths]
        return [("", [])]

    def _paths(self, owner: CodePlace, given: dict[str, Any]) -> list[str]:
        said = given.get("path", given.get("value", ""))
        found = self._constants.texts(owner.path, owner.symbol, said)
        return [_PLACEHOLDER.sub(UNKNOWN, one) for one in found] or [""]

    def _mapped(
        self,
        place: CodePlace,
        owner: CodePlace,
        mark: Mark,
        prefixes: list[tuple[str, list[str]]],
        seen: set[str],
    ) -> Iterator[RouteNotes | Unresolved]:
        """The routes of a method, at the class that overrides it or else at the one that has it."""
        member = mark.name.rpartition(".")[2]
        at = CodePlace(place.path, f"{place.symbol}.{member}")
        own = self._overrides.get(at) if owner != place else None
        at = at if own else CodePlace(owner.path, mark.name)
        inner = own or mark
        notes = inner.data["notes"]
        of_class = [
            (one.path, note)
            for one in self._bases(place, 0)
            if one in self._classes
            for note in self._classes[one].data["notes"]
        ]
        for mapping in mark.data["mappings"]:
            methods = self._methods(owner.path, mapping)
            for prefix, outer in prefixes if methods is not None else ():
                for path in self._paths(owner, mapping["given"]):
                    full = _below(prefix, path)
                    if UNKNOWN in full:
                        said = full.replace(UNKNOWN, "...")
                        reason = "its path is not a literal"
                        yield Unresolved(owner.path, mapping["line"], "route", said, reason)
                        continue
                    for method in methods or outer or ["ANY"]:
                        key = f"{method} {full}"
                        if key not in seen:
                            seen.add(key)
                            registered = f"{owner.path}:{mapping['line']}"
                            route = self._route(method, full, at, inner, registered)
                            yield RouteNotes(route, [(at.path, one) for one in notes], of_class)

    def _methods(self, path: str, mapping: dict[str, Any]) -> list[str] | None:
        """The methods of a mapping, none for all; None for what is no mapping of requests."""
        if _MAPPED.get(mapping["name"]):
            return [_MAPPED[mapping["name"]]]
        said = words(mapping["given"].get("method", []))
        if mapping["name"] in _MAPPED:
            return [one for one in said if one.isupper()]
        place = self._project.locate(path, mapping["name"])  # the project's own, made of others
        mark = self._classes.get(place) if place else None
        return (
            self._methods(path, mark.data["mappings"][0])
            if mark and mark.data["mappings"]
            else None
        )

    def _route(self, method: str, full: str, at: CodePlace, mark: Mark, registered: str) -> Route:
        validates, limits = mark.data["validates"], mark.data["limits"]
        where = f"({at.path}:{mark.line})"
        return Route(
            method,
            "/" + _PARAMETER.sub(r"{\1}", full),
            self._project.called(at),
            at.path,
            mark.line,
            validation=Answered("yes", f"{validates} {where}") if validates else NOT_ASKED,
            rate_limit=Answered("yes", f"@{limits} {where}") if limits else NOT_ASKED,
            registered=registered,
            symbol=at.symbol,
        )


def _below(*parts: str) -> str:
    """Paths one below another, without the slash that begins them, with one that ends the last."""
    whole = "/".join(one.strip("/") for one in parts if one.strip("/"))
    return f"{whole}/" if whole and parts[-1].endswith("/") else whole
