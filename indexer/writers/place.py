"""Which file of the memory folder takes a draft, and its new text, proved beforehand."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections import Counter
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.formats.document import Document, Parsed
from indexer.formats.registry import format_for
from indexer.writers.facets import EXTRA, facets, relations
from indexer.writers.json_entry import put_json
from indexer.writers.markdown_entry import put_markdown
from memory.errors import FileNotWritable
from memory.kinds import SPECS
from memory.kinds.vocabulary import Kind

if TYPE_CHECKING:
    from memory.models.memory import Draft

MEMORY = ".claude/memory"


class Amended(NamedTuple):
    """A text, and what it says of the entry."""

    text: str
    said: Draft


def target_for(draft: Draft) -> str:
    """The path of the file that takes a draft, relative to the project root.

    A note goes to its agent's folder, or its first module's, or else beside `MEMORY.md`.

    Raises:
        ValueError: Runs have no file; they are kept in the ledger.
    """
    spec = SPECS[draft.kind]
    form = getattr(draft.details, "form", "")
    file = spec.by_form[form][0] if form in spec.by_form else spec.file
    if draft.kind is Kind.NOTE:
        file = _notes(draft)
    if not file:
        raise ValueError(f"a {draft.kind.value} has no file")
    return f"{MEMORY}/{file}"


#: Devices on Windows, whatever ending they have; ¹, ² and ³ count as digits there.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[\d¹²³])(?:\.|$)")
_LONGEST_NAME = 100  # bytes; systems take 255


def folder_name(name: str) -> str:
    """A name that is one folder and nothing else on any system; "" if nothing is left of it.

    Names that differ by case, or by how their accents are encoded, are one folder: systems that do
    not tell them apart would take them for one.
    """
    said = unicodedata.normalize("NFC", name.lower())
    said = re.sub(r"[^\w.-]+", "-", said).encode()[:_LONGEST_NAME].decode(errors="ignore")
    said = said.strip(".-")
    return "" if _DEVICE.match(said) else said


def _notes(draft: Draft) -> str:
    agent = folder_name((draft.agent or "").replace("_", "-"))
    module = next((name for each in draft.modules if (name := folder_name(each))), "")
    if agent:
        return f"agents/{agent}/notes.md"
    return f"modules/{module}/notes.md" if module else "notes.md"


def insert(text: str | None, draft: Draft, uid: str, path: str = "") -> Amended:
    """The text of a file with the draft in it under this uid, and the draft as it is read there.

    An entry that has the uid is replaced, otherwise one is added at the end; every other byte
    stays. It is spelled as the entries that are there are, as far as it is read back the same.
    Inserting the same again changes nothing. The new text has been read back: the draft
    is in it as it was given, up to white space, and all other entries say what they said.

    Args:
        text: What the file holds; None where there is no file.
        draft: What is to be recorded.
        uid: The identity that the file shall carry.
        path: The file, if it is not `target_for(draft)`.

    Raises:
        FileNotWritable: The text cannot be parsed, or would not say afterwards what it should.
        ValueError: Drafts of this kind have no file.
    """
    path = path or target_for(draft)
    before = _parse(path, text or "")
    if before.failed:
        problem = before.problems[0]
        raise FileNotWritable(path, f"line {problem.line}: {problem.what}")
    put = put_json if path.endswith(".json") else put_markdown
    *nicer, safest = put(text, draft, uid)
    for new in nicer:
        with contextlib.suppress(FileNotWritable):
            return Amended(new, _prove(path, before, _parse(path, new), draft, uid))
    return Amended(safest, _prove(path, before, _parse(path, safest), draft, uid))


@lru_cache(maxsize=2)  # of a file that grows by one record after the other: before and after
def _parse(path: str, text: str) -> Parsed:
    format_ = format_for(PurePosixPath(path))
    if format_ is None:
        raise ValueError(f"no format reads {path}")
    return format_.parse(Document(path, text.replace("\r\n", "\n").replace("\r", "\n")))


def _prove(path: str, before: Parsed, after: Parsed, draft: Draft, uid: str) -> Draft:
    """The entry as a text says it; refuses one that does not say what it should."""
    own = [each for each in after.drafts if each.uid == uid]
    is_whole = len(own) == 1 and own[0].said_by == draft.said_by
    if not is_whole or _said(own[0]) != _said(draft):
        raise FileNotWritable(path, "the record would not be read back as it was given")
    if not relations(draft.references) <= relations(own[0].references):
        raise FileNotWritable(path, "the record's references would not be read back")
    if after.failed or _others(before, uid) != _others(after, uid):
        raise FileNotWritable(path, "another entry would change")
    return own[0]


def _others(parsed: Parsed, uid: str) -> Counter[str]:
    return Counter(draft.digest for draft in parsed.drafts if draft.uid != uid)


def _said(draft: Draft) -> dict[str, Any]:
    """What a draft says, apart from its text and its references, up to white space."""
    return {
        name: point
        for name, point in facets(draft).items()
        if name != "references" and not name.startswith(EXTRA)
    }
