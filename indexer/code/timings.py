"""How long things took: OTLP traces that a project has, and profiles of pprof and py-spy.

Reports are taken from the root and its folders, where their names say what they may be; which form
one has, its content says. To read another form, add a function to `_FORMS`: from the text and its
source to timings, or None for anything else.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from indexer.code.otlp import read_otlp
from indexer.code.profiles import read_pprof, read_stacks
from indexer.code.report_files import LARGEST, day_of, folders, inside, newest
from memory.code.timed import TimeSource, Timings
from memory.texts.plain_file import read_with_stat

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from memory.code.timed import Sampled, TracedRequest

_NAMES = re.compile(
    r"(?:^|[._-])(?:otlp|otel|open-?telemetry|traces?|spans|pprof|py-?spy|profile|cpu|folded|collapsed"
    r"|stacks)(?:[._-].*)?\.(?:json|jsonl|ndjson|txt|raw|folded|collapsed)$",
    re.IGNORECASE,
)
_FORMS: tuple[Callable[[str, TimeSource], Timings | None], ...] = (
    read_otlp,
    read_pprof,
    read_stacks,
)


def read_timings(root: Path) -> Timings:
    """What all reports of a project say, the newest first."""
    requests: list[TracedRequest] = []
    sampled: list[Sampled] = []
    left_out: dict[str, str] = {}
    there = (one for folder in folders(root) for one in inside(folder))
    for path, seen in newest(one for one in there if _NAMES.search(one.name)):
        name = path.relative_to(root).as_posix()
        if seen.st_size > LARGEST:
            left_out[name] = f"larger than {LARGEST:,} bytes"
            continue
        try:
            found = _parsed(path, name, seen.st_mtime_ns)
        except OSError as error:
            left_out[name] = error.strerror or "cannot be read"
            continue
        if found:
            requests += found.requests
            sampled += found.sampled
    return Timings(tuple(requests), tuple(sampled), left_out)


@lru_cache(maxsize=8)
def _parsed(path: Path, name: str, _mtime_ns: int) -> Timings | None:
    said, opened = read_with_stat(path, LARGEST)
    source = TimeSource(name, opened.st_mtime, day_of(opened.st_mtime))
    text = said.decode("utf-8-sig", "replace")
    return next(filter(None, (form(text, source) for form in _FORMS)), None)
