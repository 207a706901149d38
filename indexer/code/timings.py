"""How long things took: OTLP traces that a project has, and profiles of pprof and py-spy.

Reports are taken from the root and its folders, where their names say what they may be; which form
one has, its content says. To read another form, add a function to `_FORMS`: from the text and its
source to timings, or None for anything else.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from indexer.code.otlp import read_otlp
from indexer.code.profiles import read_pprof, read_stacks
from memory.code.timed import TimeSource, Timings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from memory.code.timed import Sampled, TracedRequest

LARGEST = 50_000_000  # bytes
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
    for path in sorted(_reports(root), key=lambda one: (-one.stat().st_mtime, str(one))):
        name = path.relative_to(root).as_posix()
        if path.stat().st_size > LARGEST:
            left_out[name] = f"larger than {LARGEST:,} bytes"
        elif found := _parsed(path, name, path.stat().st_mtime):
            requests += found.requests
            sampled += found.sampled
    return Timings(tuple(requests), tuple(sampled), left_out)


@lru_cache(maxsize=8)
def _parsed(path: Path, name: str, written: float) -> Timings | None:
    day = datetime.fromtimestamp(written, UTC).date().isoformat()
    text = path.read_text("utf-8-sig", "replace")
    return next(filter(None, (form(text, TimeSource(name, written, day)) for form in _FORMS)), None)


def _reports(root: Path) -> Iterator[Path]:
    folders = [root, *(one for one in root.iterdir() if one.is_dir() and one.name[0] != ".")]
    for folder in folders:
        for path in folder.iterdir():
            if _NAMES.search(path.name) and path.is_file():
                yield path
