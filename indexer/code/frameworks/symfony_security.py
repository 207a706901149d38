"""What Symfony refuses: `access_control` by path, attributes and annotations of controllers."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.php_values import UNKNOWN
from indexer.code.refusals import Refusals
from indexer.code.yaml_lines import mapping, read_yaml
from memory.code.codebase import Answered, Place
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.code.project import CodeProject
    from memory.code.facts import Mark

_OPEN = frozenset({"PUBLIC_ACCESS", "IS_AUTHENTICATED_ANONYMOUSLY", "IS_ANONYMOUS"})
_CLOSED = re.compile(
    r"^(?:ROLE_\w+|IS_AUTHENTICATED(?:_FULLY|_REMEMBERED|_2FA_IN_PROGRESS)?|IS_IMPERSONATOR"
    r"|IS_REMEMBERED)$"
)
_GRANTED = re.compile(r"^is_granted\(\s*['\"](\w+)['\"]\s*\)$")
_FIRST = re.compile(r"RequestEvent|ControllerEvent|EventSubscriberInterface")
_PLAIN = ("1", "zz")  # what may stand at a parameter, whatever the patterns say
_MOST_PATHS = 300
_DEEPEST = 10


class _Rule(NamedTuple):
    """An entry of `access_control`, or a firewall without security."""

    pattern: re.Pattern[str] | None  # None where it is not understood
    methods: frozenset[str]
    answer: str  # yes, no, unknown
    is_certain: bool  # whether nothing but the path and the method decides that it is meant
    name: str  # of the route, instead of a path
    evidence: str

    def may_mean(self, path: str) -> bool:
        """Whether it is for a path, as far as its pattern is understood."""
        return self.pattern is None or bool(self.pattern.search(path))


class Security:
    """The configuration of a project, and what its controllers ask for."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._refusals = Refusals(project, "symfony")
        self._methods: dict[Place, Mark] = {}
        self._classes: dict[Place, Mark] = {}
        for path, mark in project.marks("symfony"):
            if mark.kind in {"method", "class"}:
                kept = self._methods if mark.kind == "method" else self._classes
                kept[Place(path, mark.name)] = mark
        self._firewalls: list[_Rule] = []
        self._rules: list[_Rule] = []
        self._is_known = False
        for path, text in project.configs("php").items():
            said = read_yaml(text)
            is_ours = "security" in (said or ()) or path.endswith("packages/security.yaml")
            if is_ours and not is_test(path) and not re.search(r"/(?:dev|test|prod)/", path):
                self._learn(path, text, said)
        self._is_first_open = not any(
            self._refusals.may_refuse(Place(path, one.name))
            for path, facts in project.files.items()
            if facts.language == "php" and not is_test(path)
            if any(_FIRST.search(each.target) for each in facts.imports)
            for one in facts.definitions
            if one.kind == "method"
        )

    def _learn(self, path: str, text: str, said: dict[str, tuple[Any, int]] | None) -> None:
        found = {name: value for name, value, _ in mapping(said)}
        security = found.get("security")
        if not isinstance(security, dict) or self._is_known:
            self._is_known = False  # it is not understood, or there are several
            self._rules, self._firewalls = [], []
            return
        self._is_known = True
        lines = text.split("\n")
        for one in (security.get("firewalls") or {}).values():
            if isinstance(one, dict):
                is_off = one.get("security") is False
                pattern = one.get("pattern", "^/")
                is_certain = not ({"host", "methods", "request_matcher"} & one.keys())
                evidence = f"firewall {pattern} ({path})"
                answer = "no" if is_off else "firewall"
                self._firewalls.append(
                    _Rule(_pattern(pattern), frozenset(), answer, is_certain, "", evidence)
                )
        for one in security.get("access_control") or []:
            if isinstance(one, dict):
                self._rules.append(_rule(path, lines, one))

    def judged(
        self,
        method: str,
        route: str,
        name: str,
        place: Place | None,
        requirements: Mapping[str, str],
        paths: frozenset[str],
    ) -> dict[str, Answered]:
        """What is known of a route: authentication, authorisation, validation, rate limit."""
        found: dict[str, Answered] = {}
        mark = self._methods.get(place) if place else None
        where = f"({place.path}:{mark.line})" if place and mark else ""
        if mark and mark.data["validates"]:
            found["validation"] = Answered("yes", f"{mark.data['validates']} {where}")
        if mark and mark.data["limits"]:
            found["rate_limit"] = Answered("yes", f"{mark.data['limits']} {where}")
        asked = list(self._asked(place)) if place else []
        by_path = self._by_path(method, route, name, requirements, paths)
        for said, evidence in asked:
            if _CLOSED.match(said):
                found.setdefault("auth", Answered("yes", evidence))
            if said not in _OPEN and not said.startswith("IS_"):
                found.setdefault("authorisation", Answered("yes", evidence))
        if by_path.answer == "yes":
            found.setdefault("auth", by_path)
            if "ROLE_" in by_path.evidence:
                found.setdefault("authorisation", by_path)
        elif by_path.answer == "no" and self._is_plain(place, asked):
            found.setdefault("auth", by_path)
        return found

    def _is_plain(self, place: Place | None, asked: list[tuple[str, str]]) -> bool:
        """Whether neither a handler nor what sees a request before it may refuse."""
        if place is None or any(said not in _OPEN for said, _ in asked):
            return False
        return self._is_first_open and not self._refusals.may_refuse(place)

    def _asked(self, place: Place) -> Iterator[tuple[str, str]]:
        """What is asked at a method, its class and the bases of that, with evidence."""
        mark = self._methods.get(place)
        for name, said, line in (*mark.data["guards"], *mark.data["denies"]) if mark else ():
            yield (
                _plain(name, said),
                f"{name}({said.replace(UNKNOWN, '...')}) ({place.path}:{line})",
            )
        owner = Place(place.path, place.symbol.rpartition(".")[0])
        for _ in range(_DEEPEST):
            above = self._classes.get(owner)
            for name, said, line in above.data["guards"] if above else ():
                shown = said.replace(UNKNOWN, "...")
                yield _plain(name, said), f"{name}({shown}) ({owner.path}:{line})"
            one = self._project.definition(owner)
            bases = (self._project.locate(owner.path, base) for base in (one.bases if one else ()))
            found = next((each for each in bases if each), None)
            if found is None:
                return
            owner = found

    def _by_path(
        self,
        method: str,
        route: str,
        name: str,
        requirements: Mapping[str, str],
        paths: frozenset[str],
    ) -> Answered:
        """What `access_control` says, if all paths of a route are told the same."""
        if not self._is_known:
            return Answered()
        answers: dict[str, str] = {}
        literal = not re.search(r"\{\w+\}", route)
        for path in self._examples(route, requirements):
            if not literal and path in paths:
                continue  # another route has this very path
            answer, evidence = self._of(method, path, name)
            answers.setdefault(answer, evidence)
        if len(answers) != 1:
            return Answered()
        ((answer, evidence),) = answers.items()
        return Answered(answer, evidence) if answer in {"yes", "no"} else Answered()

    def _of(self, method: str, path: str, name: str) -> tuple[str, str]:
        """What is said of one path: the answer, and by what."""
        wall = next((one for one in self._firewalls if one.may_mean(path)), None)
        if wall is None or wall.pattern is None or not wall.is_certain:
            return "unknown", ""
        if wall.answer == "no":
            return "no", wall.evidence
        for one in self._rules:
            is_meant = one.name == name if one.name else one.may_mean(path)
            if not is_meant or (one.methods and method not in {"ANY", *one.methods}):
                continue
            is_clear = one.is_certain and (bool(one.name) or one.pattern is not None)
            is_clear = is_clear and not (one.methods and method == "ANY")
            return (one.answer, one.evidence) if is_clear else ("unknown", "")
        return "no", "no entry of access_control is for it"

    def _examples(self, route: str, requirements: Mapping[str, str]) -> list[str]:
        """Paths of a route that between them show what its parameters may do to the rules."""
        names = list(dict.fromkeys(re.findall(r"\{(\w+)\}", route)))
        fillers = [self._fillers(name, requirements.get(name, "")) for name in names]
        found = []
        for values in itertools.islice(itertools.product(*fillers), _MOST_PATHS):
            path = route
            for name, value in zip(names, values, strict=True):
                path = path.replace(f"{{{name}}}", value)
            found.append(path)
        return found

    def _fillers(self, name: str, required: str) -> list[str]:
        if re.fullmatch(r"\\d\+|\[0-9\]\+|\[1-9\]\[0-9\]\*|\\d\*", required):
            return ["1", "23"]
        if re.fullmatch(r"[\w-]+(?:\|[\w-]+)*", required):
            return required.split("|")
        if name == "_format":
            return ["json", "xml", "html"]
        if name == "_locale":
            return ["en", "de"]
        return [*_PLAIN, *self._special()]

    def _special(self) -> list[str]:
        """Parts of paths that the rules name."""
        found: list[str] = []
        for one in (*self._firewalls, *self._rules):
            text = one.pattern.pattern if one.pattern else ""
            for part in re.split(r"/", text.strip("^$").replace("\\", "")):
                words = re.split(r"[|()]", part)
                tail = words[-1].replace(".*", "zz") if "." in words[-1] else ""
                for word in words if len(words) > 1 else [part]:
                    plain = word.replace(".*", "zz").strip("*+?[]")
                    if plain:
                        found += [plain] if plain == tail or not tail else [plain, plain + tail]
        return list(dict.fromkeys(one for one in found if re.fullmatch(r"[\w.-]+", one)))[:12]


