"""The name of the next record in a folder, called like those that are there."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from indexer.formats.record_names import is_called_like_record, record_folder
from indexer.formats.record_titles import number_in_name
from indexer.wording.mentions import record_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

MARKDOWN = frozenset({".md", ".markdown"})
_NUMBERED = re.compile(r"(?P<kind>[^\W\d_]*)(?P<before>[-_ #.]?)(?P<number>\d{1,6})(?P<rest>.*)")
_DATED = re.compile(r"(?P<date>(?:19|20)\d\d(?P<dash>-?)\d\d(?P=dash)\d\d)(?P<rest>[-_ ].*)")
_BEHIND = re.compile(r"[-_. ]*")
_LONGEST = 80  # characters of a title in a name


class TargetFolder(NamedTuple):
    """A folder in which decisions are files of their own."""

    path: str  # relative to the project root; "" for the root
    records: tuple[str, ...]  # their paths, the newest first


def find_folder(paths: Iterable[str], modules: Sequence[str] = ()) -> TargetFolder | None:
    """The folder where a project keeps its decision records; None if it keeps none in Markdown.

    Of several it is the one in a folder called like one of the modules, or else the fullest.

    Args:
        paths: The files of all records.
        modules: That the next record is about.
    """
    folders: dict[str, list[str]] = {}
    for path in paths:
        said = PurePosixPath(path)
        if is_called_like_record(said) and said.suffix.lower() in MARKDOWN:
            folders.setdefault(record_folder(said), []).append(path)
    wanted = {name.casefold() for name in modules}
    ranked = sorted(
        folders.items(),
        key=lambda one: (
            wanted.isdisjoint(one[0].casefold().split("/")),
            -len(one[1]),
            len(one[0]),
            one[0],
        ),
    )
    for folder, records in ranked[:1]:
        return TargetFolder(folder, tuple(sorted(records, key=_age, reverse=True)))
    return None


def next_number(names: Iterable[str]) -> int:
    """The number behind the greatest that a file or folder of these names begins with."""
    numbers = (number_in_name(name) for name in names)
    return max((one for one in numbers if one is not None), default=0) + 1


def next_path(folder: TargetFolder, title: str, number: int, day: date) -> str:
    """Where the next record goes; its name is made like that of the newest.

    Args:
        folder: Of the records.
        title: Of the next one.
        number: It gets where the others have one.
        day: It gets where the others have one instead.
    """
    newest = folder.records[0]
    name = PurePosixPath(record_name(newest))
    stem, ending = name.stem, PurePosixPath(newest).suffix
    if dated := _DATED.match(stem):
        begun, rest = day.strftime(f"%Y{dated['dash']}%m{dated['dash']}%d"), dated["rest"]
    elif numbered := _NUMBERED.match(stem):
        begun = f"{numbered['kind']}{numbered['before']}{number:0{len(numbered['number'])}d}"
        rest = numbered["rest"]
    else:
        begun, rest = f"{number:04d}", "-"
    behind = _BEHIND.match(rest)
    sep = behind[0] if behind and behind[0] else "-"
    called = f"{begun}{sep}{_called(title, rest[len(sep) :])}"
    own = name.name != PurePosixPath(newest).name
    file = f"{called}/{PurePosixPath(newest).name}" if own else f"{called}{ending}"
    return f"{folder.path}/{file}" if folder.path else file


def _called(title: str, like: str) -> str:
    """A title as a part of a name, with the separators and letters that another one has."""
    between = next((one for one in ("-", "_", " ") if one in like), "-")
    words = re.findall(r"[^\W_]+", title.replace("'", "").replace("\u2019", ""))
    said = between.join(words)
    if len(said) > _LONGEST:
        said = said[:_LONGEST].rpartition(between)[0] or said[:_LONGEST]
    return said if like != like.lower() and between == " " else said.lower()


def _age(path: str) -> tuple[str, int, str]:
    name = record_name(path)
    dated = _DATED.match(name)
    number = number_in_name(name)
    return (dated["date"] if dated else "", -1 if number is None else number, name)
