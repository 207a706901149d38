"""What Symfony refuses: `access_control` by path, attributes and annotations of controllers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.access import BEFORE, HANDLER, UNSEEN, untold
from indexer.code.frameworks.symfony_access_control import CLOSED, OPEN, AccessControl
from indexer.code.php_values import UNKNOWN
from indexer.code.refusals import Refusals
from memory.code.codebase import Answered, CodePlace
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.code.project_code import CodeProject
    from memory.code.facts import Mark

_GRANTED = re.compile(r"^\(?\s*is_granted\(\s*['\"]([\w-]+)['\"]\s*(?:,[^()]*)?\)\s*\)?$")
#: Events of the kernel before a controller is called.
_FIRST = re.compile(r"(?:^|\\)(?:Request|Controller|ControllerArguments|Kernel|GetResponse"
                    r"|FilterController|FilterControllerArguments)Event$")  # fmt: skip
#: Controllers of the framework, which show a page or lead on whoever asks.
_SHOWS_ALL = re.compile(
    r"Symfony\\+Bundle\\+FrameworkBundle\\+Controller\\+(?:Template|Redirect)Controller\b"
)
_VOTERS = "Symfony\\Component\\Security\\Core\\Authorization\\Voter\\"
_OF_SYMFONY = "AuthenticatedVoter"  # whose constants are what they are called
_ABSTAINED = re.compile(r"allow_if_all_abstain:\s*true")
_DEEPEST = 10


class SymfonySecurity:
    """The configuration of a project, and what its controllers ask for."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._refusals = Refusals(project, "symfony")
        self._methods: dict[CodePlace, Mark] = {}
        self._classes: dict[CodePlace, Mark] = {}
        for path, mark in project.marks("symfony"):
            if mark.kind in {"method", "class"}:
                kept = self._methods if mark.kind == "method" else self._classes
                kept[CodePlace(path, mark.name)] = mark
        self._rights: dict[CodePlace | None, str] = {
            CodePlace(path, mark.name): mark.data["is"]
            for path, mark in project.marks("symfony", "right")
        }
        self._by_path = AccessControl(project)
        self._voters_refuse = self._do_voters_refuse()
        self._first = next(
            (
                untold(BEFORE, f"{facts.definitions[use.within].name} ({path}:{use.line})")
                for path, facts in project.files.items()
                if facts.language == "php" and not is_test(path)
                if any(_FIRST.search(each.target) for each in facts.imports)
                for use in facts.uses
                if use.within >= 0 and _FIRST.search(use.name)
                if self._refusals.may_refuse(CodePlace(path, facts.definitions[use.within].name))
            ),
            None,
        )

    def judged(
        self,
        method: str,
        route: str,
        name: str,
        handler: CodePlace | str,
        requirements: Mapping[str, str],
        paths: frozenset[str],
    ) -> dict[str, Answered]:
        """What is known of a route: authentication, authorisation, validation, rate limit.

        `handler` is where the method is that answers, or what it is called if that is not known.
        """
        place = None if isinstance(handler, str) else handler
        found: dict[str, Answered] = {}
        mark = self._methods.get(place) if place else None
        where = f"({place.path}:{mark.line})" if place and mark else ""
        if mark and mark.data["validates"]:
            found["validation"] = Answered("yes", f"{mark.data['validates']} {where}")
        if mark and mark.data["limits"]:
            found["rate_limit"] = Answered("yes", f"{mark.data['limits']} {where}")
        if place and mark and mark.data["is_given"]:
            found["auth"] = Answered(
                "yes", f"#[CurrentUser] ({place.path}:{mark.data['is_given']})"
            )
        asked = list(self._asked(place)) if place else []
        by_path = self._by_path.of_route(method, route, name, requirements, paths)
        for said, evidence in asked:
            if self._refuses(said):
                found.setdefault("auth", Answered("yes", evidence))
            if said not in OPEN and UNKNOWN not in said and not said.startswith("IS_"):
                found.setdefault("authorisation", Answered("yes", evidence))
        if by_path.answer == "yes":
            found.setdefault("auth", by_path)
            if "ROLE_" in by_path.evidence:
                found.setdefault("authorisation", by_path)
        found.setdefault(
            "auth",
            by_path if by_path.answer == "unknown" else self._left(handler, asked) or by_path,
        )
        return found

    def _do_voters_refuse(self) -> bool:
        """Whether every voter of the project refuses who is no user, so that nothing is granted."""
        for path, facts in self._project.files.items():
            imported = {one.target for one in facts.imports}
            if f"{_VOTERS}VoterInterface" in imported and not is_test(path):
                return False
        if any(map(_ABSTAINED.search, self._project.configs("php").values())):
            return False
        voters = [one for path, one in self._project.marks("symfony", "voter") if not is_test(path)]
        return bool(voters) and all(one.data["refuses"] for one in voters)

    def _refuses(self, said: str) -> bool:
        """Whether nobody is granted what is asked: each of its alternatives has to be refused."""
        if CLOSED.match(said):
            return True
        if re.fullmatch(r"[\w-]+", said):
            return self._voters_refuse and said not in OPEN
        parts = [_GRANTED.match(one.strip()) for one in re.split(r"(?<!\s)\s++or\s+|\|\|", said)]
        return bool(parts) and all(one is not None and self._refuses(one[1]) for one in parts)

    def _left(self, place: CodePlace | str, asked: list[tuple[str, str]]) -> Answered | None:
        """What may still refuse where the rules let pass: a handler, or what sees it first."""
        if isinstance(place, str):
            return self._first if _SHOWS_ALL.search(place) else untold(UNSEEN, place)
        for said, evidence in asked:
            if said not in OPEN:
                return untold(BEFORE, evidence)
        if self._first is None and self._refusals.may_refuse(place):
            return untold(HANDLER, f"{place.symbol} ({place.path})")
        return self._first

    def _asked(self, place: CodePlace) -> Iterator[tuple[str, str]]:
        """What is asked at a method, its class and the bases of that, with evidence."""
        mark = self._methods.get(place)
        for name, said, line in (*mark.data["guards"], *mark.data["denies"]) if mark else ():
            right = self._right(place, said)
            yield right, f"{name}({right.replace(UNKNOWN, '...')}) ({place.path}:{line})"
        owner = CodePlace(place.path, place.symbol.rpartition(".")[0])
        for _ in range(_DEEPEST):
            above = self._classes.get(owner)
            for name, said, line in above.data["guards"] if above else ():
                right = self._right(CodePlace(owner.path, f"{owner.symbol}."), said)
                yield right, f"{name}({right.replace(UNKNOWN, '...')}) ({owner.path}:{line})"
            one = self._project.definition(owner)
            bases = (self._project.locate(owner.path, base) for base in (one.bases if one else ()))
            found = next((each for each in bases if each), None)
            if found is None:
                return
            owner = found

    def _right(self, member: CodePlace, said: str) -> str:
        """A right as it is called, whose name may be a constant: of a class, or of its own."""
        class_, mark, constant = said.partition("::")
        if not mark or not re.fullmatch(r"[\w\\]+", class_):
            return said
        if class_.rpartition("\\")[2] == _OF_SYMFONY:
            return constant
        own = CodePlace(member.path, member.symbol.rpartition(".")[0])
        is_own = class_ in {"self", "static"}
        place = own if is_own else self._project.locate(member.path, class_)
        named = CodePlace(place.path, f"{place.symbol}.{constant}") if place else None
        return self._rights.get(named, UNKNOWN)
