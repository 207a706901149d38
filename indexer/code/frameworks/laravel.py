"""Laravel: routes by the `Route` facade and routers, below groups and the files that mount them."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.frameworks.laravel_middleware import ENDING, LaravelMiddleware
from indexer.code.frameworks.laravel_registered import Above, registered
from indexer.code.frameworks.laravel_stated import GATED, middleware_marks
from indexer.code.php_values import CLOSURE, UNKNOWN, class_named, texts
from indexer.code.readers import Reader
from indexer.code.refusals import refusing
from memory.code.codebase import CodePlace, Route, Unresolved
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile
    from memory.code.facts import Mark

_ALL = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "options", "any", "match"})
#: What a resource serves: the method of its class, the methods, and what stands behind its path.
_RESOURCE = {
    "index": (("GET",), ""),
    "create": (("GET",), "/create"),
    "store": (("POST",), ""),
    "show": (("GET",), "/{}"),
    "edit": (("GET",), "/{}/edit"),
    "update": (("PUT", "PATCH"), "/{}"),
    "destroy": (("DELETE",), "/{}"),
}
_FORMS = {"create", "edit"}
_SINGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman",
             "media": "medium", "data": "datum", "criteria": "criterion", "news": "news",
             "series": "series", "movies": "movie", "cookies": "cookie", "species": "species",
             "indices": "index", "matrices": "matrix", "vertices": "vertex",
             "analyses": "analysis", "lives": "life", "wives": "wife", "knives": "knife",
             "leaves": "leaf", "shelves": "shelf", "halves": "half", "aliases": "alias",
             "statuses": "status", "buses": "bus", "caches": "cache"}  # fmt: skip
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\??\}")
_SEPARATOR = "\\"
_CONTROLLERS = "\\App\\Http\\Controllers\\"
_DEEPEST = 12  # files within files
_REFUSES = re.compile(
    rb"\babort(?!\(\s*404)\w*\(|authori[sz]e|\bGate::|->(?:can|cannot|cant|denies|allows)\w*\("
    rb"|(?:Auth|Unauthor|AccessDenied|Forbidden|Permission)\w*Exception|UNAUTHORIZED|FORBIDDEN"
    rb"|\b40[13]\b|\bAuth::|\bauth\(|->user\(\)|[pP]ermission|\bguard\(|isGuest"
    # … or by what the request has to show, whatever is answered without it
    rb"|\bbearerToken\b|\bhasValid\w*Signature|\bhash_equals\(|\bHash::check"
    rb"|\bheader\(\s*['\"][^'\"]{0,40}(?i:key|token|secret|auth|signature)"
)
#: With what else a middleware may end a request.
_ENDS = re.compile(rb"\babort\w*\(|\b(?:redirect|response|to_route|view)\(|\bResponse::|\bthrow\b")
_NO_LITERAL = "its path is not a literal"


class Laravel(Reader):
    """Calls of the facade and of routers, resources spelt out."""

    name = "laravel"
    version = 17
    languages = frozenset({"php"})
    hint = re.compile(
        rb"Route::|\$router|\$app->|\$next|[mM]iddleware|FormRequest|function authorize\("
        rb"|withRouting|loadRoutesFrom|parent::__construct|\b(?:require|include)\b[^;\n]{0,99}[rR]oute|"
        + GATED.pattern
        + rb"|"
        + _REFUSES.pattern
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """Routes, files that are mounted, what middleware there is and what it may refuse."""
        yield from registered(source, self.name)
        yield from middleware_marks(source, self.name)
        yield from refusing(source, self.name, _REFUSES)
        if b"$next" in source.content:
            yield from refusing(source, ENDING, _ENDS)

    def assemble(self, project: CodeProject) -> Iterable[Route | Unresolved]:
        """Each route once for each way in which its file is mounted."""
        return _Routes(project).all()


class _Mounted(NamedTuple):
    """How a file is mounted."""

    path: str
    above: Above


class _Routes:
    """The routes of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._middleware = LaravelMiddleware(project)
        self._lost: list[Unresolved] = []
        self._mounts: dict[str, list[_Mounted]] = {}
        for path, mark in project.marks("laravel", "mount"):
            if is_test(path):
                continue
            targets = _mounted_files(project, path, mark.data["file"])
            above = Above(**mark.data["above"]).located(path, mark.line)
            for target in targets:
                self._mounts.setdefault(target, []).append(_Mounted(path, above))
            if not targets and mark.data["is_routes"]:
                said = mark.data["file"].replace(UNKNOWN, "...")
                reason = "which file of routes it mounts is not a literal"
                self._lost.append(Unresolved(path, mark.line, "route", said, reason))

    def all(self) -> Iterator[Route | Unresolved]:
        yield from self._lost
        for path, mark in self._project.marks("laravel", "route"):
            if is_test(path) or not self._is_laravel(path, mark):
                continue
            ways = list(self._ways(path, 0))
            if not ways:
                name = " ".join(texts(mark.data["args"][:1])).replace(UNKNOWN, "...")
                reason = "nobody is seen to mount its file"
                yield Unresolved(path, mark.line, "route", name, reason)
            own = Above(**mark.data["above"]).located(path, mark.line)
            for above in ways:
                yield from self._registered(path, mark, above.joined(own))

    def _is_laravel(self, path: str, mark: Mark) -> bool:
        """Whether the object on which it is registered is a router of Laravel."""
        if mark.name.lstrip("\\") == "Route":
            meant = self._project.origin(path, "Route")
            facade = "Illuminate\\Support\\Facades\\Route"
            return meant == facade or (not meant and not self._project.locate(path, "Route"))
        folders = path.lower().split("/")[:-1]
        imports = self._project.files[path].imports
        return "routes" in folders or any("\\Routing\\R" in one.target for one in imports)

    def _ways(self, path: str, depth: int) -> Iterator[Above]:
        """What stands above the routes of a file, once for each way in which it is mounted."""
        mounts = self._mounts.get(path, ())
        for one in mounts if depth < _DEEPEST else ():
            for above in self._ways(one.path, depth + 1):
                yield above.joined(one.above)
        if mounts:
            return
        folders, name = path.lower().split("/")[:-1], posixpath.basename(path).lower()
        if "routes" not in folders:
            yield Above()  # a provider, which registers by itself
        elif folders[-1] == "routes" and name in {"web.php", "api.php"}:
            group = name.removesuffix(".php")
            prefix = ["api"] if group == "api" else []
            yield Above(prefix=prefix, middleware=[[group, path, 1]])

    def _registered(self, path: str, mark: Mark, above: Above) -> Iterator[Route | Unresolved]:
        data = mark.data
        verb, args = data["verb"], data["args"]
        if verb == "package":
            reason = "the routes of a package are not in the project"
            yield Unresolved(path, mark.line, "route", data["said"], reason)
        elif verb in _VERBS:
            methods: Any = {"any": ["ANY"], "match": args[0] if args else []}.get(verb, [verb])
            rest = args[1:] if verb == "match" else args
            handler = rest[1] if len(rest) > 1 else data["named"].get("action", UNKNOWN)
            methods = [each.upper() for each in texts(methods)]
            if set(_ALL) <= set(methods):
                methods = ["ANY"]
            uri = rest[0] if rest else UNKNOWN
            yield from self._served(path, mark, above, methods, uri, handler)
        elif verb in {"view", "inertia", "redirect", "permanentRedirect", "fallback"}:
            uri = "{fallbackPlaceholder}" if verb == "fallback" else next(iter(args), UNKNOWN)
            handler = next(iter(args), UNKNOWN) if verb == "fallback" else CLOSURE
            methods = ["ANY"] if "edirect" in verb else ["GET"]
            yield from self._served(path, mark, above, methods, uri, handler)
        else:
            yield from self._resources(path, mark, above)

    def _resources(self, path: str, mark: Mark, above: Above) -> Iterator[Route | Unresolved]:
        verb, args, after = mark.data["verb"], mark.data["args"], mark.data["after"]
        if verb.endswith("s"):
            pairs = args[0].items() if args and isinstance(args[0], dict) else [(UNKNOWN, UNKNOWN)]
        else:
            pairs = [(*args, UNKNOWN, UNKNOWN)[:2]]
        options = args[2] if len(args) > 2 and isinstance(args[2], dict) else {}
        options |= {name: said for name, said in after if said}
        chained = {name for name, _ in after}
        is_single = "ingleton" in verb
        actions = [each for each in _RESOURCE if not (verb.startswith("api") and each in _FORMS)]
        if is_single:
            creatable = {"create", "store", "destroy"} if "creatable" in chained else set()
            creatable |= {"destroy"} if "destroyable" in chained else set()
            kept = {"show", "edit", "update"} | creatable
            actions = [each for each in actions if each in kept]
        if "only" in options:
            actions = [each for each in actions if each in texts(options["only"])]
        actions = [each for each in actions if each not in texts(options.get("except", []))]
        for uri, controller in pairs:
            base, parameter = _resource_path(str(uri), options, is_single=is_single)
            shallow = "shallow" in chained or "shallow" in options
            for action in actions:
                methods, behind = _RESOURCE[action]
                front = base
                if shallow and "{}" in behind and "{" in base:
                    front = base.rpartition("}/")[2]
                full = front + ("" if is_single and behind == "/{}" else behind)
                full = full.replace("/{}/edit", "/edit") if is_single else full
                full = full.replace("{}", f"{{{parameter}}}")
                own = above.joined(Above(middleware=_for_action(mark, path, action)))
                yield from self._served(path, mark, own, methods, full, [controller, action])

    def _served(
        self, path: str, mark: Mark, above: Above, methods: Iterable[str], uri: Any, handler: Any
    ) -> Iterator[Route | Unresolved]:
        full = "/".join(part.strip("/") for part in (*above.prefix, str(uri)) if part.strip("/"))
        if UNKNOWN in full:
            said = full.replace(UNKNOWN, "...")
            yield Unresolved(path, mark.line, "route", said, _NO_LITERAL)
            return
        place, said, asked = self._handler(path, handler, above)
        judged = self._middleware.judged(above, place, asked, is_open=mark.data["is_plain"])
        one = self._project.definition(place) if place else None
        first, last = mark.data["inside"]
        for method in methods:
            if UNKNOWN in method:
                reason = "its method is not a literal"
                yield Unresolved(path, mark.line, "route", full, reason)
                continue
            yield Route(
                method,
                "/" + _PARAMETER.sub(r"{\1}", full),
                said or self._project.called(place) if place else said,
                place.path if place and one else path,
                one.line if one else mark.line,
                auth=judged["auth"],
                authorisation=judged["authorisation"],
                validation=judged["validation"],
                rate_limit=judged["rate_limit"],
                middleware=tuple(
                    dict.fromkeys(each[0].replace(UNKNOWN, "...") for each in above.middleware)
                ),
                registered=f"{path}:{mark.line}",
                symbol=place.symbol if place and one else "",
                inside=(first, last) if place == CodePlace(path) else (0, 0),
            )

    def _handler(
        self, path: str, handler: Any, above: Above
    ) -> tuple[CodePlace | None, str, CodePlace | None]:
        """The method that is called, None for none of the project's; and what it is called.

        And the method as its controller has it, which may be of a class above or of a trait.
        """
        if isinstance(handler, dict):
            handler = handler.get("uses", handler.get("0", UNKNOWN))
        if handler == CLOSURE:
            return CodePlace(path), "Closure", None
        if isinstance(handler, list) and len(handler) == 2 and not class_named(handler[0]):
            handler = "@".join(map(str, handler))  # of a resource, whose class is said as a text
        if isinstance(handler, list) and len(handler) == 2:
            owner, method = class_named(handler[0]), str(handler[1])
        elif isinstance(handler, str) and class_named(handler):
            owner, method = class_named(handler), "__invoke"
        elif isinstance(handler, str) and above.controller and not {UNKNOWN, "@"} & {*handler}:
            owner, method = above.controller, handler
        elif isinstance(handler, str) and UNKNOWN not in handler:
            owner, _, method = handler.partition("@")
            owner = "\\" + owner.lstrip("\\")
            method = method or "__invoke"
            if above.namespace:
                owner = "\\".join(("", *above.namespace, owner.lstrip("\\")))
        else:
            return None, "unknown", None
        place = self._project.locate(path, f"{owner}.{method}") or self._by_default(
            path, owner, method
        )
        own = self._project.locate(path, owner) or self._by_default(path, owner, "")
        asked = CodePlace(own.path, f"{own.symbol}.{method}") if own and own.symbol else place
        if place is None or "." not in place.symbol:
            return place, owner.lstrip("\\") + f"@{method}", asked
        return place, "", asked

    def _by_default(self, path: str, owner: str, method: str) -> CodePlace | None:
        """Names in texts may leave out the namespace that `artisan` makes controllers in."""
        return self._project.locate(
            path, f"{_CONTROLLERS}{owner.lstrip(_SEPARATOR)}.{method}".rstrip(".")
        )


