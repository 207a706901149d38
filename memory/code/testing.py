"""Which files are tests, by their paths, as the languages' own runners find them."""

from __future__ import annotations

import re
from functools import lru_cache

_TEST = re.compile(
    r"""
    (?:^|/)(?:tests?|__tests__|spec|specs|e2e|testing|src/test
      |tests?[-_]\w+|[\w-]+[-_]tests)/                                # in a folder of tests
    | (?:^|/)(?:(?:e2e_)?test_[^/]*|[^/]*_tests?|tests?|conftest)\.py$
    | (?:^|[./])(?:test|spec|e2e-spec)\.[cm]?[jt]sx?$
    | (?:^|/)[^/]*(?:Test|Tests|TestCase|IT)\.(?:java|php)$
    | _test\.go$
    """,
    re.VERBOSE,
)
#: What pytest, unittest, JUnit and PHPUnit take of a folder of tests; the rest there helps these.
_RUN = re.compile(
    r"(?:(?:^|/)(?:(?:e2e_)?test_[^/]*|[^/]*_tests?|tests?)\.py"
    r"|(?:^|/)(?:Test[^/]*|[^/]*(?:Tests?|TestCase|IT))\.java|(?:^|/)[^/]*Test\.php)$"
)
_NAMED = (".py", ".java", ".php")  # files whose runners go by their names


@lru_cache(maxsize=65_536)  # the same files are asked about again and again
def is_test(path: str) -> bool:
    """Whether a file is a test, or helps tests only."""
    return _TEST.search(path) is not None


def is_run(path: str) -> bool:
    """Whether a runner takes a file for tests, and not for what only helps them."""
    return is_test(path) and (not path.endswith(_NAMED) or _RUN.search(path) is not None)
