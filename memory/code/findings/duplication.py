"""Code that stands in several places, and where it could be extracted to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from memory.code.clone_tokens import KIND, NAME, NUMBER, TEXT, token
from memory.code.clones import Stretch
from memory.code.cuts import reached
from memory.code.cycles import imports_between
from memory.code.duplication import duplication_of
from memory.code.equal_runs import shared_run
from memory.code.findings.rule import AuditSubject, Rule, Seen, finding
from memory.code.findings.telling_names import telling_names
from memory.models.findings import Spot
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from memory.code.clone_tokens import FileTokens
    from memory.code.clones import Clone
    from memory.code.codebase import CodeBase, Symbol
    from memory.code.duplication import Duplication
    from memory.models.findings import Finding

_MOST_NAMED = 3
_FUNCTIONS = frozenset({"function", "method"})
_TOKENS = 70  # of what is shown without being asked for
_PAIR = 2
_LINES = 8  # of the shortest place
_WORK = 0.6  # share of lines that are of functions with something in them
_ACCESSOR = 3  # lines of a function that only gives or takes a field
_PIECE = 6  # lines of one function that a clone has at least, to be no row of short ones
#: Of names that its places share, as `TellingNames` counts: from which on they do the same work.
_TELLING = 4.5
_DATA = 0.6  # share of texts and numbers among names, texts and numbers: a table, no work
_SHOWN = re.compile(
    r"(?:^|/)(?:static|assets|examples?|samples?|docs?|snippets|tutorials?|demos?|overrides?)/"
    r"|(?:^|/)(?:sample|demo|dummy|fake|seed)[_-]?(?:data|s)?\.\w+$"
    r"|\A[\w.-]*-(?:examples?|samples?|docs?|demos?)/",
    re.IGNORECASE,
)
#: A part of a path that says of which version it is: `v2/`, `v/9.ts`.
_VERSION = re.compile(r"(?:^|/)v/?\d+(?=[/.])|(?:^|/)versions?/v?[\d._]+(?=[/.])", re.IGNORECASE)
#: The same of a name: `FacadeV2Impl.java`, `mail_v2.py`.
_NUMBERED = re.compile(r"(?<=[a-z])V\d+(?![a-z\d])|[-_.]v\d+(?=\.)")
_OLD = re.compile(r"(?:deprecated|legacy|[-_.]old|Old)\.\w+$|(?:^|/)(?:deprecated|legacy)/", re.I)
#: What stands in nothing but a list of parameters: a step that is taken, or a tag that is closed.
_STEPS = frozenset(
    token(said)
    for said in b"; return if for while raise throw yield await . -> const let var </ />".split()
)
_GIVEN = token(b"=")  # is a statement where none has an end
_BEGINNING = 100  # tokens up to which two functions may begin alike
_COPIED = 10_000  # lines of a file from which on nobody wrote it here
_NEARLY = 0.8  # share of a place's lines, from which on it lies within another one
_EVEN = 1.5  # lines of the longest place to those of the shortest, up to which all of it is alike
GRAVE = 100  # lines that would be saved, from which on it is major


def _clones(subject: AuditSubject) -> Seen:
    if subject.tokens is None:
        return Seen()
    tokens = subject.tokens()
    found = duplication_of(subject.code, tokens)
    findings = told_once([one for *_, one in _findings(found, tokens)])
    return Seen(found.files, findings, said=_shares(found))


class _Last(NamedTuple):
    """What was told of the code base that was asked about last."""

    needs: Collection[tuple[str, str]]  # modules that import another
    findings: Mapping[int, tuple[Clone, Sequence[str], Finding]]  # by clone; with its modules


_last = _Last((), {})


def _findings(
    found: Duplication, tokens: Mapping[str, FileTokens]
) -> Iterator[tuple[Clone, bool, Finding]]:
    """Each clone, whether it is of tests, and its finding: that of last time if nothing changed.

    A clone is the same object only while its files are the same to the byte.
    """
    global _last  # noqa: PLW0603 - replaced as a whole
    told, files = _Told(found, tokens), found.code.files
    before = _last.findings if _last.needs == told.pairs else {}
    now: dict[int, tuple[Clone, Sequence[str], Finding]] = {}
    for of_tests, clones in ((False, found.clones), (True, found.tests)):
        for clone in clones:
            modules = [files[place.path].module for place in clone.places]
            _, then, one = before.get(id(clone), (clone, None, None))
            if one is None or then != modules:
                one = told.finding(clone, of_tests=of_tests)
            now[id(clone)] = (clone, modules, one)
            if one.sure and not told.is_telling(clone):
                one = one.model_copy(update={"sure": False})  # by what all other files say today
            yield clone, of_tests, one
    _last = _Last(told.pairs, now)


def told_once(findings: Sequence[Finding]) -> list[Finding]:
    """The same, where a clone most of whose places lie within those of a longer one is told by it.

    The longer one has its other places as evidence then, and it needs `--all` itself: who merges
    the longer one has merged all of it but these.
    """
    told = {one.id: one for one in findings}
    shown: dict[str, list[tuple[Spot, str]]] = defaultdict(list)  # places by file, with whose
    for one in sorted((one for one in findings if one.sure), key=lambda one: -_longest(one.spots)):
        around = Counter(
            name
            for spot in one.spots
            for name in {name for each, name in shown[spot.file] if _is_within(spot, each)}
        )
        name, count = next(iter(around.most_common(1)), ("", 0))
        if count <= len(one.spots) / 2:
            for spot in one.spots:
                shown[spot.file].append((spot, one.id))
            continue
        others = [
            spot.model_copy(update={"said": f"{_length(spot)} lines of it, {spot.said}"})
            for spot in one.spots
            if not any(_is_within(spot, each) for each in told[name].spots)
        ]
        spots = (*told[name].spots, *others)
        told[name] = told[name].model_copy(update={"spots": spots})
        told[one.id] = one.model_copy(update={"sure": False})
    return list(told.values())


def _length(spot: Spot) -> int:
    return spot.last_line - spot.line + 1


def _longest(spots: Sequence[Spot]) -> int:
    return max(map(_length, spots))


def _is_within(spot: Spot, other: Spot) -> bool:
    """Whether nearly all lines of a place are lines of another one."""
    shared = min(spot.last_line, other.last_line) - max(spot.line, other.line) + 1
    return spot.file == other.file and shared >= _NEARLY * _length(spot)


def clone_rows(
    code: CodeBase, tokens: Mapping[str, FileTokens]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each place of each clone as a row, with its file; `clone` is the finding that tells of it."""
    for clone, of_tests, one in _findings(duplication_of(code, tokens), tokens):
        for place, spot in zip(clone.places, one.spots, strict=True):
            yield (
                place.path,
                {
                    "clone": one.id,
                    "places": len(clone.places),
                    "file": place.path,
                    "line": spot.line,
                    "last_line": spot.last_line,
                    "symbol": spot.said,
                    "module": code.files[place.path].module,
                    "tokens": place.tokens,
                    "renamed": round(clone.renamed, 2),
                    "sure": one.sure,
                    "is_test": of_tests,
                },
            )


