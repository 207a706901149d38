"""Reports of other tools as SARIF 2.1.0: semgrep, bandit, CodeQL, gitleaks, squawk and their like.

They are taken from where tools are told to put them: files that end in `.sarif` or `.sarif.json`
in the root and in its folders. Of several of one tool the newest counts.
"""

from __future__ import annotations

import json
import re
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from indexer.code.report_files import LARGEST, day_of, folders, inside, newest
from indexer.code.report_paths import is_file
from memory.code.tool_reports import Reported, Reports
from memory.texts.plain_file import read_with_stat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePath

_MOST_LINES = 2**31
MOST = 5000  # results of one tool that are taken
_OWN = "archmem"
_WRONG = frozenset({"fail", "open", "review"})  # kinds of results; a pass or a note is none
_LEVELS = ("error", "warning", "note")
_LONGEST = 300  # characters of a message
_DRIVE = re.compile(r"^/(?=[A-Za-z]:/)")  # before a letter of a drive, in an address


def read_reported(root: Path) -> Reports:
    """What reports in a project say, the newest of each tool, by file and line."""
    latest: dict[str, list[Reported]] = {}
    left_out: dict[str, str] = {}
    there = (one for folder in folders(root) for one in inside(folder))
    reports = newest(one for one in there if one.name.endswith((".sarif", ".sarif.json")))
    for path, seen in reversed(reports):
        name = path.relative_to(root).as_posix()
        if seen.st_size > LARGEST:
            left_out[name] = f"larger than {LARGEST:,} bytes"
            continue
        found: dict[str, list[Reported]] = {}
        try:
            for tool, own in _runs(root, path):  # of a tool one for each language, or folder
                found.setdefault(tool, []).extend(own)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            left_out[name] = "no SARIF that can be read"
        for tool, own in found.items():
            if len(own) > MOST:
                left_out[name] = f"of {len(own):,} results of {tool} the {MOST:,} gravest are taken"
            latest[tool] = sorted(own, key=_gravity)[:MOST]
    told = [one for own in latest.values() for one in own]
    told.sort(key=lambda one: (one.file, one.line, one.tool, one.rule))
    return Reports(tuple(told), left_out)


def _gravity(one: Reported) -> tuple[float, int, str, int]:
    return (-one.weight, _LEVELS.index(one.level), one.file, one.line)


def _runs(root: Path, path: Path) -> Iterator[tuple[str, list[Reported]]]:
    """The tools of a report, and what each found.

    Raises:
        OSError, ValueError, KeyError, TypeError, AttributeError: it is no SARIF.
    """
    raw, opened = read_with_stat(path, LARGEST)
    said = json.loads(raw.decode("utf-8-sig", "replace"))
    runs = [run for run in said["runs"] if isinstance(run, dict)]
    written = opened.st_mtime
    day = day_of(written)
    for run in runs:
        driver = _part(run, "tool", "driver")
        tool = str(driver.get("name") or "a tool")[:_LONGEST]
        if tool.lower() == _OWN:
            continue
        rules = {one.get("id"): one for one in driver.get("rules") or () if isinstance(one, dict)}
        results = [one for one in run.get("results") or () if isinstance(one, dict)]
        found = []
        for result in results:
            if not _holds(result):
                continue
            rule = str(result.get("ruleId") or _part(result, "rule").get("id") or "")[:_LONGEST]
            about = rules.get(rule, {})
            for place in (result.get("locations") or ())[:1]:
                physical = _part(place, "physicalLocation")
                file = _path(root, str(_part(physical, "artifactLocation").get("uri") or ""))
                region = _part(physical, "region")
                first, last = region.get("startLine", 1), region.get("endLine", 0)
                if file and _is_line(first) and isinstance(last, int):
                    own = root / file
                    found.append(
                        Reported(
                            tool=tool,
                            rule=rule,
                            level=_level(result, about),
                            message=_message(result, about),
                            file=file,
                            line=first,
                            last_line=last if _is_line(last) and last > first else 0,
                            day=day,
                            report=path.relative_to(root).as_posix(),
                            weight=_weight(result, about),
                            is_older=is_file(own) and own.stat().st_mtime > written,
                        )
                    )
        yield tool, found


def _is_line(said: object) -> bool:
    """Whether it is the number of a line, as whoever reads our reports takes one."""
    return isinstance(said, int) and 0 <= said < _MOST_LINES


def _holds(result: dict[str, Any]) -> bool:
    """Whether it tells of something that is wrong, is still there, and is not put up with."""
    if result.get("kind", "fail") not in _WRONG or result.get("baselineState") == "absent":
        return False
    suppressions = [one for one in result.get("suppressions") or () if isinstance(one, dict)]
    return not any(one.get("status", "accepted") == "accepted" for one in suppressions)


def _part(said: Any, *names: str) -> dict[str, Any]:
    for name in names:
        said = said.get(name) if isinstance(said, dict) else None
    return said if isinstance(said, dict) else {}


def _level(result: dict[str, Any], rule: dict[str, Any]) -> str:
    said = result.get("level") or _part(rule, "defaultConfiguration").get("level") or "warning"
    return said if said in _LEVELS else "note"


def _weight(result: dict[str, Any], rule: dict[str, Any]) -> float:
    for one in (result, rule):
        said = _part(one, "properties").get("security-severity")
        if said is not None and re.fullmatch(r"\d+(?:\.\d+)?", str(said)):
            return min(float(said), 10.0)
    return 0.0


def _message(result: dict[str, Any], rule: dict[str, Any]) -> str:
    said = _part(result, "message").get("text") or _part(rule, "shortDescription").get("text") or ""
    return " ".join(str(said).split())[:_LONGEST].rstrip(". ")


def _path(root: PurePath, uri: str) -> str:
    """A place from the root; "" for one outside of it."""
    path = unquote(urlparse(uri).path if uri.startswith("file:") else uri).replace("\\", "/")
    path = _DRIVE.sub("", path)
    path = path.removeprefix(f"{root.as_posix()}/").removeprefix("./")
    is_outside = PureWindowsPath(path).anchor or ".." in path.split("/")
    return "" if is_outside else path
