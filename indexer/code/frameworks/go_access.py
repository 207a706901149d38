"""What stands before the handlers of Go refuses, and whether handlers do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.access import BEFORE, HANDLER, SETTINGS, UNSEEN, untold
from indexer.code.frameworks.go_code import Settings
from indexer.code.frameworks.go_functions import DEEPEST, READER, Names
from indexer.code.frameworks.go_middleware import LITERAL
from indexer.code.frameworks.go_values import Asked as Walked
from indexer.code.frameworks.go_walk import GoWalk
from indexer.code.frameworks.go_wrapping import FUNCTION, HARMLESS, SERVES
from indexer.code.open_paths import may_be_open
from indexer.code.refusals import Refusals
from memory.code.codebase import NOT_ASKED, Answered, CodePlace
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.code.project_code import CodeProject

ENDING = "go-routers ending"  # the reader's name for what may end a request
#: Middleware of libraries that refuses who shows nothing, by the package and what is called.
_GUARDS = re.compile(
    r"^(?:github\.com/gin-gonic/gin\.BasicAuth(?:ForRealm)?"
    r"|github\.com/labstack/echo(?:/v\d+)?/middleware\.(?:BasicAuth|KeyAuth|JWT)"
    r"|github\.com/labstack/echo-jwt(?:/v\d+)?\.JWT"
    r"|github\.com/go-chi/chi(?:/v\d+)?/middleware\.BasicAuth"
    r"|github\.com/go-chi/jwtauth(?:/v\d+)?\.Authenticator"
    r"|[\w./-]+\.GinJWTMiddleware\.MiddlewareFunc"  # of appleboy/gin-jwt, which some carry along
    r"|github\.com/appleboy/gin-jwt(?:/v\d+)?\.New\.MiddlewareFunc)$"
)
_NAME = re.compile(r"[\w.]+")
_AROUND = re.compile(r"(?<!HandlerFunc\(next\))(?<=\))\.ServeHTTP\(")
_HARMLESS = re.compile(
    r"^(?:github\.com/gin-gonic/gin\.(?:Logger\w*|Recovery\w*|ErrorLogger)"
    r"|github\.com/gin-contrib/(?:sessions|size|expvar).*"
    r"|github\.com/[\w.-]+/(?:cors|gzip|gziphandler|requestid|zap|logger|location)(?:/v\d+)?\..*"
    r"|github\.com/labstack/echo(?:/v\d+)?/middleware\.(?:Logger|RequestLogger|Recover|CORS|Gzip|"
    r"Decompress|RequestID|Secure|BodyLimit|BodyDump|(?:Add|Remove)TrailingSlash|Timeout|"
    r"ContextTimeout|Static|Rewrite|MethodOverride|HTTPS|RateLimiter)\w*"
    r"|github\.com/go-chi/chi(?:/v\d+)?/middleware\.(?:Logger|RequestLogger|Recoverer|RequestID|"
    r"RealIP|ClientIP\w*|Timeout|Compress|NewCompressor|StripSlashes|RedirectSlashes|CleanPath|Heartbeat|"
    r"SetHeader|AllowContentType|AllowContentEncoding|NoCache|GetHead|URLFormat|Throttle\w*|"
    r"WithValue|ContentCharset|RequestSize|Profiler|PathRewrite)"
    r"|github\.com/labstack/echo-contrib/(?:session|echoprometheus|prometheus|\w+tracing)\..*"
    r"|github\.com/gorilla/handlers\.(?!HTTPMethodOverride\b)\w+"
    r"|github\.com/(?:go-chi|rs)/(?:cors|render|httplog|hlog).*|github\.com/go-chi/httprate.*"
    r"|github\.com/go-chi/jwtauth(?:/v\d+)?\.Verifier|go\.opentelemetry\.io/.*"
    r"|net/http\.(?:StripPrefix|MaxBytesHandler|TimeoutHandler))$"
)
_ARGUMENTS = re.compile(r"[\w.]++\(([^()]*+)\)")
_LIMITS = re.compile(r"(?:^|[./])(?:httprate\.|tollbooth|middleware\.(?:Throttle|RateLimiter))")


#: What a request passes: file, function, text, line, whether it is certain.
Asked = tuple[str, str, str, int, bool]


class _Request(NamedTuple):
    """What a check is asked about."""

    path: str  # of the route
    is_stripped: bool  # whether some of it may be taken away before
    put: set[str]  # where what saw it before puts errors in the place of who asks


class GoAccess:
    """The middleware and the handlers of a project."""

    def __init__(self, project: CodeProject, names: Names) -> None:
        self._names = names
        self._refusals = Refusals(project, READER)
        self._ends = Refusals(project, ENDING)
        self._guards = {
            CodePlace(path, one.name): one for path, one in project.marks(READER, "guard")
        }
        self._variables = {
            CodePlace(path, one.name): one.data["is"]
            for path, one in project.marks(READER, "variable")
        }
        self._open = {
            CodePlace(path, one.name): one.data for path, one in project.marks(READER, "open")
        }
        code = {
            CodePlace(path, one.name): one.data["is"] for path, one in project.marks(READER, "code")
        }
        #: What puts something around what stands behind it, that the words in it do not tell.
        self._around = {place for place, text in code.items() if _AROUND.search(text)}
        self._callers: dict[CodePlace, dict[str, tuple[str, str, list[str]]]] = {}
        for path, one in project.marks(READER, "call"):
            called = names.function(path, one.name, one.data["callee"])
            if called and not is_test(path) and "site" in one.data:
                by = path, one.name, one.data["given"]
                self._callers.setdefault(called, {})[f"{path} {one.data['site']}"] = by
        self._walk = GoWalk(names, code, self._held, Settings(project, READER).default)

    def sees_requests(self, place: CodePlace | None) -> bool:
        """Whether a function is put before others, or answers itself."""
        return place in self._guards

    def authenticated(
        self,
        said: Iterable[Asked],
        handler: CodePlace | None,
        handled_by: str,
        route: tuple[str, str],
        later: Iterable[Asked],
    ) -> Answered:
        """Whether something refuses who shows nothing; "no" where nothing is left that could.

        Args:
            said: What a request passes.
            handler: The function that answers it, if it is known.
            handled_by: The same as a text.
            route: Its method and its path.
            later: What may see a request or not.
        """
        said, handler = tuple(said), self._standing(handler)
        left = None
        is_open = handled_by == HARMLESS or SERVES.match(handled_by)
        if not is_open and not self._is_harmless(handler):
            where = f"{handler.symbol} ({handler.path})" if handler else named(handled_by)[:80]
            left = untold(HANDLER if handler else UNSEEN, where)
        is_stripped = any("StripPrefix" in text for _, _, text, _, _ in said)
        put: set[str] = set()  # where errors stand in the place of who asks
        method, full = route
        walked = Walked(method, full, is_stripped=is_stripped)
        if by := self._within(handler, _Request(full, is_stripped, put)):
            return Answered("yes", by)
        for path, within, text, line, certain in said:
            evidence = f"{named(text)[:80]} ({path}:{line})"
            if certain and _GUARDS.match(self._origin(path, within, text)):
                return Answered("yes", evidence)
            guard = self._guarding(path, within, text)
            asked = _Request(full, is_stripped, put)
            by = self._refuses(guard, asked, 0, text) if guard else ""
            if certain and by and self._walk.outcome(path, within, text, walked) != "passes":
                return Answered("yes", f"{evidence}: {by}")
            put |= set(self._guards[guard].data["puts"] if guard in self._guards else ())
            found = self._walked((path, within, text), guard, evidence, walked)
            if found and found.answer == "yes" and certain:
                return found
            left = (
                self._untold(guard, evidence) if found and found.answer == "yes" else found or left
            )
        for path, within, text, line, _ in later:
            if self._walked((path, within, text), None, "", walked):
                left = untold(BEFORE, f"{named(text)[:80]} ({path}:{line})")
        return left or Answered("no", "no middleware refuses, nor does the handler")

    def _walked(
        self, asked: tuple[str, str, str], guard: CodePlace | None, evidence: str, walked: Walked
    ) -> Answered | None:
        """What something does that is put before a handler; None where it lets each through."""
        outcome = self._walk.outcome(*asked, walked)
        if not outcome and self._is_known(*asked) and not self._is_walked(*asked):
            return None
        if outcome == "refused":
            return Answered("yes", f"{evidence}: who shows nothing{self._by_default()}")
        if outcome == "passes" and not self._walk.by_default:
            return None
        if outcome == "passes":
            return untold(SETTINGS, f"{self._by_default().lstrip(', ')}: {evidence}")
        return self._untold(guard, evidence)

    def _is_walked(self, path: str, within: str, text: str) -> bool:
        """Whether the code of what is put before a handler is kept, so that a walk tells of it.

        What hands the request on before all else needs none.
        """
        place = self._names.function(path, within, text)
        mark = self._guards.get(place) if place else None
        is_kept = place is not None and self._walk.function(place) is not None
        return is_kept and not (mark and mark.data["passes"])

    def _by_default(self) -> str:
        """On which settings the last answer rests."""
        names = sorted(self._walk.by_default)
        return f", as {', '.join(names)} is unless it is set" if names else ""

    def _held(self, path: str, within: str, name: str) -> tuple[str, str, str] | None:
        """What a variable of a function is made as, and where; None where it may be another.

        A parameter is what the one caller gives.
        """
        value = self._names.made(path, within, name)
        if isinstance(value, int):
            callers = list(self._callers.get(CodePlace(path, within), {}).values())
            given = callers[0][2] if len(callers) == 1 else []
            return (callers[0][0], callers[0][1], given[value]) if value < len(given) else None
        return None if value is None else (path, within, value)

    def _within(self, handler: CodePlace | None, asked: _Request) -> str:
        """By what is refused what a function is put into that it gives as a handler."""
        if handler is None or handler not in self._guards:
            return ""
        data = self._guards[handler].data
        for one in data["wraps"]:
            other = self._meant(handler, data, one)
            if other and (by := self._refuses(other, asked, 0)):
                return f"{one}: {by}"
        return ""

    def _guarding(self, path: str, within: str, text: str) -> CodePlace | None:
        """The function that is put before others, one without a name too."""
        held = text if text.startswith(LITERAL) else self._names.held(path, within, text)
        if held.startswith(LITERAL):
            return CodePlace(path, held)
        return self._standing(self._names.function(path, within, text))

    def _standing(self, place: CodePlace | None, depth: int = 0) -> CodePlace | None:
        """The function that a variable of a package stands for; any other place as it is."""
        if not self._names.is_variable(place):
            return place
        value = self._variables.get(place) if place else None
        if place is None or value is None or self._names.is_anew(place) or depth > DEEPEST:
            return None
        if value == FUNCTION or not _NAME.fullmatch(value):  # or what a call makes
            return place if value == FUNCTION else None
        return self._standing(self._names.function(place.path, "", value), depth + 1)

    def _origin(self, path: str, within: str, text: str) -> str:
        """What another package calls something, a method of what it makes too."""
        made, _, member = text.partition("(")[0].rpartition(".")
        held = self._names.held(path, within, made).lstrip("*&") if made else ""
        origin = self._names.origin(path, held) if held else ""
        return f"{origin}.{member}" if origin else self._names.origin(path, text)

    def _made(self, place: CodePlace) -> tuple[str, str]:
        """The file of a variable, and by what it is made for good; "" where that is not known."""
        return place.path, "" if self._names.is_anew(place) else self._variables.get(place, "")

    def _untold(self, guard: CodePlace | None, evidence: str) -> Answered:
        """Why it is not known what stands before a handler does."""
        data = self._guards[guard].data if guard in self._guards else {}
        asked = (self._meant(guard, data, one) for one in data.get("asks", ()) if guard)
        lets = (self._guards[one].data["lets"] for one in asked if one in self._guards)
        decides = data.get("decides") or next((one for one in lets if one), "")
        return untold(SETTINGS, f"{decides}: {evidence}") if decides else untold(BEFORE, evidence)

    def _is_known(self, path: str, within: str, text: str) -> bool:
        """Whether something that sees requests first is known to let each of them through."""
        called = self._names.function(path, within, text)
        place = self._standing(called)
        if place is None:
            made = self._made(called) if called else (path, text)
            return text == HARMLESS or bool(_HARMLESS.match(self._names.origin(*made)))
        if (guard := self._guards.get(place)) is None:
            return self._lets_pass(place)
        data = guard.data
        if data["passes"]:
            return True
        other = self._meant(place, data, data["hands"]) if data["hands"] else place
        if other != place and not self._lets_pass(other):
            return False
        flag = data["flag"]
        if flag and flag["is_quiet"] and _given(text, flag["index"]) == (not flag["is"]):
            return not self._refusals.calls_may_refuse(place)
        return self._lets_pass(place)

    def _lets_pass(self, place: CodePlace | None) -> bool:
        """Whether a function is known that neither refuses nor ends a request."""
        if place in self._around:
            return False
        return place is not None and self._is_harmless(place) and not self._ends.may_refuse(place)

    def _is_harmless(self, place: CodePlace | None) -> bool:
        """Whether a function does nothing that may refuse; a variable's is not looked into."""
        if place is None or self._names.is_variable(place):
            return False
        return not self._refusals.may_refuse(place)

    def _refuses(self, place: CodePlace, asked: _Request, depth: int, text: str = "") -> str:
        """By what a function refuses who shows nothing; "" for what does not, or may not."""
        mark = self._guards.get(place)
        if mark is None or depth > DEEPEST:
            return ""
        data, others = mark.data, list(mark.data["wraps"])
        if not data["doubted"] and self._is_asked(place, data, asked, text):
            if data["by"]:
                is_sure = self._is_sure(place, data, asked)
                return f"if {data['by']} ({place.path}:{data['line']})" if is_sure else ""
            others += [data["hands"]] if data["hands"] else []
        for one in others:
            other = self._meant(place, data, one)
            if other and other != place and (by := self._refuses(other, asked, depth + 1)):
                return by
        return ""

    def _meant(self, place: CodePlace, data: dict[str, Any], text: str) -> CodePlace | None:
        return self._names.function(place.path, data.get("within", place.symbol), text)

    def _is_asked(self, place: CodePlace, data: dict[str, Any], asked: _Request, text: str) -> bool:
        """Whether a check looks at a request at all, by what it was made with and by the path."""
        flag = data["flag"]
        if flag and _given(text, flag["index"]) is not flag["is"]:
            return False
        open_ = (self._meant(place, data, one) for one in data["unless"])
        return not any(self._may_be_open(one, asked, 0) for one in open_)

    def _is_sure(self, place: CodePlace, data: dict[str, Any], asked: _Request) -> bool:
        """Whether what a check asks depends on who asks alone."""
        asks = (self._meant(place, data, one) for one in data["asks"])
        is_doubted = any(self._guards[one].data["doubted"] for one in asks if one in self._guards)
        return not is_doubted and (not data["needs"] or data["needs"] in asked.put)

    def _may_be_open(self, place: CodePlace | None, asked: _Request, depth: int) -> bool:
        """Whether a function that tells paths apart may be for a route; True if nobody knows."""
        data = self._open.get(place) if place else None
        if place is None or data is None or depth > DEEPEST:
            return True
        called = (self._names.function(place.path, place.symbol, one) for one in data["calls"])
        is_open = may_be_open(asked.path, data["paths"], is_stripped=asked.is_stripped)
        return is_open or any(self._may_be_open(one, asked, depth + 1) for one in called)

    def limited(self, said: Iterable[Asked]) -> Answered:
        """Whether something that a request passes counts them."""
        for path, _, text, line, certain in said:
            if certain and _LIMITS.search(self._names.origin(path, text)):
                return Answered("yes", f"{text[:80]} ({path}:{line})")
        return NOT_ASKED


def named(text: str) -> str:
    """What stands in the code, as it is told: a function without a name is "func"."""
    return "func" if text.startswith(LITERAL) else text.strip(": ") or "func"


def _given(text: str, index: int) -> bool | None:
    """What a call is given as an argument that is true or false as it stands."""
    found = _ARGUMENTS.fullmatch(text)
    given = found[1].split(",") if found else []
    said = given[index].strip() if index < len(given) else ""
    return {"true": True, "false": False}.get(said)