def _shares(found: Duplication) -> str:
    """The share of all lines and of the modules with most, in words."""
    if not found.clones:
        return ""
    shares = sorted(found.shares().items(), key=lambda one: (-one[1], one[0]))
    most = ", ".join(f"{name} {share:.1%}" for name, share in shares[:_MOST_NAMED] if share)
    equal, doubled = found.share(found.equal), found.share(found.doubled)
    return (
        f"{equal:.1%} of lines stand twice, {doubled:.1%} where names and values may differ "
        f"(of {most})"
    )


class _Told:
    """Clones of a code base as findings."""

    def __init__(self, found: Duplication, tokens: Mapping[str, FileTokens]) -> None:
        self._code = found.code
        self._tokens = tokens
        self._names = telling_names(
            {path: one for path, one in tokens.items() if not found.code.files[path].is_test}
        )
        self.pairs = frozenset(imports_between(found.code))
        self._in_order: dict[str, list[Symbol]] = {}  # see `_symbols`
        self._needs: dict[str, set[str]] = defaultdict(set)
        for one, need in self.pairs:
            self._needs[one].add(need)

    def _symbols(self, path: str) -> list[Symbol]:
        """The definitions of a file in the order of their lines, the outer ones first."""
        if path not in self._in_order:
            own = self._code.symbols_of.get(path, ())
            self._in_order[path] = sorted(
                (one for one in own if one.kind != "constant"),
                key=lambda one: (one.line, -one.last_line),
            )
        return self._in_order[path]

    def finding(self, clone: Clone, *, of_tests: bool = False) -> Finding:
        places, files = clone.places, self._code.files
        symbols = [self._symbol(place) for place in places]
        modules = sorted({files[place.path].module for place in places})
        spans = [(one.line, one.last_line) if clone.renamed else self._whole(one) for one in places]
        least, longest = _least_and_most(spans)
        is_even = longest <= _EVEN * least
        if is_even and not clone.renamed:
            shared = [self._whole(one) for one in self._shared(places)]
            least, _ = _least_and_most(shared)
            is_even = longest <= _EVEN * least
            spans = shared if is_even else spans
        few, many = _least_and_most(spans)
        lines = counted(least, "line") if is_even else f"{few} to {many} lines"
        saved = least * (len(places) - 1)
        across = f"of {_named(modules)}" if len(modules) > 1 else f"of {modules[0]}"
        alike = "but for names and values" if clone.renamed else "to the letter"
        return finding(
            "duplication.clone",
            (
                *clone.sketch,
                *sorted(
                    {
                        f"{place.path}:{symbol}"
                        for place, symbol in zip(places, symbols, strict=True)
                    }
                ),
            ),
            f"{lines} in {len(places)} places {across} are the same {alike}"
            f"{'' if is_even else ', in parts'}",
            [
                Spot(
                    file=place.path,
                    line=first,
                    last_line=last,
                    said=self._symbol(place._replace(line=first, last_line=last)),
                )
                for place, (first, last) in zip(places, spans, strict=True)
            ],
            severity="major" if saved >= GRAVE and not of_tests else "minor",
            modules=modules,
            sure=is_even and least >= _LINES and not of_tests and self._is_sure(clone),
            do=f"could be extracted to {self._home(places, modules)}",
        )

    def _shared(self, places: Sequence[Stretch]) -> Sequence[Stretch]:
        """What all places share: where clones that overlap were joined, some are longer than it."""
        texts = [self._texts(place) for place in places]
        if all(np.array_equal(texts[0], other) for other in texts[1:]):
            return places
        starts, length = shared_run(texts)
        found = []
        for place, start in zip(places, starts, strict=True):
            first = place.first + start
            lines = self._tokens[place.path].lines[first : first + max(length, 1)]
            found.append(Stretch(place.path, int(lines[0]), int(lines[-1]), first, max(length, 1)))
        return found

    def _whole(self, place: Stretch) -> tuple[int, int]:
        """The first and the last line of a place, without those that are the same only in part."""
        lines, end = self._tokens[place.path].lines, place.first + place.tokens
        own = [*dict.fromkeys(lines[place.first : end].tolist())]
        is_begun = place.first > 0 and bool(lines[place.first - 1] == own[0])
        goes_on = end < len(lines) and bool(lines[end] == own[-1])
        own = own[is_begun : len(own) - goes_on] or own
        return own[0], own[-1]

    def _is_sure(self, clone: Clone) -> bool:
        """Whether it is a piece of work that stands twice, no way to declare something."""
        return (
            not clone.renamed
            and clone.tokens >= _TOKENS
            and not any(self._is_shown(place.path) for place in clone.places)
            and all(self._worked(place) >= _WORK for place in clone.places)
            and not self._is_data(clone.places[0])
            and not self._is_parameters(clone.places[0])
            and not _are_versions(clone.places)
            and self._longest(clone) >= _PIECE
            and not self._is_beginning(clone)
        )

    def is_telling(self, clone: Clone) -> bool:
        """Whether its places share names of their own, beyond what is said everywhere."""
        return self._names.telling(map(self._texts, clone.places)) >= _TELLING

    def _longest(self, clone: Clone) -> int:
        """Lines of the longest piece of one function, in the place that has the shortest."""
        return min(
            max(
                (
                    min(one.last_line, place.last_line) - max(one.line, place.line) + 1
                    for one in self._symbols(place.path)
                    if one.kind in _FUNCTIONS
                ),
                default=0,
            )
            for place in clone.places
        )

    def _is_beginning(self, clone: Clone) -> bool:
        """Whether it is little more than how two functions begin, which then go their own ways."""
        return (
            clone.tokens <= _BEGINNING
            and len(clone.places) == _PAIR
            and all(map(self._begins, clone.places))
        )

    def _begins(self, place: Stretch) -> bool:
        """Whether no function ends in a place, and one begins there."""
        lines = range(place.line, place.last_line + 1)
        own = [
            one for one in self._symbols(place.path) if one.kind in _FUNCTIONS and one.line in lines
        ]
        return bool(own) and all(one.last_line not in lines for one in own)

    def _is_shown(self, path: str) -> bool:
        """Whether a file is there to be shown or given out, and none that people work on."""
        return self._code.files[path].lines > _COPIED or bool(_SHOWN.search(path))

    def _texts(self, place: Stretch) -> NDArray[np.uint32]:
        return self._tokens[place.path].texts[place.first : place.first + place.tokens]

    def _is_data(self, place: Stretch) -> bool:
        kinds = Counter((self._texts(place) & KIND).tolist())
        values = kinds[TEXT] + kinds[NUMBER]
        return values > _DATA * (values + kinds[NAME])

    def _is_parameters(self, place: Stretch) -> bool:
        """Whether nothing is done there: what functions are given, or constructors hold."""
        is_python = self._code.files[place.path].language == "python"
        steps = _STEPS | {_GIVEN} if is_python else _STEPS
        return steps.isdisjoint(self._texts(place).tolist())

    def _worked(self, place: Stretch) -> float:
        """The share of the lines of a place that are of functions."""
        lines = range(place.line, place.last_line + 1)
        own: set[int] = set()
        for one in self._symbols(place.path):
            if one.kind in _FUNCTIONS and one.last_line - one.line >= _ACCESSOR:
                own.update(range(max(one.line, lines[0]), min(one.last_line, lines[-1]) + 1))
        return len(own) / len(lines)

    def _symbol(self, place: Stretch) -> str:
        """The innermost definition that all of a place is in, or the longest of those in it."""
        symbols = self._symbols(place.path)
        before = bisect_right(symbols, place.line, key=lambda one: one.line)
        for index in reversed(range(before)):
            if symbols[index].last_line >= place.last_line:
                return symbols[index].place.symbol
        inside = [one for one in symbols if place.line <= one.line <= place.last_line]
        longest = max(inside, key=lambda one: one.last_line - one.line, default=None)
        return longest.place.symbol if longest else ""

    def _home(self, places: Sequence[Stretch], modules: Sequence[str]) -> str:
        """Where code of several places could stand, so that no module needs another anew."""
        paths = sorted({place.path for place in places})
        if len(paths) == 1:
            return f"one definition in {paths[0]}"
        if len(modules) == 1:
            folder = _common_folder(paths)
            return f"{folder}, in {modules[0]}" if "/" in folder else f"one place in {modules[0]}"
        top = _common_folder(paths).partition("/")[0]  # a browser's code goes to no server's
        counts = Counter(need for name in modules for need in {name, *self._needs.get(name, ())})
        fitting = [
            (count, name in modules, name)
            for name, count in counts.items()
            if count > len(modules) / 2
            and (not top or top in self._tops[name])
            and (name in modules or self._is_shared(name))
            and self._may_give(name, modules)
        ]
        if fitting:
            _, _, name = max(fitting, key=lambda one: (one[0], one[1], one[2]))
            users = [one for one in modules if name in self._needs.get(one, ()) and one != name]
            return f"{name}, which {_named(users)} use{'s' * (len(users) == 1)} already"
        common = set.intersection(*({one, *self._needs.get(one, ())} for one in modules))
        why = ": what all of them use could not give it without a cycle" if common else ""
        return f"a new module that {_named(modules)} would use{why}"

    def _is_shared(self, name: str) -> bool:
        """Whether most modules take from one: what a few happen to need is no place for all."""
        users = sum(name in needs for needs in self._needs.values())
        return users > len(self._tops) / 2

    @cached_property
    def _tops(self) -> Mapping[str, set[str]]:
        """The folders at the root that each module has files in."""
        found: dict[str, set[str]] = defaultdict(set)
        for path, file in self._code.files.items():
            found[file.module].add(path.partition("/")[0])
        return found

    def _may_give(self, name: str, modules: Sequence[str]) -> bool:
        """Whether modules could take something from one, so that none is in a new cycle."""
        if self._needs.get(name, set()) & {*modules} - {name}:
            return False
        new = {one for one in modules if one != name and name not in self._needs.get(one, ())}
        return not new or new.isdisjoint(reached(self.pairs, name))


