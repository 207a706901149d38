"""What stands between a request and a handler of Laravel, and what it refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.access import BEFORE, HANDLER, UNSEEN, untold
from indexer.code.php_values import CLOSURE, UNKNOWN, class_named, texts
from indexer.code.refusals import Refusals
from memory.code.codebase import NOT_ASKED, Answered, CodePlace
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.frameworks.laravel_registered import Above
    from indexer.code.project_code import CodeProject
    from memory.code.facts import Definition, Mark

_AUTH = "Illuminate\\Auth\\Middleware\\"
_SANCTUM = "Laravel\\Sanctum\\Http\\Middleware\\"
_PASSPORT = "Laravel\\Passport\\Http\\Middleware\\"
#: What refuses who is nobody, by its full name.
_GUARDS = frozenset({
    f"{_AUTH}Authenticate",
    f"{_AUTH}AuthenticateWithBasicAuth",
    f"{_AUTH}EnsureEmailIsVerified",
    f"{_SANCTUM}CheckAbilities",
    f"{_SANCTUM}CheckForAnyAbility",
    f"{_PASSPORT}CheckClientCredentials",
    f"{_PASSPORT}CheckClientCredentialsForAnyScope",
    f"{_PASSPORT}CheckScopes",
    f"{_PASSPORT}CheckForAnyScope",
    "Tymon\\JWTAuth\\Http\\Middleware\\Authenticate",
    "PHPOpenSourceSaver\\JWTAuth\\Http\\Middleware\\Authenticate",
})  # fmt: skip
_THROTTLES = re.compile(r"^Illuminate\\Routing\\Middleware\\ThrottleRequests(WithRedis)?$")
_ALLOWS = re.compile(
    r"^Illuminate\\Auth\\Middleware\\Authorize$|^Spatie\\Permission\\Middlewares?\\"
    r"|^Laravel\\(?:Sanctum|Passport)\\.*\\Check"
)
#: What refuses nobody for being nobody.
_HARMLESS = re.compile(
    r"^(?:Illuminate|Laravel|Fruitcake|Fideloper|Inertia)\\(?:.*\\)?(?:EncryptCookies|StartSession|AuthenticateSession"
    r"|AddQueuedCookiesToResponse|ShareErrorsFromSession|VerifyCsrfToken|ValidateCsrfToken"
    r"|SubstituteBindings|ThrottleRequests(?:WithRedis)?|HandleCors|TrustProxies|TrustHosts"
    r"|PreventRequestsDuringMaintenance|CheckForMaintenanceMode|ValidatePostSize|TrimStrings"
    r"|ConvertEmptyStringsToNull|TransformsRequest|SetCacheHeaders|RedirectIfAuthenticated"
    r"|AddLinkHeadersForPreloadedAssets|HandlePrecognitiveRequests|InvokeDeferredCallbacks"
    r"|ValidatePathEncoding|CreateFreshApiToken|EnsureFrontendRequestsAreStateful|Middleware)$"
    # They choose a language, and lead to its address whoever asks.
    r"|^Mcamara\\LaravelLocalization\\Middleware\\\w+$"
)
_ILLUMINATE = "Illuminate\\"
_BUILT_IN = {
    "auth": f"{_AUTH}Authenticate",
    "auth.basic": f"{_AUTH}AuthenticateWithBasicAuth",
    "verified": f"{_AUTH}EnsureEmailIsVerified",
    "can": f"{_AUTH}Authorize",
    "guest": f"{_AUTH}RedirectIfAuthenticated",
    "throttle": f"{_ILLUMINATE}Routing\\Middleware\\ThrottleRequests",
    "cache.headers": f"{_ILLUMINATE}Http\\Middleware\\SetCacheHeaders",
    "precognitive": f"{_ILLUMINATE}Foundation\\Http\\Middleware\\HandlePrecognitiveRequests",
}
_BUILT_IN_GROUPS = frozenset({"web", "api"})  # harmless as the framework fills them
#: What a class is called that most likely refuses, of several that may.
_ASKS_WHO = re.compile(r"auth|log_?in|permission|access|guard", re.IGNORECASE)
#: What most likely asks for a right, by what it is called.
_ASKS_RIGHT = re.compile(
    r"authori[sz]|permission|role|abilit|gate|admin|polic|owner|\bacl\b|\bcan\b", re.IGNORECASE
)
ENDING = "laravel ending"  # the reader's name for what may end a request
_FORM = "Illuminate\\Foundation\\Http\\FormRequest"
_DEEPEST = 12
ANSWERS = ("auth", "authorisation", "validation", "rate_limit")
_KEPT = frozenset({"redirectTo", "__construct"})  # what may be overridden and still refuse


class LaravelMiddleware:
    """What the middleware of a project does."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._refusals = Refusals(project, "laravel")
        self._ends = Refusals(project, ENDING)
        self._methods = {
            CodePlace(path, mark.name): mark for path, mark in project.marks("laravel", "method")
        }
        self._gates: dict[str, list[bool]] = {}  # by right, whether each refuses who is nobody
        for path, mark in project.marks("laravel", "gate"):
            if not is_test(path):
                self._gates.setdefault(mark.name, []).append(mark.data["refuses"])
        self._judged: dict[str, tuple[bool, bool]] = {}  # by full name
        self._aliases: dict[str, set[str]] = {}  # full names
        self._groups: dict[str, list[list[Any]]] = {}
        self._whole: set[str] = set()  # groups that the project fills by itself
        self._global: list[list[Any]] = []
        files = project.files.items()
        self._any_file = next((path for path, facts in files if facts.language == "php"), "")
        for kind in ("alias", "group", "global"):
            for path, mark in project.marks("laravel", kind):
                self._learn(kind, path, mark)

    def _learn(self, kind: str, path: str, mark: Mark) -> None:
        said = mark.data["is"]
        if kind == "global":
            if mark.data["how"] == "add" or self._is_kernel(path):
                self._global += [[one, path, mark.line] for one in texts(said)]
            return
        for name, of_it in said.items() if isinstance(said, dict) else ():
            if kind == "alias":
                full = self._full(
                    path, class_named(of_it) or (of_it if isinstance(of_it, str) else UNKNOWN)
                )
                self._aliases.setdefault(str(name), set()).add(full)
            else:
                if mark.data["how"] == "set":
                    self._whole.add(name)
                own = [[one, path, mark.line] for one in texts(of_it)]
                self._groups.setdefault(name, []).extend(own)

    def _is_kernel(self, path: str) -> bool:
        return path.endswith("Kernel.php")

    def judged(
        self, above: Above, handler: CodePlace | None, asked: CodePlace | None, *, is_open: bool
    ) -> dict[str, Answered]:
        """Authentication, authorisation, validation and rate limit of a route.

        Args:
            above: What stands above it.
            handler: The method that answers; its class where no class of the project has it.
            asked: The same as the controller has it, by whatever it extends or uses.
            is_open: Whether what answers without a handler refuses nobody.
        """
        said = self._all(above, asked or handler)
        answers = dict.fromkeys(ANSWERS, NOT_ASKED)
        left = self._left(handler, is_open=is_open)
        doubts: dict[str, str] = {}  # by evidence: the class that may refuse
        for one, path, line in said:
            evidence = f"{one.removeprefix('class ').replace(UNKNOWN, '...')} ({path}:{line})"
            full = self._meant(path, one)
            authenticates, is_harmless = self._met(full)
            if authenticates or self._is_gate(full, one):
                answers["auth"] = _first(answers["auth"], evidence)
            elif not is_harmless:
                doubts[f"{evidence}{self._decided(full)}"] = full
            if _ALLOWS.search(full):
                answers["authorisation"] = _first(answers["authorisation"], evidence)
            elif _ASKS_RIGHT.search(f"{evidence} {full}") and answers["authorisation"] == NOT_ASKED:
                answers["authorisation"] = untold(BEFORE, evidence)
            if _THROTTLES.search(full):
                answers["rate_limit"] = _first(answers["rate_limit"], evidence)
        asks = next((each for each, full in doubts.items() if _ASKS_WHO.search(full)), "")
        first = asks or next(iter(doubts), "")
        before = untold(BEFORE, first) if first else None
        doubted = self._of_handler(answers, handler)
        left = left or (untold(HANDLER, doubted) if doubted else None)
        for name, nothing in (
            ("auth", "no middleware refuses, nor does the handler"),
            ("rate_limit", "no middleware limits it"),
        ):
            if answers[name] == NOT_ASKED:
                answers[name] = before or left or Answered("no", nothing)
        return answers

    def _is_gate(self, full: str, said: str) -> bool:
        """Whether `can:...` asks for a right that the project defines, of nobody never."""
        gates = self._gates.get(said.partition(":")[2], ())
        is_asked = full == f"{_AUTH}Authorize" and bool(gates)
        return is_asked and all((*gates, *self._gates.get("", ())))

    def _met(self, full: str) -> tuple[bool, bool]:
        """Whether a class refuses who is nobody, and whether it surely refuses none."""
        if full not in self._judged:
            authenticates = self._refuses_nobody(full)
            self._judged[full] = (authenticates, not authenticates and self._is_harmless(full))
        return self._judged[full]

    def _of_handler(self, answers: dict[str, Answered], handler: CodePlace | None) -> str:
        """What a handler and the forms of its input check; what of them may refuse anybody."""
        if handler is None or not handler.symbol:
            return ""
        doubted = ""
        mark = self._methods.get(handler)
        for kind, word in (("validation", "validates"), ("authorisation", "authorizes")):
            if mark and mark.data[word]:
                evidence = f"{mark.data[word]} ({handler.path}:{mark.line})"
                answers[kind] = _first(answers[kind], evidence)
        facts = self._project.files[handler.path]
        for use in facts.uses:
            if (
                use.within >= 0
                and not use.is_call
                and "." not in use.name
                and (facts.definitions[use.within].name == handler.symbol)
                and self._derives(handler.path, use.name, {_FORM})
            ):
                evidence = f"{use.name} ({handler.path}:{use.line})"
                answers["validation"] = _first(answers["validation"], evidence)
                place, asks = self._asked_by_form(self._project.locate(handler.path, use.name))
                if asks == "right":
                    answers["authorisation"] = _first(answers["authorisation"], place)
                elif asks and answers["authorisation"] == NOT_ASKED:
                    answers["authorisation"] = untold(HANDLER, place)
                doubted = doubted or place
        return doubted

    def _asked_by_form(self, form: CodePlace | None) -> tuple[str, str]:
        """By which `authorize` a form of input may refuse, and what that asks; "" for none."""
        for _ in range(_DEEPEST):
            if form is None:
                break
            method = CodePlace(form.path, f"{form.symbol}.authorize")
            mark = self._methods.get(method)
            if mark and mark.data["asks"]:
                return f"{method.symbol} ({method.path}:{mark.line})", mark.data["asks"]
            if self._project.definition(method) is not None:
                break
            form = self._base(form.path, form.symbol)
        return "", ""

    def _left(self, handler: CodePlace | None, *, is_open: bool) -> Answered | None:
        """Why what answers may refuse; None where it does not."""
        if handler is None or not handler.symbol:
            return None if handler is not None and is_open else untold(UNSEEN)
        refuses = self._refusals.may_refuse(handler)
        return untold(HANDLER, f"{handler.symbol} ({handler.path})") if refuses else None

    def _all(self, above: Above, handler: CodePlace | None) -> list[list[Any]]:
        """What is asked before a handler, without what the route takes away."""
        own = self._spelt_out([*self._global, *above.middleware, *self._of_controller(handler)])
        if UNKNOWN in "".join(above.without):
            return [[UNKNOWN, path, line] for _, path, line in own] or [[UNKNOWN, "", 0]]
        files = sorted({path for _, path, _ in above.middleware}) or [""]
        taken = self._spelt_out([[one, path, 0] for one in above.without for path in files])
        names = {self._resolved(path, one) for one, path, _ in taken}
        classes = {full for full, _ in names}
        found = []
        for one, path, line in own:
            full, parameters = self._resolved(path, one)
            if (full, parameters) in names:
                continue
            # With other parameters it stays; what derives from it goes: neither is told for sure.
            is_like = full in classes or any(self._derives(path, full, {each}) for each in classes)
            found.append([UNKNOWN if is_like else one, path, line])
        return found

    def _spelt_out(self, said: list[Any]) -> list[list[Any]]:
        """Middleware with groups as what they hold."""
        own, found, seen = list(said), [], set()
        while own:
            one, path, line = own.pop(0)
            if one in self._groups or one in _BUILT_IN_GROUPS:
                if (one, path) not in seen:
                    own = [*self._groups.get(one, ()), *own]
                seen.add((one, path))
                continue
            found.append([one, path, line])
        return found

    def _resolved(self, path: str, said: str) -> tuple[str, str]:
        """The class of a middleware, or what is said where it is not known; its parameters."""
        return self._meant(path, said) or said, said.partition(":")[2]

    def _of_controller(self, handler: CodePlace | None) -> Iterator[list[Any]]:
        """What the class of a handler states for it, or the bases that its constructor calls."""
        if handler is None or "." not in handler.symbol:
            return
        owner, _, method = handler.symbol.rpartition(".")
        for own in ("__construct", "middleware"):
            place = self._project.locate(handler.path, f"{owner}.{own}")
            for _ in range(_DEEPEST):
                mark = self._methods.get(place) if place else None
                if mark is None or place is None:
                    break
                for said in mark.data["states"]:
                    is_meant = not said["only"] or method in said["only"]
                    doubt = UNKNOWN in "".join(said["only"] + said["except"])
                    if doubt or (is_meant and method not in said["except"]):
                        for one in said["is"]:
                            yield [UNKNOWN if doubt else one, place.path, mark.line]
                above = place.symbol.rpartition(".")[0]
                base = self._base(place.path, above) if mark.data["calls_parent"] else None
                place = self._project.locate(base.path, f"{base.symbol}.{own}") if base else None

    def _base(self, path: str, name: str) -> CodePlace | None:
        one = self._project.definition(CodePlace(path, name))
        found = (self._project.locate(path, base) for base in (one.bases if one else ()))
        return next((place for place in found if place), None)

    def _meant(self, path: str, said: str) -> str:
        """The full name of the class that a middleware is; "" if that is not known."""
        if CLOSURE in said or said == UNKNOWN:
            return ""
        named = class_named(said)
        name = (named or said).partition(":")[0]
        if UNKNOWN in name:
            return ""
        if named or "\\" in name:
            return self._full(path, name)
        known = self._aliases.get(name)
        if known:
            return next(iter(known)) if len(known) == 1 else ""
        return _BUILT_IN.get(name, "")

    def _full(self, path: str, name: str) -> str:
        if not path or name.startswith("\\") or path not in self._project.files:
            return name.lstrip("\\")
        place = self._project.locate(path, name)
        if place is not None:
            package = self._project.files[place.path].package
            return f"{package}\\{place.symbol}".lstrip("\\")
        root, mark, rest = name.partition("\\")
        return f"{self._project.origin(path, root) or root}{mark}{rest}"

    def _place(self, full: str) -> CodePlace | None:
        # Any file of the language sees a full name alike.
        return self._project.locate(self._any_file, f"\\{full}") if self._any_file else None

    def _refuses_nobody(self, full: str, depth: int = 0) -> bool:
        """Whether a class of middleware refuses who is nobody: as it is, or as its base does."""
        if full in _GUARDS:
            return True
        place = self._place(full) if full else None
        one = self._project.definition(place) if place else None
        if place is None or one is None or depth > _DEEPEST:
            return False
        handle = self._methods.get(CodePlace(place.path, f"{place.symbol}.handle"))
        if handle is not None:
            handed = f"{place.symbol}.{handle.data['hands']}"
            other = self._methods.get(CodePlace(place.path, handed))
            return bool(handle.data["refuses"] or (other and other.data["stops"]))
        if self._members(place) - _KEPT:
            return False
        return any(
            self._refuses_nobody(self._full(place.path, base), depth + 1) for base in one.bases
        )

    def _decided(self, full: str) -> str:
        """On what it depends whether a class of middleware refuses, as it is told."""
        place = self._place(full) if full else None
        mark = self._methods.get(CodePlace(place.path, f"{place.symbol}.handle")) if place else None
        return f": if {mark.data['decides']}" if mark and mark.data["decides"] else ""

    def _members(self, place: CodePlace) -> set[str]:
        inside = f"{place.symbol}."
        return {
            one.name.removeprefix(inside)
            for one in self._project.files[place.path].definitions
            if one.name.startswith(inside)
        }

    def _is_harmless(self, full: str, depth: int = 0) -> bool:
        if _HARMLESS.search(full):
            return True
        place = self._place(full) if full else None
        one: Definition | None = self._project.definition(place) if place else None
        if place is None or one is None or depth > _DEEPEST:
            return False
        members = self._members(place)
        own = [CodePlace(place.path, f"{place.symbol}.{each}") for each in members]
        handle = CodePlace(place.path, f"{place.symbol}.handle")
        mark = self._methods.get(handle)
        if mark and mark.data["passes"]:
            own = [each for each in own if each != handle]
            own += [each for each in self._project.calls(handle).values() if each]
        if any(self._refusals.may_refuse(each) or self._ends.may_refuse(each) for each in own):
            return False
        return "handle" in members or any(
            self._is_harmless(self._full(place.path, base), depth + 1) for base in one.bases
        )

    def _derives(self, path: str, name: str, bases: set[str], depth: int = 0) -> bool:
        full = self._full(path, name)
        if full in bases:
            return depth > 0
        place = self._place(full)
        one = self._project.definition(place) if place else None
        if place is None or one is None or depth > _DEEPEST:
            return False
        return any(self._derives(place.path, base, bases, depth + 1) for base in one.bases)


def _first(known: Answered, evidence: str) -> Answered:
    return known if known.answer == "yes" else Answered("yes", evidence)
