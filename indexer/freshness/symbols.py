"""What became of symbols since a commit."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from indexer.freshness.definitions import LANGUAGES, defines, definitions
from indexer.freshness.verdicts import DatedAnchor, counted_changes, finding
from indexer.git.process import GitFailed
from indexer.source_paths import is_code
from indexer.wording.anchors import symbol_parts
from memory.models.freshness import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indexer.freshness.path_history import PathHistory
    from indexer.git.repository import Repository
    from memory.ledger.anchors import Finding
    from memory.models.freshness import Anchor

MANY = 3  # files that define a name; beyond that nobody can say which is meant


def check_symbols(
    git: Repository, named: Iterable[DatedAnchor], history: PathHistory, *, looks_back: int | None
) -> dict[DatedAnchor, Finding]:
    """What became of symbols, by them.

    A definition is first looked for where it is now. Only where it was not there then are the
    files of that commit searched.

    Args:
        git: The repository.
        named: Which.
        history: Its history since the oldest of their commits.
        looks_back: Search the files of so many commits at most, the latest; None for all.
    """
    named = list(dict.fromkeys(named))
    now = _defined(git, {one.anchor.name for one in named}, "")
    places = {(one.since, path) for one in named for path in now[one.anchor.name]}
    texts = git.texts(places)
    then: dict[DatedAnchor, dict[str, str]] = {}
    for one in named:
        bodies = ((path, texts.get((one.since, path), "")) for path in now[one.anchor.name])
        then[one] = _some({path: definitions(path, text, one.anchor.name) for path, text in bodies})
    missing: dict[str, list[DatedAnchor]] = defaultdict(list)
    for one in named:
        if not then[one] and one.since:
            missing[one.since].append(one)
    searched = _latest(missing, history, looks_back)
    for since in searched:
        found = _defined(git, {one.anchor.name for one in missing[since]}, since)
        for one in missing[since]:
            then[one] = found[one.anchor.name]
    unsearched = missing.keys() - set(searched)
    return {
        one: _unsearched(one.anchor, now[one.anchor.name])
        if one.since in unsearched and not then[one]
        else judge_symbol(one.anchor, one.since, then[one], now[one.anchor.name], history)
        for one in named
    }


def judge_symbol(
    anchor: Anchor,
    since: str,
    then: Mapping[str, str],
    now: Mapping[str, str],
    history: PathHistory,
) -> Finding:
    """What became of a symbol.

    Args:
        anchor: As the memory has it.
        since: The commit at which the memory last said something new.
        then: What it was defined as there, by file.
        now: Likewise now.
        history: The history since.
    """
    if len(now) > MANY or len(then) > MANY:
        count = max(len(now), len(then))
        return finding(anchor, Verdict.UNKNOWN, f"is defined in {count} files")
    place = min(now, default="")
    if not then and not now:
        return finding(anchor, Verdict.UNKNOWN, "no definition was or is there")
    if not then:
        return finding(anchor, Verdict.FRESH, f"is defined in {place} since", place)
    if not now:
        return finding(anchor, Verdict.GONE, _left(min(then), since, history))
    both = sorted(then.keys() & now.keys())
    if both:
        return _compared(anchor, since, {path: then[path] == now[path] for path in both}, history)
    changed = "" if set(then.values()) & set(now.values()) else ", and changed"
    return finding(
        anchor, Verdict.MOVED, f"was defined in {min(then)}{changed}", place, target=place
    )


def _left(was: str, since: str, history: PathHistory) -> str:
    event = next((one for one in history.since(was, since) if one.letter in "DR"), None)
    did = "" if event is None else "deleted" if event.letter == "D" else "renamed"
    how = f", {did} in {event.words}" if event else ""
    return f"no definition is left; it was in {was}{how}"


def _compared(
    anchor: Anchor, since: str, is_same: Mapping[str, bool], history: PathHistory
) -> Finding:
    """What became of a symbol in the files that defined it then and do so now."""
    other = next((path for path, same in is_same.items() if not same), None)
    if other is None:
        path = next(iter(is_same))
        return finding(anchor, Verdict.FRESH, f"defined in {path} as it was", path)
    events = history.since(other, since)
    told = f": {counted_changes(events)}" if events else ""
    return finding(anchor, Verdict.CHANGED, f"its definition in {other} is another{told}", other)


def _defined(git: Repository, wanted: set[str], commit: str) -> dict[str, dict[str, str]]:
    """What names are defined as, by name and file; in tests only what nothing else defines."""
    found: dict[str, dict[str, str]] = {name: {} for name in wanted}
    last = {name: symbol_parts(name)[-1] for name in wanted}
    words = {word for word in last.values() if word.isascii()}
    if not words:
        return found
    try:
        lines = git.grep(words, commit, LANGUAGES)
    except GitFailed:
        if commit:
            return found
        lines = git.grep(words, commit := git.head(), LANGUAGES)  # a bare repository
    likely = [
        (name, path)
        for path, said in lines.items()
        for name in wanted
        if last[name] in said and defines(said, name)
    ]
    texts = git.texts((commit, path) for _, path in likely)
    for name, path in likely:
        if body := definitions(path, texts.get((commit, path), ""), name):
            found[name][path] = body
    return {name: _some(bodies) for name, bodies in found.items()}


def _some(bodies: Mapping[str, str]) -> dict[str, str]:
    """Those that are any; tests, and what a program wrote, unless there is nothing else."""
    there = {path: body for path, body in bodies.items() if body}
    return {path: body for path, body in there.items() if is_code(path)} or there


def _latest(commits: Iterable[str], history: PathHistory, most: int | None) -> list[str]:
    last = len(history.positions)
    return sorted(commits, key=lambda one: (history.positions.get(one, last), one))[:most]


def _unsearched(anchor: Anchor, now: Mapping[str, str]) -> Finding:
    where = f"is defined in {min(now)}" if now else "is not defined anywhere now"
    words = f"{where}; how it was is for `archmem verify` to look up"
    return finding(anchor, Verdict.UNKNOWN, words, min(now, default=""))