def _least_and_most(spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The lines of the shortest and of the longest span."""
    lengths = [last - first + 1 for first, last in spans]
    return min(lengths), max(lengths)


def _are_versions(places: Sequence[Stretch]) -> bool:
    """Whether they are of versions that are kept, or of one file in a version and beside it."""
    if any(_OLD.search(place.path) for place in places):
        return True
    found = [bool(_VERSION.search(place.path)) for place in places]
    if all(found) or (any(found) and len({_last_part(place.path) for place in places}) == 1):
        return True
    names = {place.path for place in places}
    return len(names) > 1 and len({_NUMBERED.sub("", name) for name in names}) == 1


def _last_part(path: str) -> str:
    return path.rpartition("/")[2]


def _named(modules: Sequence[str]) -> str:
    named = ", ".join(modules[:_MOST_NAMED])
    more = len(modules) - _MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


def _common_folder(paths: Sequence[str]) -> str:
    first, last = paths[0].split("/")[:-1], paths[-1].split("/")[:-1]
    shared = 0
    while shared < min(len(first), len(last)) and first[shared] == last[shared]:
        shared += 1
    return "/".join(first[:shared])


_CLONES = Rule(
    "duplication.clone",
    "code that stands in several places",
    _clones,
    9,
    judged="64 of 99 in which names differ were right",
)
RULES = (_CLONES,)
