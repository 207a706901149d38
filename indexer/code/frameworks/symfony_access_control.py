"""What the configuration of Symfony refuses: firewalls, and `access_control` by path."""

from __future__ import annotations

import itertools
import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.access import SECURITY, untold
from indexer.code.yaml_lines import read_yaml
from memory.code.codebase import Answered
from memory.code.testing import is_test
from memory.texts.linear import tamed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.code.project_code import CodeProject

#: What everybody has, and what nobody has who is not known.
OPEN = frozenset({"PUBLIC_ACCESS", "IS_AUTHENTICATED_ANONYMOUSLY", "IS_ANONYMOUS"})
CLOSED = re.compile(
    r"^(?:ROLE_\w+|IS_AUTHENTICATED(?:_FULLY|_REMEMBERED|_2FA_IN_PROGRESS)?|IS_IMPERSONATOR"
    r"|IS_REMEMBERED)$"
)
_PLAIN = ("1", "zz")  # what may stand at a parameter, whatever the patterns say
_MOST_PATHS = 300
#: A switch of which a parameter says what it is where the environment says nothing.
_SWITCH = re.compile(
    r"'%env\((?:(?:string|trim):)?default:([\w.]{1,99}):(\w{1,99})\)%'\s*===?\s*'([^']{1,99})'"
)
_ELSE = {"ips", "ip", "host", "port", "methods", "request_matcher"}  # that decides who is meant


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
        return self.pattern is None or _matches(self.pattern, path)


@lru_cache(maxsize=65_536)  # the same paths are asked about whenever a file changed
def _matches(pattern: re.Pattern[str], path: str) -> bool:
    return pattern.search(path) is not None


