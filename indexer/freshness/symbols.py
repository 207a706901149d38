"""What became of the symbols that memories name: of their definitions, not of their files."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from indexer.freshness.beside import is_within
from indexer.freshness.definitions import (
    Body,
    Defined,
    definitions,
    find_definitions,
    foremost,
    is_changed,
)
from indexer.freshness.verdicts import DatedAnchor, counted_changes, finding
from indexer.source_paths import is_code
from indexer.wording.anchors import symbol_parts
from memory.models.assessment import Anchor, AnchorVerdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from indexer.freshness.path_history import PathEvent, PathHistory
    from indexer.git.repository import Repository
    from memory.ledger.interface.upkeep import AnchorFinding

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z\d]+|\d+")
_WORD = re.compile(r"\w+")
_MANY = 3  # definitions that may fare alike by more than chance
#: How a reason begins where the code does not define a name any more and something speaks of it.
NOT_DEFINED = "is not defined in"
_MOST_ENDED = 2000  # files that are gone, the latest, in which names that came and went are sought
_MOST_COMMITS = 100  # to a file in which those that changed one definition are counted


class _Seen(NamedTuple):
    """What a symbol was and is."""

    then: Mapping[str, Body]  # its definition by file, at the commit of its memory
    now: Defined
    cased: str = ""  # where the same words are defined now, in another casing: a name and a file


def check_symbols(
    git: Repository,
    named: Iterable[DatedAnchor],
    history: PathHistory,
    *,
    looks_back: int | None,
    beside: Collection[str] = (),
) -> dict[DatedAnchor, AnchorFinding]:
    """What became of symbols, by them.

    A definition is first looked for where it is now, and then in all files of the commit of its
    memory, where others may have had the name as well.

    With `looks_back`, only the files of so many commits are searched, the latest of those at which
    something is not where it is now, and then of the others; what came and went since is not
    looked for. What lies in the folders `beside` is not the program.
    """
    named = list(dict.fromkeys(named))
    now = find_definitions(git, {one.anchor.name for one in named}, "", beside)
    places = {(one.since, path) for one in named for path in now[one.anchor.name].bodies}
    texts = git.texts(places)
    then: dict[DatedAnchor, dict[str, Body]] = {}
    for one in named:
        bodies = ((path, texts.get((one.since, path), "")) for path in now[one.anchor.name].bodies)
        then[one] = foremost(
            {path: definitions(path, text, one.anchor.name) for path, text in bodies}
        )
    asked: dict[str, list[DatedAnchor]] = defaultdict(list)
    for one in named:
        if one.since:
            asked[one.since].append(one)
    missing = {one.since for one in named if not then[one]}
    oldest = len(history.positions)

    def rank(since: str) -> tuple[bool, int, str]:
        return since not in missing, history.positions.get(since, oldest), since

    searched = sorted(asked, key=rank)[:looks_back]
    for since in searched:
        found = find_definitions(git, {one.anchor.name for one in asked[since]}, since, beside)
        for one in asked[since]:
            then[one] = found[one.anchor.name].bodies
    unsearched = missing.difference(searched)
    if looks_back is None:
        never = [one for one in named if not then[one] and not now[one.anchor.name].bodies]
        then |= _came_and_went(git, never, history, beside)
    lost = {one.anchor.name for one in named if then[one] and not now[one.anchor.name].bodies}
    cased = _find_cased(git, lost, beside)
    judged: dict[DatedAnchor, AnchorFinding] = {}
    for one in named:
        seen = _Seen(then[one], now[one.anchor.name], cased.get(one.anchor.name, ""))
        if one.since in unsearched and not then[one]:
            judged[one] = _unsearched(one.anchor, seen.now.bodies)
        else:
            judged[one] = _judge(one, seen, history)
    return judged | _counted(git, judged, history)


def _came_and_went(
    git: Repository, named: Sequence[DatedAnchor], history: PathHistory, beside: Collection[str]
) -> dict[DatedAnchor, dict[str, Body]]:
    """The last definition of each name that files had which were made since, and are gone."""
    sought = {symbol_parts(one.anchor.name)[-1] for one in named if one.since}
    code = (one for one in history.ended() if is_code(one[0]) and not is_within(one[0], beside))
    ended = list(islice(code, _MOST_ENDED)) if sought else []
    texts = git.texts((f"{event.commit}^", path) for path, event in ended)
    found: dict[DatedAnchor, dict[str, Body]] = {}
    for path, event in ended:
        text = texts.get((f"{event.commit}^", path), "")
        words = sought.intersection(_WORD.findall(text))
        for one in named if words else ():
            name = one.anchor.name
            is_since = event.position < history.positions.get(one.since, 0)
            if one in found or not is_since or symbol_parts(name)[-1] not in words:
                continue
            body = definitions(path, text, name)
            if body and (one.is_called or len(symbol_parts(name)) > 1 or not body.is_member):
                found[one] = {path: body}
    return found


def _find_cased(git: Repository, names: Iterable[str], beside: Collection[str]) -> dict[str, str]:
    """Where names are defined as other languages write them, with that name, by them."""
    variants = {name: _casings(symbol_parts(name)[-1]) for name in names}
    wanted = {one for some in variants.values() for one in some}
    found = find_definitions(git, wanted, "", beside) if wanted else {}
    return {
        name: f"`{one}` is defined in {min(found[one].bodies)}"
        for name, some in variants.items()
        for one in some
        if found[one].bodies
    }


def _casings(name: str) -> list[str]:
    words = [word.lower() for word in _WORDS.findall(name)]
    if len(words) < 2:  # any name of one word is another's
        return []
    capitals = "".join(word.capitalize() for word in words)
    snake = "_".join(words)
    return [
        one
        for one in (snake, snake.upper(), words[0] + capitals[len(words[0]) :], capitals)
        if one != name
    ]


def _judge(one: DatedAnchor, seen: _Seen, history: PathHistory) -> AnchorFinding:
    """What became of a symbol; of several definitions of a type, if the same of each."""
    then, now, anchor = seen.then, seen.now.bodies, one.anchor
    if then and not now:
        return _lost(anchor, one.since, seen, history)
    both = sorted(then.keys() & now.keys())
    if unclear := _why_unclear(anchor, seen, both) or _why_no_code(one, seen):
        place = min(now, default="") if len(now) <= _MANY else ""
        return finding(anchor, AnchorVerdict.UNKNOWN, unclear, place)
    path = next((path for path in both if then[path] != now[path]), min(both or now))
    if not then:
        return finding(anchor, AnchorVerdict.FRESH, f"is defined in {path} since", path)
    if not both:
        changed = "" if set(then.values()) & set(now.values()) else ", and changed"
        reason = f"was defined in {min(then)}{changed}"
        return finding(anchor, AnchorVerdict.MOVED, reason, path, target=path)
    if then[path] == now[path]:
        return finding(anchor, AnchorVerdict.FRESH, f"defined in {path} as it was", path)
    return finding(anchor, AnchorVerdict.CHANGED, f"its definition in {path} is another", path)


def _why_unclear(anchor: Anchor, seen: _Seen, both: Sequence[str]) -> str:
    """Why nobody can say which definition is meant; "" where there is one, or all fare alike.

    A name in small letters is as likely a field or a key as one of several functions.
    """
    then, now = seen.then, seen.now.bodies
    if not now:
        return "no definition was or is there"
    count = max(len(then), len(now) if not both else 0)
    same = {then[one] == now[one] for one in both}
    is_alike = symbol_parts(anchor.name)[-1][0].isupper() and len(same) == 1
    if count > 1 and not (is_alike and len(both) == len(then) <= _MANY):
        return f"is defined in {count} files"
    several = [
        path
        for path in (*both, *now)
        if now[path].is_several or (path in then and then[path].is_several)
    ]
    if several and not (is_alike and same == {True}):
        return f"is defined more than once in {several[0]}"
    return ""


def _why_no_code(one: DatedAnchor, seen: _Seen) -> str:
    """Why a name may well be none of the code, though something is called so; "" if it is.

    A member's name without that of its type is any word. In small letters it is a field or a key
    unless the text says that it can be called; one that came later was not meant.
    """
    is_bare = len(symbol_parts(one.anchor.name)) == 1
    if not is_bare or one.is_called or not all(body.is_member for body in seen.now.bodies.values()):
        return ""
    where = min(seen.now.bodies)
    if one.anchor.name[0].islower():
        return f"may as well be a value as what {where} calls so"
    return "" if seen.then else f"{where} has a member of this name since"


def _lost(anchor: Anchor, since: str, seen: _Seen, history: PathHistory) -> AnchorFinding:
    """What can be said where no definition is left: gone is only what nothing speaks of."""
    was = min(seen.then)
    if seen.cased:
        reason = f"{NOT_DEFINED} {was} any more, and {seen.cased}"
        return finding(anchor, AnchorVerdict.UNKNOWN, reason, was)
    if seen.now.used:
        reason = f"{NOT_DEFINED} {was} any more, and {seen.now.used} still speaks of it"
        return finding(anchor, AnchorVerdict.UNKNOWN, reason, was)
    event = next((one for one in history.since(was, since) if one.letter in "DR"), None)
    did = "" if event is None else "deleted" if event.letter == "D" else "renamed"
    how = f", {did} in {event.words}" if event else ""
    return finding(anchor, AnchorVerdict.GONE, f"no definition is left; it was in {was}{how}")


def _counted(
    git: Repository, judged: Mapping[DatedAnchor, AnchorFinding], history: PathHistory
) -> dict[DatedAnchor, AnchorFinding]:
    """Those that changed, with the commits that changed the definition and not only its file."""
    events: dict[DatedAnchor, list[PathEvent]] = {}
    for one, found in judged.items():
        if found.checked.verdict is AnchorVerdict.CHANGED:
            edits = history.since(found.place, one.since)
            events[one] = [edit for edit in edits if edit.letter == "M"][:_MOST_COMMITS]
    texts = git.texts(
        (commit, judged[one].place)
        for one, edits in events.items()
        for edit in edits
        for commit in (edit.commit, f"{edit.commit}^")
    )

    def is_meant(one: DatedAnchor, commit: str) -> bool:
        place = judged[one].place
        before, after = (texts.get((at, place), "") for at in (f"{commit}^", commit))
        return is_changed(place, before, after, one.anchor.name)

    told: dict[DatedAnchor, AnchorFinding] = {}
    for one, edits in events.items():
        meant = [edit for edit in edits if is_meant(one, edit.commit)]
        if meant and len(edits) < _MOST_COMMITS:
            checked, place = judged[one]
            reason = f"{checked.reason}: {counted_changes(meant)}"
            told[one] = finding(one.anchor, checked.verdict, reason, place)
    return told


def _unsearched(anchor: Anchor, now: Mapping[str, Body]) -> AnchorFinding:
    where = f"is defined in {min(now)}" if now else "is not defined anywhere now"
    words = f"{where}; how it was is for `archmem verify` to look up"
    return finding(anchor, AnchorVerdict.UNKNOWN, words, min(now, default=""))