def _plain(name: str, said: str) -> str:
    """What is asked for: the attribute of `is_granted('ROLE_A')`, if that is all."""
    found = _GRANTED.match(said.strip())
    if found:
        return found[1]
    return UNKNOWN if name == "Security" else said


def _pattern(said: Any) -> re.Pattern[str] | None:
    try:
        return re.compile(str(said)) if said is not None and "%" not in str(said) else None
    except re.error:
        return None


def _rule(path: str, lines: list[str], one: dict[str, Any]) -> _Rule:
    roles = one.get("roles", one.get("role", one.get("attributes")))
    asked = re.split(r"\s*,\s*", roles) if isinstance(roles, str) else list(roles or [])
    answer = "unknown"
    if "allow_if" not in one:
        if not asked or any(str(each) in _OPEN for each in asked):
            answer = "no"
        elif all(_CLOSED.match(str(each)) for each in asked):
            answer = "yes"
    said = one.get("path", "")
    at = next((i + 1 for i, line in enumerate(lines) if said and str(said) in line), 0)
    methods = one.get("methods") or []
    methods = re.split(r"[|,\s]+", methods) if isinstance(methods, str) else methods
    is_certain = not ({"ips", "ip", "host", "port", "request_matcher"} & one.keys())
    shown = f"access_control {said or one.get('route', '')}: {', '.join(map(str, asked))}"
    return _Rule(
        _pattern(said) if said else (re.compile("") if "route" not in one else None),
        frozenset(str(each).upper() for each in methods),
        answer,
        is_certain,
        str(one.get("route", "")),
        f"{shown} ({path}:{at})",
    )
