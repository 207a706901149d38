"""Finding the memory that a reference names."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING

from indexer.formats.record_titles import clean_title, number_in_name
from indexer.wording.dates import read_date
from indexer.wording.entry_names import folded_metric, metrics_in
from indexer.wording.mentions import numbered_name, path_in_repository, record_name, repository_in
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from memory.ledger.interface.relations import ReferenceTarget

_NUMBER = re.compile(r"(?:(?P<kind>[a-z]+)(?:\srecord)?)?[\s#_-]{0,3}0*(?P<number>\d{1,5})$", re.I)
#: A path with what the words of its link call the record, as `mentions.also_called` writes it.
_CALLED = re.compile(r"(?P<path>(?=[^\s/.]*+[/.])\S++) \((?P<called>[^()]++)\)")
#: Of a file without its ending: `0012-kafka`, `1004-use-kafka`; no `4096-byte`.
_SLUG = re.compile(r"0\d{2,4}(?:-\w++)+|\d{3,5}(?:-\w++){2,}")
_WORD = re.compile(r"\w+")
_VALUE = re.compile(r"\d+(?:\.\d+)?")
_GENERAL_KINDS = frozenset({"", "decision", "madr", "ladr"})
_OTHER_THINGS = frozenset(read_lexicon("records")["kinds"]["other_things"])
_RFC_FOLDERS = frozenset({"rfc", "rfcs", "text"})
_RECORD_FOLDERS = frozenset(
    name for kind in ("records", "mixed") for name in read_lexicon("records")["folders"][kind]
)


def names_of(memory: ReferenceTarget) -> set[str]:
    """Everything that a reference may call a memory, each with the sort of name that it is."""
    names = {f"uid {memory.uid}"}
    if memory.number is not None:
        names.add(f"number {memory.number}")
    if memory.path is not None:
        names.add(f"stem {_stem(memory.path)}")
    if memory.title:
        names.add(f"title {_folded(memory.title)}")
    if memory.metric:
        names.add(f"metric {folded_metric(memory.metric)}")
    return names.union(memory.former)


def former_name(path: str) -> str:
    """What a reference calls a record by the path that it had once."""
    return f"was {_stem(path)}"


def names_of_path(path: str) -> set[str]:
    """What a reference calls the record at a path by that path alone."""
    number = _number_of_path(path)
    return {f"stem {_stem(path)}"} | ({f"number {number}"} if number is not None else set())


def names_in(target: str) -> set[str]:
    """Every name by which `Directory.resolve` looks for what a reference means."""
    said = target.strip()
    if number := _NUMBER.fullmatch(said):
        return {f"uid {said}", f"number {int(number['number'])}"}
    if called := _CALLED.fullmatch(said):
        return names_in(called["path"]) | names_in(called["called"])
    names = {f"metric {one}" for one in metrics_in(said)}
    if (named := _number_of_path(said)) is not None:
        names.add(f"number {named}")
    titled = {f"stem {_stem(said)}", f"title {_folded(said)}"}
    return {f"uid {said}", former_name(said), *titled, *names}


class Directory:
    """Memories by everything that a reference may call them.

    Looking up never guesses: a number or a name that two memories share names the one in
    the folder of the asking record, and otherwise none. A number never names a record of another
    project's folder. A path that leads nowhere names the record whose file git says was called so;
    else that of its number in its folder, as the file was renamed.
    """

    def __init__(self, memories: Iterable[ReferenceTarget], remotes: Collection[str] = ()) -> None:
        """Take note of memories, and of what the project's repository is called elsewhere."""
        self._remotes = frozenset(remotes)
        self._by_name: dict[str, list[ReferenceTarget]] = defaultdict(list)
        for memory in memories:
            for name in names_of(memory):
                self._by_name[name].append(memory)

    def resolve(self, target: str, near: str | None = None) -> str | None:
        """The uid of the memory that a reference names; None when none or several fit.

        Args:
            target: `Reference.target`: a uid, a path, a number such as "ADR-14", a title, or a
                measurement's metric and day.
            near: The path of the record that names it.
        """
        said = target.strip()
        if found := self._by_name.get(f"uid {said}"):
            return found[0].uid
        folder = posixpath.dirname(near or "")
        if number := _NUMBER.fullmatch(said):
            return _alone(self._numbered(number, near))
        if (called := _CALLED.fullmatch(said)) is not None:
            by_path = self.resolve(called["path"], near)
            return by_path or self._called(called["called"], near)
        same_name = self._by_name.get(f"stem {_stem(said)}", [])
        if (path := path_in_repository(said)) is not None:
            # Of another repository's record neither the name nor the number says anything; whose
            # file had that name in that folder is ours, unless our remotes are called otherwise.
            if self._remotes and repository_in(said) not in self._remotes:
                return None
            named = _only([each for each in same_name if _is_at(each, path)], folder)
            ones = self._by_name.get(former_name(path), []) if not named else []
            return named or _alone([each for each in ones if _folder(each.path) == _folder(path)])
        return (
            _only([each for each in same_name if each.path == said], folder)
            or _only([each for each in same_name if _ends_alike(each, said)], folder)
            or _only(same_name, folder)
            or _only(self._by_name.get(f"title {_folded(said)}", []), folder)
            or (None if same_name else self._former(said) or _alone(self._renamed(said, near)))
            or (None if same_name else _alone(self._addressed(said, near)))
            or self._measurement(said)
        )

    def sharing(self, target: str, near: str | None = None) -> tuple[str, ...]:
        """The uids of those that share the number by which a reference names none of them."""
        said = target.strip()
        called = _CALLED.fullmatch(said)
        number = _NUMBER.fullmatch(called["called"] if called else said)
        found = self._numbered(number, near) if number else self._renamed(said, near)
        return tuple(one.uid for one in found) if len(found) > 1 else ()

    def _called(self, words: str, near: str | None) -> str | None:
        """The record that the words of a link call by number or title."""
        if number := _NUMBER.fullmatch(words):
            return _alone(self._numbered(number, near))
        titled = self._by_name.get(f"title {_folded(words)}", [])
        return _only(titled, posixpath.dirname(near or ""))

    def _numbered(self, said: re.Match[str], near: str | None) -> list[ReferenceTarget]:
        """Those of a number in the folder of who asks; else those that could be of its project."""
        kind = (said["kind"] or "").lower()
        numbered = self._by_name.get(f"number {int(said['number'])}", [])
        found = [each for each in numbered if _is_of_kind(each, kind)]
        here = [each for each in found if near and _folder(each.path) == _folder(near)]
        return here or [each for each in found if not (near and _is_apart(each.path, near))]

    def _former(self, path: str) -> str | None:
        """The record whose file was called so, if just one was."""
        return _alone(self._by_name.get(former_name(path), []))

    def _renamed(self, path: str, near: str | None) -> list[ReferenceTarget]:
        """The records that have the number of a path that leads nowhere, in its folder.

        Of a name alone, `0012-use-kafka`, that is the folder of who asks.
        """
        numbered = self._by_name.get(f"number {_number_of_path(path)}", [])
        folder = _folder(path if "/" in path else near)
        return [each for each in numbered if _folder(each.path) == folder]

    def _addressed(self, address: str, near: str | None) -> list[ReferenceTarget]:
        """The records beside the asking one that a page of a site calls so: `adr/23`."""
        folder, _, number = address.rstrip("/").rpartition("/")
        if not number.isdecimal() or posixpath.basename(folder).lower() not in _RECORD_FOLDERS:
            return []
        numbered = self._by_name.get(f"number {int(number)}", [])
        return [each for each in numbered if near and _folder(each.path) == _folder(near)]

    def _measurement(self, said: str) -> str | None:
        """The measurement that some words name.

        A metric without a day names its one measurement, if it has just one; of several of one
        day the one whose value is named is meant, or none.
        """
        names = (f"metric {one}" for one in metrics_in(said))
        found = next((self._by_name[name] for name in names if name in self._by_name), [])
        moment = read_date(said)
        if moment is not None:
            found = [one for one in found if one.day == f"{moment:%Y-%m-%d}"]
        if len(found) > 1:
            numbers = {float(number) for number in _VALUE.findall(said.replace(",", ""))}
            found = [one for one in found if one.value in numbers]
        return found[0].uid if len(found) == 1 else None


