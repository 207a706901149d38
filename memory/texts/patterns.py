"""Parts of patterns with which time grows as the text does, and not as its square.

A pattern that begins with a repeat is tried from each place of a long run anew, and each time runs
to its end. What stands here is tried from the first place of the run only, where whatever matches
from a later one matches too, and once it has taken the run it does not give parts of it back.
"""

from __future__ import annotations

import re
from typing import Any, cast

#: White space before something that is searched for, or none.
BLANK_BEFORE = r"(?:(?<!\s)\s++)?"
#: The same, and there has to be some.
BLANKS = r"(?<!\s)\s++"


class _Lazy:
    """What `lazy` tells of; all that is asked of it but its text comes from the compiled one."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self.pattern, self._flags)
        for each in ("search", "match", "fullmatch", "sub", "finditer", "findall", "split"):
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def lazy(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern that is compiled when it is first asked.

    Reading formats takes some hundred patterns of up to 50 ms each, and a run over files that are
    as they were asks none of them.
    """
    return cast("re.Pattern[str]", _Lazy(pattern, flags))