def _for_action(mark: Mark, path: str, action: str) -> list[list[Any]]:
    """What `middlewareFor` states for an action."""
    return [
        [each, path, mark.line]
        for actions, said in mark.data["for"]
        if action in texts(actions)
        for each in texts(said)
    ]


def _resource_path(uri: str, options: dict[str, Any], *, is_single: bool) -> tuple[str, str]:
    """The path of a resource, `photos/{photo}/comments`; and its own parameter."""
    given = options.get("parameters", {})
    given = given[0] if isinstance(given, list) and given else given
    *outer, own = uri.strip("/").split(".")
    front, _, first = (outer[0] if outer else own).rpartition("/")
    parts = [first, *outer[1:], own] if outer else [first]
    named = [
        (given.get(part) if isinstance(given, dict) else None) or _singular(part) for part in parts
    ]
    between = [f"{part}/{{{name}}}" for part, name in zip(parts[:-1], named[:-1], strict=True)]
    path = "/".join(part for part in (front, *between, parts[-1]) if part)
    return path, "" if is_single else named[-1]


def _singular(word: str) -> str:
    """As the framework names the parameter of a resource."""
    front, mark, last = word.replace("-", "_").rpartition("_")
    lower = last.lower()
    if lower in _SINGULAR:
        last = _SINGULAR[lower]
    elif lower.endswith("ies") and len(lower) > 4:
        last = f"{last[:-3]}y"
    elif lower.endswith(("sses", "shes", "ches", "xes", "zes")):
        last = last[:-2]
    elif lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        last = last[:-1]
    return front + mark + last


def _mounted_files(project: CodeProject, path: str, said: str) -> list[str]:
    """The files that a path means; a part of a name that is not known stands for any."""
    folder = posixpath.dirname(path)
    if said.startswith("__DIR__"):
        said = posixpath.normpath(posixpath.join(folder, said.removeprefix("__DIR__").lstrip("/")))
        return [said] if said in project.files else []
    last = said.lstrip(UNKNOWN).lstrip("/")
    if not last or "/" not in last.strip(UNKNOWN):
        beside = posixpath.join(folder, last)  # where PHP looks at the end
        found = [last] if last in project.files else [beside] * (said == last)
        return [one for one in found if one in project.files]
    while True:  # below the folder of the file, or of one above it
        whole = posixpath.normpath(posixpath.join(folder, last))
        if UNKNOWN in whole:
            named = re.compile("[^/]+".join(map(re.escape, re.split(f"{UNKNOWN}+", whole))))
            found = [one for one in project.files if named.fullmatch(one)]
        else:
            found = [whole] if whole in project.files else []
        if found or not folder:
            return found
        folder = posixpath.dirname(folder)