def _only(found: list[ReferenceTarget], folder: str) -> str | None:
    """The one memory found, or the one of them in a folder."""
    if len(found) == 1:
        return found[0].uid
    here = [each for each in found if posixpath.dirname(each.path or "") == folder]
    return here[0].uid if len(here) == 1 else None


def _alone(found: list[ReferenceTarget]) -> str | None:
    return found[0].uid if len(found) == 1 else None


def _is_apart(path: str | None, near: str) -> bool:
    """Whether two records are of two projects: both have a record folder, not the same one."""
    mine, theirs = _folder(path).split("/"), _folder(near).split("/")
    while mine and theirs and mine[0] == theirs[0]:
        del mine[0], theirs[0]
    if not mine or not theirs:
        return False
    have_own = all(
        _RECORD_FOLDERS.intersection(map(str.lower, part[1:])) for part in (mine, theirs)
    )
    return have_own or mine[-1] == theirs[-1]


def _folder(path: str | None) -> str:
    """The folder of records that a path lies in; `0012-use-kafka/README.md` is one of them."""
    folder, name = posixpath.split(path or "")
    return folder if record_name(path or "") == name else posixpath.dirname(folder)


def _number_of_path(said: str) -> int | None:
    """The number of a record by its path; None of what is no path."""
    name = record_name(said) + "."  # with which `docs/adr/0012` has a number too
    is_path = "/" in said or "." in said or _SLUG.fullmatch(said)
    return number_in_name(name) if is_path else None


def _is_of_kind(memory: ReferenceTarget, kind: str) -> bool:
    """Whether "ADR 7" or "RFC 7" can mean a memory with that number, by its name and folder."""
    if kind in _OTHER_THINGS:
        return False
    if kind in _GENERAL_KINDS or memory.path is None:
        return True
    named = numbered_name(posixpath.basename(memory.path))
    if named and named[0]:
        return named[0] == kind
    folders = set(memory.path.lower().split("/")[:-1])
    return kind != "rfc" or bool(folders & _RFC_FOLDERS)


def _is_at(memory: ReferenceTarget, path: str) -> bool:
    """Whether a path is that of a memory, or of the folder that it has for itself."""
    own, name = posixpath.split(memory.path or "")
    return path == memory.path or (path == own and record_name(memory.path or "") != name)


def _ends_alike(memory: ReferenceTarget, path: str) -> bool:
    """Whether one of two paths is the other with more folders before it."""
    mine = f"/{memory.path}"
    return mine.endswith(f"/{path}") or f"/{path}".endswith(mine)


def _stem(path: str) -> str:
    name = unicodedata.normalize("NFC", record_name(path))
    return posixpath.splitext(name)[0].casefold()


def _folded(title: str) -> str:
    said = unicodedata.normalize("NFC", clean_title(title))
    return " ".join(_WORD.findall(said.casefold()))
