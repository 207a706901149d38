"""Which files lie where decision records do and are called like one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.formats.document import MEMORY_FOLDER, NOTHING_FOUND, FoundFolders
from indexer.wording.mentions import record_name
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePosixPath

_LEXICON = read_lexicon("records")
_LOG = {name: frozenset(words) for name, words in read_lexicon("labels")["log"].items()}
_FOLDERS = {name: frozenset(folders) for name, folders in _LEXICON["folders"].items()}
_OTHERS = frozenset(read_lexicon("record_folders")["folders"]["others"])
_ASIDE = _FOLDERS["of_other_formats"].union(read_lexicon("record_folders")["folders"]["aside"])
ENDINGS = frozenset(_LEXICON["files"]["endings"])  # of records
_BESIDE = frozenset(_LEXICON["files"]["beside"])
_KINDS = any_of(_LEXICON["kinds"]["files"])
_RECORD_NAME = lazy(
    rf"(?:{_KINDS}|ddr|tdr)[-_ ]?\d{{0,5}}(?:[-_. ]|$)|\d{{1,5}}[-_. #]"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:\d\d)?[-_. ]",
    re.IGNORECASE,
)
#: Any tradition's: `eip-1`, `HIP-30`, `ch01-02`, beside those above.
_CALLED_LIKE_RECORD = lazy(
    rf"{_RECORD_NAME.pattern}|[a-z]{{1,8}}[-_ ]?\d{{1,5}}(?:[-_. ]|$)", re.IGNORECASE
)
#: The words of a file's name: `decisionLog`, `ADR-LOG`, `technical_decisions`.
_WORD = lazy(r"[A-Z]{2,}s?(?![a-z])|[^\W_][^\W_A-Z]*")
_PLACE = lazy(r"\A\d{1,2}[-_. ]+")  # among chapters: `09_architecture_decisions`
_LONGEST_NAME = 5  # words of a name of a log
#: What is called a record by its kind: `adr-12`, "RFC: ...".
KIND_NAMED = lazy(rf"(?:{_KINDS}|tep|ddr|tdr)s?(?:[-_ #:]|\d)", re.IGNORECASE)
#: What stands behind the name of a folder that holds those of one state.
_STATE = lazy(rf"[-_](?:{any_of(_LEXICON['folders']['states'])})$")
_NOT_A_RECORD = lazy(
    rf"(?:{any_of(_LEXICON['files']['not_records'])}"
    rf"|(?:how[-_ ]?to|guide[-_ ]to|about|writing)[-_ ](?:\w++[-_ ])*(?:{_KINDS})s?"
    rf"|(?:{_KINDS}|design|enhancement)s?(?:[-_ ](?:and|for|of|the|to))*[-_ ]"
    rf"(?:{any_of(_LEXICON['files']['about_records'])})"
    r"|0+[-_](?:\w++-)*+(?<=-)template"
    rf"|(?:0+[-_])?(?:_*(?:{_KINDS})(?:[-_]record)?[-_]?)?template(?:[-_ ]\w++(?:[- ]\w++)*+)?"
    r"|_*template.*|[a-z]\w*+(?:[-_ ]\w++)*+(?<=[-_ ]template))"
    r"(?:\.\w{2})?$",
    re.IGNORECASE,
)


def is_record(
    path: PurePosixPath, folders: Sequence[str] = (), found: FoundFolders = NOTHING_FOUND
) -> bool:
    """Whether the file at a path is a decision record.

    Args:
        path: Relative to the project root.
        folders: Whose pages are records, as somebody says.
        found: What is known of folders by what is in them; what is not goes by its name.
    """
    if not _may_be_record(path):
        return False
    if any(path.is_relative_to(folder.strip("/")) for folder in (*folders, *found.declared)):
        return True
    around = [part.lower() for part in path.parts[:-1]]
    folder = record_folder(path)
    if is_aside("/".join(around)):
        return False
    if named_folder(path):
        return True
    if folder in found.records:
        return is_called_like_record(path) or is_beside_records(path, found)
    named = is_named_for_records(folder) and _RECORD_NAME.match(record_name(str(path)))
    return bool(named) and not is_of_others(folder) and folder not in found.others


def is_beside_records(path: PurePosixPath, found: FoundFolders) -> bool:
    """Whether a page is not called like the records that were found in its folder.

    It is one of them only if it says so itself.
    """
    in_bundle = any(path.is_relative_to(bundle) for bundle in found.bundles)
    is_unlike = _may_be_record(path) and not is_called_like_record(path) and not in_bundle
    return is_unlike and not named_folder(path) and record_folder(path) in found.records


def is_log_by_place(path: PurePosixPath) -> bool:
    """Whether a file is a decision log by its name and the folder of an agent's memory."""
    name = path.name.casefold()
    in_memory = path.parts[:2] == MEMORY_FOLDER and "decision" in name
    in_bank = "memory-bank" in path.parts[:-1] and name.startswith("decision")
    return path.suffix.lower() == ".md" and (in_memory or in_bank)