class AccessControl:
    """The configuration of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._firewalls: list[_Rule] = []
        self._rules: list[_Rule] = []
        self._is_known = False
        self._defaults = _parameters(project)
        for path, text in project.configs("php").items():
            said = read_yaml(text) or read_yaml(_PATH.sub(_quoted, text))
            is_ours = of_security(said) or path.endswith("packages/security.yaml")
            if is_ours and not is_test(path) and not re.search(r"/(?:dev|test|prod)/", path):
                self._learn(path, text, said)

    def _learn(self, path: str, text: str, said: dict[str, tuple[Any, int]] | None) -> None:
        security, _ = (said or {}).get("security", (None, 0))
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
                known, is_certain = _pattern(pattern)
                is_certain = is_certain and not _ELSE & one.keys()
                evidence = f"firewall {pattern} ({path})"
                answer = "no" if is_off else "firewall"
                self._firewalls.append(_Rule(known, frozenset(), answer, is_certain, "", evidence))
        for one in security.get("access_control") or []:
            if isinstance(one, dict):
                self._rules.append(_rule(path, lines, one, self._defaults))

    def of_route(
        self,
        method: str,
        route: str,
        name: str,
        requirements: Mapping[str, str],
        paths: frozenset[str],
    ) -> Answered:
        """What `access_control` says, if all paths of a route are told the same."""
        if not self._is_known:
            return untold(SECURITY, "no file, several, or one that is not read, configure it")
        answers: dict[str, str] = {}
        literal = not re.search(r"\{\w+\}", route)
        for path in self._examples(route, requirements):
            if not literal and path in paths:
                continue  # another route has this very path
            for answer, evidence in self._of(method, path, name):
                answers.setdefault(answer, evidence)
            if len(answers) > 1:
                break
        evidence = "; ".join(answers.values())
        if len(answers) == 1 and {"yes", "no"} & answers.keys():
            return Answered(next(iter(answers)), evidence)
        return untold(SECURITY, evidence)

    def _of(self, method: str, path: str, name: str) -> Iterator[tuple[str, str]]:
        """What may be said of one path, and by what: one answer where it is clear."""
        for wall in self._firewalls:
            if wall.may_mean(path):
                if wall.answer == "no" or wall.pattern is None:
                    yield ("no" if wall.is_certain else "unknown"), wall.evidence
                if wall.is_certain:
                    if wall.answer == "no":
                        return
                    break
        else:
            yield "unknown", ""
        for one in self._rules:
            is_meant = one.name == name if one.name else one.may_mean(path)
            if is_meant and (not one.methods or method in {"ANY", *one.methods}):
                yield one.answer, one.evidence
                if one.is_certain and not (one.methods and method == "ANY"):
                    return
        yield "no", "no entry of access_control is for it"

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
        return [*_PLAIN, *self._special]

    @cached_property
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


def of_security(said: dict[str, tuple[Any, int]] | None) -> bool:
    """Whether a file configures security, and has not only a route of this name."""
    value, _ = (said or {}).get("security", (None, 0))
    return isinstance(value, dict) and bool({"firewalls", "access_control"} & value.keys())


def _pattern(said: Any) -> tuple[re.Pattern[str] | None, bool]:
    """A pattern, None if it cannot be understood; and whether it is for certain what it seems.

    What stands in `{name}` is put there by somebody else: it may be anything.
    """
    text = str(said)
    plain = re.sub(r"\{[a-z_]\w*\}", "[^/]+", text)
    try:
        return (None, False) if "%" in text else (tamed(plain), plain == text)
    except ValueError:
        return None, False


#: A path in `{ path: ^/(?:a|b), roles: ... }`, which Symfony reads and YAML does not.
_PATH = re.compile(r"(?<=\{ path: )[^\s'\"{},][^{}\n]*?(?=, \w++:)")


def _quoted(found: re.Match[str]) -> str:
    return "'" + found[0].replace("'", "''") + "'"


def _parameters(project: CodeProject) -> dict[str, set[str]]:
    """What parameters are set to, wherever a file of the project does; "" for what is no text."""
    found: dict[str, set[str]] = {}
    for path, text in project.configs("php").items():
        said, _ = (read_yaml(text) or {}).get("parameters", (None, 0))
        for name, value in said.items() if isinstance(said, dict) and not is_test(path) else ():
            found.setdefault(str(name), set()).add(value if isinstance(value, str) else "")
    return found


def _switched_off(said: Any, defaults: Mapping[str, set[str]]) -> str:
    """The variable that has to be set for a condition to let pass; "" where it is no such one.

    With `roles` beside it either grants, so that it opens the path to all once it is set.
    """
    found = _SWITCH.fullmatch(str(said).strip())
    declared = defaults.get(found[1], set()) if found else set()
    is_told = bool(declared) and all(one and "%" not in one for one in declared)
    return found[2] if found and is_told and found[3] not in declared else ""


def _rule(
    path: str, lines: list[str], one: dict[str, Any], defaults: Mapping[str, set[str]]
) -> _Rule:
    roles = one.get("roles", one.get("role", one.get("attributes")))
    asked = (
        [one.strip() for one in roles.split(",")] if isinstance(roles, str) else list(roles or [])
    )
    answer = "unknown"
    switch = _switched_off(one.get("allow_if", ""), defaults)
    if "allow_if" not in one or (switch and asked):
        if not asked or any(str(each) in OPEN for each in asked):
            answer = "no"
        elif all(CLOSED.match(str(each)) for each in asked):
            answer = "yes"
    said = one.get("path", "")
    # A path in quotes may be written otherwise than it is meant: then it is the list's line.
    here = re.compile(rf"\bpath:\s*+['\"]?{re.escape(str(said))}['\"]?\s*+(?:[,}}#]|$)")
    listed = next((i for i, line in enumerate(lines, 1) if "access_control" in line), 1)
    at = next((i for i, line in enumerate(lines, 1) if said and here.search(line)), listed)
    methods = one.get("methods") or []
    methods = re.split(r"[|,\s]+", methods) if isinstance(methods, str) else methods
    known, is_certain = _pattern(said)
    is_certain = is_certain and not (_ELSE - {"methods"}) & one.keys()
    shown = f"access_control {said or one.get('route', '')}: {', '.join(map(str, asked))}"
    shown += f", unless {switch} is set" if switch else ""
    return _Rule(
        known,
        frozenset(str(each).upper() for each in methods),
        answer,
        is_certain,
        str(one.get("route", "")),
        f"{shown} ({path}:{at})",
    )
