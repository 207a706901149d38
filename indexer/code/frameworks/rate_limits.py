"""Whether a project limits how often it is asked at all: where nothing names a limit, none is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.access import untold
from indexer.code.readers import Reader
from memory.code.codebase import NOT_ASKED, Answered
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project import CodeProject
    from indexer.code.syntax import Source
    from memory.code.codebase import Edge, Route, Table, Unresolved

#: Letters are told apart, as looking without that takes five times as long.
_NAMED = (
    rb"[Rr]ate[_-]?[Ll]imit|RATE_?LIMIT|[Tt]hrottl|THROTTL|(?<!de)(?<!De)[Ll]imiter|(?<!DE)LIMITER"
    rb"|[Bb]ucket4j|[Tt]oken_?[Bb]ucket|[Ll]eaky_?[Bb]ucket|[Ss]low_?[Dd]own|axes\.(?:middleware|backends)"
    rb"|[Bb]rute[_-]?[Ff]orce|xpress-?[Bb]rute|httprate|rate\.Limit|[Ll]ock(?:ed)?[_-]?[Oo]ut"
    rb"|(?:[Mm]ax|[Ff]ailed)_?(?:[Ll]ogin_?)?[Aa]ttempt"
    rb"|ogin_?[Aa]ttempt|(?:MAX|FAILED|LOGIN)_(?:LOGIN_)?ATTEMPT"
    rb"|[Tt]oo_?[Mm]any_?(?:[Rr]equests|[Aa]ttempts)|TOO_MANY_REQUESTS|HTTP_429"
)
_LIMITS = re.compile(_NAMED)
_LIMITS_IN_TEXT = re.compile(_NAMED.decode())
_COMMENT = re.compile(rb"\s*(?:#|//|/?\*)")
_NOT_FOLLOWED = "a limit is named; whether it stands before this route is not followed"
_OF_BROWSERS = (".tsx", ".jsx", ".vue", ".min.js")


class RateLimits(Reader):
    """Whatever is named like a limit of how often something may be asked."""

    name = "rate-limits"
    version = 3
    languages = frozenset({"python", "php", "typescript", "java", "go"})
    hint = _LIMITS

    def read(self, source: Source) -> Iterable[Mark]:
        """`limit`: the first name like that outside of comments."""
        for number, line in enumerate(source.content.splitlines(), 1):
            found = None if _COMMENT.match(line) else _LIMITS.search(line)
            if found:
                yield Mark(self.name, "limit", found[0].decode("utf-8", "replace"), number, {})
                return

    def assemble(self, project: CodeProject) -> Iterable[Route | Table | Edge | Unresolved]:  # noqa: ARG002
        """None by itself."""
        return ()


def with_limits(routes: Iterable[Route], project: CodeProject) -> Iterator[Route]:
    """Routes, those of which nobody knows whether they are limited told apart.

    "no" where nothing in code or settings is named like a limit. What stands in front of the
    project, a proxy, is not seen.
    """
    named = _named(project)
    if named:
        said = untold(
            "a limit is named; whether it stands before this route is not followed", named
        )
    else:
        said = Answered("no", "nothing in code or settings is named like a limit")
    for one in routes:
        limit = one.rate_limit
        yield one._replace(rate_limit=said) if limit == NOT_ASKED else one


def _named(project: CodeProject) -> str:
    for path, mark in project.marks(RateLimits.name):
        if not is_test(path) and not path.endswith(_OF_BROWSERS):
            return f"{mark.name}, {path}:{mark.line}"
    for path, facts in project.files.items():
        if facts.content and (found := _LIMITS_IN_TEXT.search(facts.content)):
            return f"{found[0]}, {path}:{facts.content.count(chr(10), 0, found.start()) + 1}"
    return ""