def is_called_like_log(path: PurePosixPath) -> bool:
    """Whether a file anywhere else is called like one of many decisions: `DECISIONS.md`."""
    if path.suffix.lower() != ".md" or any(part.startswith(".") for part in path.parts):
        return False
    stem = _PLACE.sub("", path.stem)
    words = [word.casefold() for word in _WORD.findall(stem)]
    if len(words) > _LONGEST_NAME or any(letter.isdigit() for letter in stem):
        return False
    said = list(words)
    while said and said[-1] in _LOG["behind"]:
        said.pop()
    is_named = _LOG["files"].intersection(words[-1:]) or _LOG["plural"].intersection(said[-1:])
    is_of_one = said == words and said[-1:] and said[-1] in _LOG["titles"] | {"adr"}
    if not is_named or is_of_one or is_log_by_place(path):
        return False
    folder = record_folder(path)
    return not (named_folder(path) or is_aside(folder) or is_of_others(folder))


def holds_fields(path: PurePosixPath) -> bool:
    """Whether a file holds the fields of the page beside it, as `kep.yaml` does of `README.md`."""
    return path.name in _BESIDE


def is_page_beside(path: PurePosixPath) -> bool:
    """Whether a file is the one whose fields such a file holds."""
    return path.name.lower() == "readme.md"


def is_called_like_record(path: PurePosixPath) -> bool:
    """Whether a page's name, or that of its folder if it is alone there, begins as a record's."""
    return _may_be_record(path) and _CALLED_LIKE_RECORD.match(record_name(str(path))) is not None


def is_named_for_records(folder: str) -> bool:
    """Whether a folder, or one around it, is called like those that hold records among others.

    `proposals-accepted` is, too.
    """
    return any(_STATE.sub("", part) in _FOLDERS["mixed"] for part in folder.lower().split("/"))


def is_aside(folder: str) -> bool:
    """Whether what is in a folder is an example's, a test's, or another format's."""
    parts = [part if part in _ASIDE else part.strip("_.") for part in folder.lower().split("/")]
    return any(part in _ASIDE or part.endswith(("-templates", "_templates")) for part in parts)


def is_of_others(folder: str) -> bool:
    """Whether a folder, or the one around it, is one of posts, minutes, releases or the like."""
    return not _OTHERS.isdisjoint(folder.lower().split("/")[-2:])


def record_folder(path: PurePosixPath) -> str:
    """The folder that a record lies in among others; "" for the root.

    Of `0012-use-kafka/README.md` it is the one around `0012-use-kafka`.
    """
    around = path.parent.parent if record_name(str(path)) != path.name else path.parent
    return "" if str(around) == "." else str(around)


def named_folder(path: PurePosixPath) -> str:
    """The folder above a page whose name says that its pages are records; "" if there is none."""
    around = [part.lower() for part in path.parts[:-1]]
    for place, part in enumerate(around):
        if part in _FOLDERS["records"] or _is_decisions(around, place):
            return "/".join(path.parts[: place + 1])
    return ""


def _may_be_record(path: PurePosixPath) -> bool:
    if path.suffix.lower() not in ENDINGS:
        return False
    return _NOT_A_RECORD.match(record_name(str(path)).rpartition(".")[0]) is None


def _is_decisions(around: list[str], place: int) -> bool:
    """Whether a part is `decisions/` at the root or below a folder of documents."""
    is_above = place == 0 or around[place - 1] in _FOLDERS["above_decisions"]
    return around[place] == "decisions" and is_above
