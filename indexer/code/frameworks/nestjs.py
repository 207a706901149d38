"""NestJS: routes of controllers, below versions and prefixes, and the guards before them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.access import BEFORE, HANDLER, AccessCheck, answer, untold
from indexer.code.frameworks.express_middleware import ExpressMiddleware, MiddlewareArgument, given
from indexer.code.frameworks.nestjs_composed import composed
from indexer.code.frameworks.nestjs_guards import Guards
from indexer.code.frameworks.nestjs_modules import RouterPrefix, placed
from indexer.code.frameworks.typescript_function_refusals import TypeScriptFunctionRefusals
from indexer.code.frameworks.typescript_refusals import named
from indexer.code.readers import Reader
from indexer.code.syntax import is_conditional, line_of
from memory.code.codebase import NOT_ASKED, Answered, CodePlace, Route, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.facts import Definition

_CALLS = """
(call_expression
    function: [(member_expression property: (property_identifier) @called)
        (await_expression (member_expression property: (property_identifier) @called))]
    arguments: (arguments) @arguments) @call
"""
_PROVIDERS = """
(object (pair key: (property_identifier) @key value: (identifier) @token)
    (#eq? @key "provide")) @provider
"""
_EXTENDS = """
(class_declaration name: (type_identifier) @name
    (class_heritage (extends_clause value: (call_expression) @base)))
"""
_PARAMETERS = """
(method_definition name: (_) @name
    parameters: (formal_parameters (_ (decorator)))) @method
"""
_FUNCTIONS = """
[(function_declaration) (lexical_declaration (variable_declarator))] @function
"""
_GLOBAL = frozenset(
    {"setGlobalPrefix", "useGlobalGuards", "useGlobalPipes", "enableVersioning", "forRoutes"}
)
_SETS = re.compile(rb"NestFactory|setGlobalPrefix|useGlobal|enableVersioning|forRoutes")
_SERVES = re.compile(rb"@(?:Get|Post|Put|Patch|Delete|All|Head|Options|Sse)\(")
_COMPOSES = re.compile(rb"UseGuards\(|SetMetadata\(|applyDecorators\(")
_METHODS = {
    **{one.title(): one for one in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")},
    "All": "ANY",
    "Sse": "GET",
    "Search": "SEARCH",
}
_ROUTED = re.compile(rf"(?P<method>{'|'.join(_METHODS)})\s*\((?P<said>.*)\)", re.DOTALL)
#: Decorators that no request passes: they name, describe or answer.
_SAYS_ONLY = re.compile(r"(?:Controller|Version|HttpCode|Header|Redirect|Render|Api[A-Z]\w*)\(")
_STRING = re.compile(r"(['\"`])(.*?)\1", re.DOTALL)
_PARAMETER = re.compile(r":(\w+)(?:\([^)]{0,999}\))?\??")
#: What a handler may be given without seeing who asks.
_BLIND = re.compile(
    r"@(?:Body|Param|Query|Ip|HostParam|UploadedFiles?|Res|Response|Next|I18n\w*)\b"
)
#: The path, who asks, and what answers.
_NO_INPUT = re.compile(
    r"@(?:Param|HostParam|Ip|Session|Res|Response|Next|I18n\w*|\w*(?:User|Auth|Account|Tenant)\w*)\b"
)
_RIGHTS = re.compile(r"role|permission|polic|abilit|admin|owner|scope", re.IGNORECASE)
_TYPED = re.compile(r"@(?:Body|Query|Param)\(\)\s*\w+\s*:\s*[A-Z]\w+")
_VALIDATES = re.compile(r"Validation\w{0,99}Pipe|Parse\w{1,99}Pipe|ZodPipe|JoiPipe")
_NOTHING = "no guard or middleware of the route, its controller or application refuses"


class NestJs(Reader):
    """Methods of controllers; what guards and decorators of the project do is read in them."""

    name = "nestjs"
    languages = frozenset({"typescript"})
    hint = re.compile(rb"@nestjs/|APP_GUARD|useGlobal|setGlobalPrefix|AuthGuard")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """What is set for all, what a decorator of the project puts together, and parameters."""
        text = source.text
        for found in source.matches(_CALLS) if _SETS.search(source.content) else ():
            yield from self._call(source, found)
        content = source.content
        for found in source.matches(_PROVIDERS) if b"APP_" in content else ():
            token = text(found["token"][0])
            if token in {"APP_GUARD", "APP_PIPE"}:
                node = found["provider"][0]
                data = {"said": text(node), "chain": ""}
                yield Mark(self.name, "global", token, line_of(node), data)
        for found in source.matches(_EXTENDS) if b"AuthGuard(" in content else ():
            node = found["name"][0]
            yield Mark(
                self.name, "extends", text(node), line_of(node), {"is": text(found["base"][0])}
            )
        for found in source.matches(_PARAMETERS) if _SERVES.search(content) else ():
            node = found["method"][0]
            parameters = node.child_by_field_name("parameters")
            given = [text(one) for one in parameters.named_children] if parameters else []
            yield Mark(self.name, "parameters", named(source, node), line_of(node), {"said": given})
        composes = _COMPOSES.search(source.content)
        for found in source.matches(_FUNCTIONS) if composes else ():
            node = found["function"][0]
            said = text(node)
            if _COMPOSES.search(said.encode()) and not re.search(r"\bclass [A-Z]", said):
                name = re.search(r"(?:function|const|let|var)\s+(\w+)", said)
                data = composed(said)
                yield Mark(self.name, "composed", name[1] if name else "", line_of(node), data)

    def _call(self, source: SourceFile, found: dict[str, list[Node]]) -> Iterator[Mark]:
        node, called = found["call"][0], source.text(found["called"][0])
        arguments, line = found["arguments"][0], line_of(node)
        if called == "create" and re.match(r"(?:await\s+)?NestFactory\.", source.text(node)):
            yield Mark(self.name, "app", "", line, {})
        elif called == "use":
            args = [each for one in arguments.named_children for each in given(source, one)]
            yield Mark(self.name, "use", "", line, {"args": args})
        elif called in _GLOBAL:
            said = source.text(arguments)[1:-1]
            if called == "useGlobalGuards" and is_conditional(node):
                said = "under a condition"  # which no guard is called
            data = {"said": said, "chain": source.text(node) if called == "forRoutes" else ""}
            yield Mark(self.name, "global", called, line, data)

    def assemble(self, project: CodeProject) -> Iterable[Route | Unresolved]:
        """Each decorated method, below the prefix of the application that it belongs to."""
        yield from _Controllers(project).routes()


class _Application(NamedTuple):
    """What is set for all routes of an application."""

    folder: str
    prefix: tuple[str, tuple[str, ...]] = ("", ())  # and the paths without it
    version: tuple[str, tuple[str, ...]] | None = None  # what is before one, and the default
    guards: tuple[tuple[str, str, int], ...] = ()  # text, path, line
    middleware: tuple[tuple[str, str, int], ...] = ()
    uses: tuple[AccessCheck, ...] = ()
    validates: str = ""  # by what all bodies are


class _Controllers:
    """The controllers of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._refusals = TypeScriptFunctionRefusals(project)
        self._guards = Guards(project)
        self._parameters = {
            (path, mark.name): mark.data["said"]
            for path, mark in project.marks("nestjs", "parameters")
        }
        folders = {
            path.rpartition("/")[0]
            for path, _ in project.marks("nestjs", "app")
            if not is_test(path)
        }
        self._applications = {one: _Application(one) for one in sorted(folders)}
        self._lost: list[Unresolved] = []
        served = {path for path, _ in project.marks("nestjs", "app")}
        middleware = ExpressMiddleware(project)
        for path, mark in project.marks("nestjs", "use"):
            if path in served and (one := self._application(path)):
                uses = [
                    middleware.check(MiddlewareArgument(*each), path, mark.line)
                    for each in mark.data["args"]
                ]
                self._applications[one.folder] = one._replace(uses=(*one.uses, *uses))
        for path, mark in project.marks("nestjs", "global"):
            if not is_test(path) and (one := self._application(path)):
                self._applications[one.folder] = self._set(one, path, mark)

        self._placed: dict[CodePlace | str, RouterPrefix] = {}
        for where, each in placed(project):
            inside = self._application(where) if isinstance(where, str) else None
            self._placed[inside.folder if inside else where] = each

    def _application(self, path: str) -> _Application | None:
        """The one whose folder a file is in; the only one there is."""
        inside = [one for one in self._applications if not one or path.startswith(f"{one}/")]
        if not inside and len(self._applications) == 1:
            inside = list(self._applications)
        return self._applications[max(inside, key=len)] if inside else None

    def _set(self, one: _Application, path: str, mark: Mark) -> _Application:
        said = mark.data["said"]
        here = (said, path, mark.line)
        if mark.name == "setGlobalPrefix":
            first, _, rest = said.partition(",")
            if "{" in _plain(first):
                reason = "the prefix of all routes is not a literal"
                self._lost.append(Unresolved(path, mark.line, "route", first[:80], reason))
            without = re.findall(r"path:\s*['\"]([^'\"]*)|[\[,]\s*['\"]([^'\"]*)", rest)
            return one._replace(prefix=(_plain(first), tuple(a or b for a, b in without)))
        if mark.name == "enableVersioning":
            if "URI" not in said and "type:" in said:
                return one  # by header or media type, not in the path
            before = re.search(r"prefix:\s*(['\"`][^'\"`]*['\"`]|false)", said)
            default = re.search(r"defaultVersion:\s*(\[[^\[\]]*+\]|['\"][^'\"]*['\"]|\w+)", said)
            start = "" if before and before[1] == "false" else _plain(before[1]) if before else "v"
            return one._replace(version=(start, tuple(_versions(default[1] if default else ""))))
        if mark.name in {"useGlobalGuards", "APP_GUARD"}:
            classes = re.findall(r"\bnew\s+([\w.]+)|use(?:Class|Existing):\s*([\w.]+)", said)
            named_ones = [(a or b, path, mark.line) for a, b in classes] or [here]
            return one._replace(guards=(*one.guards, *named_ones))
        if mark.name == "forRoutes":
            return one._replace(middleware=(*one.middleware, (mark.data["chain"], path, mark.line)))
        found = _VALIDATES.search(said)
        return one._replace(validates=f"{found[0]} ({path}:{mark.line})") if found else one

    def routes(self) -> Iterator[Route | Unresolved]:
        """All of them, by file and line."""
        yield from self._lost
        for path, facts in self._project.files.items():
            for one in facts.definitions if facts.language == "typescript" else ():
                said = "" if is_test(path) else self._placed_at(path, one)
                if said is not None and one.annotations:
                    yield from self._controller(path, one, said)

    def _placed_at(self, path: str, one: Definition) -> str | None:
        """What `Controller` is given at a class, by a decorator of the project too."""
        for said in one.annotations:
            head, _, given = said.partition("(")
            if self._project.origin(path, head) == "@nestjs/common.Controller":
                return given[:-1].strip()
            if (within := self._guards.controller(path, said)) is not None:
                return within
        return None

    def _controller(self, path: str, one: Definition, said: str) -> Iterator[Route | Unresolved]:
        application = self._application(path)
        if application is None:
            reason = "which application serves it is not known"
            yield Unresolved(path, one.line, "route", one.name, reason)
            return
        router = self._placed.get(CodePlace(path, one.name), RouterPrefix("", ""))
        router = self._placed.get(application.folder, router)  # where no module is named
        if router.path is None:
            reason = f"a RouterModule puts a path before its own ({router.where})"
            yield Unresolved(path, one.line, "route", one.name, reason)
            return
        version = _property(said, "version")
        paths = _paths(_property(said, "path") if said.startswith("{") else said)
        for place, member in self._members(CodePlace(path, one.name)):
            for found in filter(None, map(_ROUTED.fullmatch, member.annotations)):
                own = next((each for each in member.annotations if each.startswith("Version(")), "")
                versions = _versions(own[len("Version(") : -1] if own else version)
                below = _paths(found["said"].strip())
                if paths is None or below is None:
                    name = f"{one.name}.{member.name.rpartition('.')[2]} {said}"[:80]
                    reason = "its path is not a literal"
                    yield Unresolved(path, member.line, "route", name, reason)
                    continue
                for start in paths:
                    for end in below:
                        parts = (each.strip("/") for each in (router.path, start, end))
                        plain = "/".join(filter(None, parts))
                        for full in _full(application, versions, plain):
                            method = _METHODS[found["method"]]
                            yield self._route(
                                application, method, full, plain, one, path, place, member
                            )

    def _members(self, place: CodePlace, depth: int = 0) -> Iterator[tuple[CodePlace, Definition]]:
        """The methods of a class and, behind them, those of its bases that it has not itself."""
        own = {
            one.name.rpartition(".")[2]: one
            for one in self._project.files[place.path].definitions
            if one.name.rpartition(".")[0] == place.symbol
        }
        yield from ((CodePlace(place.path, one.name), one) for one in own.values())
        definition = self._project.definition(place)
        for base in definition.bases if definition and depth < 8 else ():
            above = self._project.locate(place.path, base)
            if above and above.symbol and above != place:
                for where, one in self._members(above, depth + 1):
                    if one.name.rpartition(".")[2] not in own:
                        yield where, one

    def _route(
        self,
        application: _Application,
        method: str,
        full: str,
        plain: str,
        controller: Definition,
        path: str,
        place: CodePlace,
        member: Definition,
    ) -> Route:
        decorators = [(one, path, controller.line) for one in controller.annotations]
        decorators += [(one, place.path, member.line) for one in member.annotations]
        guards, keys, is_known = self._guards.decorated(decorators)
        checks = [*application.uses]
        checks += [
            self._guards.middleware(chain, where, line, method, plain)
            for chain, where, line in application.middleware
        ]
        checks += [
            self._guards.guard(said, where, line, keys if is_known else None)
            for said, where, line in (*application.guards, *guards)
        ]
        given = self._parameters.get((place.path, place.symbol), ())
        sees = [one for one in given if not _BLIND.search(one)]
        of_handler = None if sees else self._refusals.handler(place)
        checks.append(
            AccessCheck(f"{place.symbol} ({place.path}:{member.line})", of_handler, HANDLER)
        )
        rights = next((one.said for one in checks if one.refuses and _RIGHTS.search(one.what)), "")
        asks = [each for each in decorators if _RIGHTS.search(each[0].partition("(")[0])]
        named = (one for one in checks if _RIGHTS.search(one.what.partition("(")[0]))
        reader = next((one.said for one in named), "")
        if asks and reader and not rights:  # a guard that looks at what a decorator sets
            rights = (
                f"@{' '.join(asks[-1][0].split())[:80]} ({asks[-1][1]}:{asks[-1][2]}), for {reader}"
            )
        said = [one for one, *_ in decorators]
        return Route(
            method,
            full,
            self._project.called(place),
            place.path,
            member.line,
            auth=answer(
                checks, _NOTHING, None if is_known else untold(BEFORE, "a decorator of its own")
            ),
            authorisation=Answered("yes", rights) if rights else NOT_ASKED,
            validation=_validated(application, said, given, f"{place.path}:{member.line}"),
            rate_limit=_limited(application, decorators),
            middleware=tuple(
                one for one in said if not (_ROUTED.fullmatch(one) or _SAYS_ONLY.match(one))
            ),
            registered=f"{place.path}:{member.line}",
            symbol=place.symbol,
            takes_input=any(not _NO_INPUT.search(one) for one in given),
        )


def _property(said: str, name: str) -> str:
    """The text of a property of an object; "" for none."""
    found = re.search(rf"\b{name}:\s*(\[(?:(?!{name}:)[^\]])*\]|['\"`][^'\"`]*['\"`]|[\w.]+)", said)
    return found[1] if found else ""


def _paths(said: str) -> list[str] | None:
    """The paths of a decorator; None where one is no literal."""
    if not said:
        return [""]
    one = _STRING.match(said)
    if one and (one.end() == len(said) or said[one.end() :].lstrip().startswith(",")):
        return None if "${" in one[2] else [one[2]]
    if said.startswith("[") and re.fullmatch(
        r"\[\s*+(?:['\"`][^'\"`$]*['\"`]\s*+,?\s*+)*+\]", said
    ):
        return [each[2] for each in _STRING.finditer(said)]
    return None


def _versions(said: str) -> list[str]:
    """The versions that are named; "" for what has none."""
    if "VERSION_NEUTRAL" in said:
        return ["", *(one[2] for one in _STRING.finditer(said))]
    return [one[2] for one in _STRING.finditer(said)]


def _plain(said: str) -> str:
    """A text; of what is none, or has parts that are none, their names in braces."""
    said = said.strip()
    found = _STRING.fullmatch(said)
    if found is None:
        names = re.findall(r"['\"]([\w.]+)['\"]", said) or re.findall(r"\w+", said) or ["prefix"]
        return f"{{{names[0].rpartition('.')[2]}}}"
    return re.sub(r"\$\{(?:[^{}]{0,199}\W)?(\w{1,99})[^{}\w]{0,99}\}", r"{\1}", found[2])


def _full(application: _Application, versions: list[str], plain: str) -> Iterator[str]:
    """The path of a route in each version that it is served in, with `{name}` for parameters."""
    prefix, without = application.prefix
    if plain in {one.strip("/") for one in without}:
        prefix = ""
    before, default = application.version or ("", ())
    for version in (versions or default or ("",)) if application.version else ("",):
        parts = (prefix.strip("/"), f"{before}{version}" if version else "", plain)
        yield "/" + _PARAMETER.sub(r"{\1}", "/".join(one for one in parts if one))


def _validated(
    application: _Application, said: list[str], given: Iterable[str], place: str
) -> Answered:
    """Whether what a handler is given is held against a type or a scheme."""
    here = next((one for one in (*said, *given) if _VALIDATES.search(one)), "")
    if here:
        return Answered("yes", f"{' '.join(here.split())[:120]} ({place})")
    typed = [one for one in given if _TYPED.search(one)]
    if application.validates and typed:
        return Answered("yes", f"{application.validates} for {typed[0].rpartition(':')[2].strip()}")
    return NOT_ASKED


def _limited(application: _Application, decorators: list[tuple[str, str, int]]) -> Answered:
    everywhere = next((one for one in application.guards if "Throttler" in one[0]), None)
    for said, path, line in reversed(decorators):
        if said.startswith("SkipThrottle("):
            return Answered("no", f"@{said} ({path}:{line})")
        if said.startswith("UseGuards(") and "Throttler" in said:
            return Answered("yes", f"@{said} ({path}:{line})")
    return (
        Answered("yes", f"{everywhere[0]} ({everywhere[1]}:{everywhere[2]})")
        if everywhere
        else NOT_ASKED
    )
