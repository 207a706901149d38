"""What guards, middleware and decorators of NestJS do to who shows nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.access import AccessCheck
from indexer.code.frameworks.nestjs_composed import KEYS, as_called, given_guards
from indexer.code.frameworks.typescript_function_refusals import TypeScriptFunctionRefusals
from indexer.code.frameworks.typescript_libraries import is_strict
from indexer.code.frameworks.typescript_refusals import PASSES, REFUSES
from memory.code.codebase import CodePlace
from memory.texts.linear import tamed

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject

_LONGEST = 999  # characters of a route with wildcards
_STRING = re.compile(r"(['\"`])(.*?)\1", re.DOTALL)
_DEEPEST = 6  # guards that extend guards
_PERHAPS = "?"  # before metadata that let pass one of several guards


class Guards:
    """The guards of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._refusals = TypeScriptFunctionRefusals(project)
        self._marks = {
            (kind, path, mark.name): mark.data
            for kind in ("composed", "extends")
            for path, mark in project.marks("nestjs", kind)
        }

    def decorated(
        self, decorators: list[tuple[str, str, int]]
    ) -> tuple[list[tuple[str, str, int]], list[str], bool]:
        """The guards that decorators set, the metadata, and whether each is understood."""
        guards: list[tuple[str, str, int]] = []
        keys: list[str] = []
        is_known = True
        for said, path, line in decorators:
            head = re.match(r"[\w.]*", said)
            name = head[0] if head else ""
            origin = self._project.origin(path, name)
            if origin == "@nestjs/common.UseGuards":
                guards += [(one, path, line) for one in given_guards(said)]
            elif origin == "@nestjs/common.SetMetadata":
                keys += KEYS.findall(said)
            elif place := self._project.locate(path, name):
                made, own = self._made(place, said), self._project.definition(place)
                line = own.line if own else line  # noqa: PLW2901
                inner = [(one, place.path, line) for one in made.get("calls", ())]
                more, others, are_known = self.decorated(inner) if inner else ([], [], True)
                more = [(one, place.path, line) for one in made.get("guards", ())] + more
                others = [*made.get("keys", ()), *others]
                is_plain = made.get("is_plain", True) or not (more or others)
                is_known = is_known and are_known and is_plain and bool(place.symbol)
                keys += others
                guards += more if is_plain else ()
            elif not origin.startswith(("@nestjs/", "class-", "nestjs-", "@nestjsx/")):
                is_known = False
        return guards, keys, is_known

    def controller(self, path: str, said: str) -> str | None:
        """What a decorator of the project gives to `Controller`; None where it does not."""
        place = self._project.locate(path, said.partition("(")[0])
        made = self._made(place, said) if place else {}
        return next(
            (
                one.partition("(")[2][:-1].strip()
                for one in made.get("calls", ())
                if place
                and self._project.origin(place.path, one.partition("(")[0])
                == "@nestjs/common.Controller"
            ),
            None,
        )

    def _made(self, place: CodePlace, said: str) -> dict[str, Any]:
        """What a decorator of the project is made of, as it is called."""
        data = self._marks.get(("composed", place.path, place.symbol), {})
        return as_called(data, said) if data.get("parameters") else data

    def guard(self, said: str, path: str, line: int, keys: list[str] | None) -> AccessCheck:
        """What a guard does to who shows nothing; `keys` is the metadata, None if unknown."""
        refuses, unless = self._guards(said, path, 0)
        evidence = f"{said} ({path}:{line})"
        for said_key in unless if refuses else ():
            key = said_key.removeprefix(_PERHAPS)
            if keys is None or any(_is_alike(key, one) is None for one in keys):
                return AccessCheck(evidence, None)
            if any(_is_alike(key, one) for one in keys):
                return AccessCheck(evidence, False if key == said_key else None)
        return AccessCheck(evidence, refuses)

    def _guards(self, said: str, path: str, depth: int) -> tuple[bool | None, tuple[str, ...]]:
        """Whether a guard refuses who shows nothing, and the metadata that let him pass."""
        said = said.removeprefix("new ").strip()
        name = said.partition("(")[0].strip()
        origin = self._project.origin(path, name)
        if origin == "@nestjs/passport.AuthGuard":
            return (True if is_strict(said[len(name) :]) else None), ()
        if origin.startswith("@nestjs/throttler"):
            return False, ()
        place = self._project.locate(path, name)
        if place is None or not place.symbol or depth > _DEEPEST:
            return None, ()
        return self._of_class(place, depth)

    def _of_class(self, place: CodePlace, depth: int) -> tuple[bool | None, tuple[str, ...]]:
        own = self._refusals.said(CodePlace(place.path, f"{place.symbol}.canActivate"))
        unless = tuple(own.get("unless", ()))
        if own.get("guard") in {REFUSES, PASSES}:
            return own["guard"] == REFUSES, unless
        if hands := own.get("hands"):
            return self._of_all([self._guards(one, place.path, depth + 1) for one in hands])
        definition = self._project.definition(place)
        base = self._marks.get(("extends", place.path, place.symbol), {}).get("is", "")
        bases = [base] if base else definition.bases if definition else ()
        refuses, more = self._guards(bases[0], place.path, depth + 1) if bases else (None, ())
        handles = self._refusals.said(CodePlace(place.path, f"{place.symbol}.handleRequest"))
        if refuses is False and not own.get("may"):
            return False, ()  # as one that only counts requests
        if (own and not own.get("super")) or (handles and handles["guard"] != REFUSES):
            return None, ()
        return refuses, (*unless, *more)

    def _of_all(
        self, asked: list[tuple[bool | None, tuple[str, ...]]]
    ) -> tuple[bool | None, tuple[str, ...]]:
        """What several guards do of which any may be asked, each alone."""
        keys = [set(unless) for _, unless in asked]
        shared = set.intersection(*keys)
        perhaps = (f"{_PERHAPS}{one}" for one in set.union(*keys) - shared)
        refuses = all(one for one, _ in asked) or None
        return refuses, (*sorted(shared), *sorted(perhaps))

    def middleware(self, chain: str, path: str, line: int, method: str, plain: str) -> AccessCheck:
        """What a middleware of a module does, if it stands before a route."""
        applied = re.search(r"\.apply\(\s*+((?:(?!\.apply\()[^)])*)\)", chain)
        routes = chain[chain.rindex("forRoutes(") + len("forRoutes(") : -1]
        excluded = re.search(
            r"\.exclude\(((?:(?!\.exclude\().)*?)\)\s*+\.forRoutes", chain, re.DOTALL
        )
        names = re.findall(r"[\w.]+", applied[1]) if applied else []
        evidence = f"{', '.join(names)} ({path}:{line})"
        if not _meets(routes, method, plain) or (excluded and _meets(excluded[1], method, plain)):
            is_told = re.fullmatch(r"[\s\w'\"/:*{},.()\[\]-]*", routes) and _STRING.search(routes)
            return AccessCheck(evidence, False if is_told else None)
        answers = [self._of_middleware(name, path) for name in names]
        return AccessCheck(
            evidence, True if True in answers else None if None in answers else False
        )

    def _of_middleware(self, name: str, path: str) -> bool | None:
        place = self._project.locate(path, name)
        if place is None:
            return None
        method = CodePlace(place.path, f"{place.symbol}.use")
        return self._refusals.guard(method if self._project.definition(method) else place)


def _meets(said: str, method: str, plain: str) -> bool:
    """Whether one of the routes that a middleware is told of is this one."""
    for one in re.findall(r"\{[^{}]*\}|['\"`][^'\"`]*['\"`]", said):
        of_method = re.search(r"RequestMethod\.(\w+)", one)
        text = _STRING.search(one)
        if (
            text is None
            or len(text[2]) > _LONGEST
            or (of_method and of_method[1] not in {"ALL", method})
        ):
            continue
        pattern = re.escape(text[2].strip("/"))
        pattern = re.sub(
            r":\w+", "[^/]+", pattern.replace(r"\*", ".*").replace(r"\(\.\.\*\)", ".*")
        )
        if tamed(pattern).fullmatch(plain):
            return True
    return False


def _is_alike(key: str, other: str) -> bool | None:
    """Whether two keys of metadata are one; None where one is a name and one a text."""
    if (key[:1] in "'\"") != (other[:1] in "'\""):
        return None
    return key.strip("'\"").rpartition(".")[2] == other.strip("'\"").rpartition(".")[2]
