"""A decision as the next record file of a project, proved beforehand."""

from __future__ import annotations

import contextlib
import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from indexer.formats.decision_records import DecisionRecords
from indexer.formats.document import Document
from indexer.formats.entries.markdown_fields import page_mark
from indexer.writers.atomic_file import read_file
from indexer.writers.facets import even
from indexer.writers.markdown_entry import prose_of
from indexer.writers.record_name import find_folder, next_number, next_path
from indexer.writers.record_text import NYGARD, RecordContent, in_form_of, shared_fields
from memory.errors import FileNotWritable
from memory.kinds.vocabulary import LinkType, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from memory.models.memory import Draft, Reference

_MODELS = 3  # records whose form is tried, the newest first
_SAID = ("context", "decision", "alternatives", "consequences", "review_triggers", "deciders",
         "checks")  # fmt: skip


class NewRecord(NamedTuple):
    """A record that there is not yet."""

    path: str
    text: str
    said: Draft  # as it is read from that


def next_record(
    root: Path, paths: Sequence[str], draft: Draft, references: Sequence[Reference], now: datetime
) -> NewRecord | None:
    """A decision as the next record of a project; None where no record would say it all.

    Its name and its form are those of the newest records that are there.

    Args:
        root: The worktree.
        paths: Of the records that there are.
        draft: What it is to say.
        references: Its references, with the path and the title of a record for each.
        now: When it is written, which is when it was decided if it says nothing else.
    """
    folder = find_folder((path for path in paths if (root / path).is_file()), draft.modules)
    if folder is None:
        return None
    with os.scandir(root / folder.path) as entries:
        number = next_number(one.name for one in entries)
    day = draft.valid_from or now
    path = next_path(folder, draft.title, number, day)
    if (root / path).exists():
        return None
    new = RecordContent(
        draft.model_copy(update={"references": tuple(references)}), path, number, day
    )
    mark = f"\n{page_mark(draft.said_by)}\n" if draft.said_by else ""
    for plain in _texts(root, folder.records[:_MODELS], new):
        text = f"{plain.rstrip()}\n{mark}" if mark else plain
        (said,) = DecisionRecords().parse(Document(path, text)).drafts or (None,)
        if said is not None and _is_said(new.draft, said):
            return NewRecord(path, text, said)
    return None


def _texts(root: Path, models: Sequence[str], new: RecordContent) -> Iterator[str]:
    texts = {}
    for path in models:
        with contextlib.suppress(FileNotWritable, OSError):
            if model := read_file(root, path):
                texts[path] = model.removeprefix("\ufeff")
    shared = shared_fields(texts)
    for path, text in texts.items():
        yield in_form_of(text, path, new, shared)
    name = PurePosixPath(new.path).parent / "0001-form.md"
    yield in_form_of(NYGARD, str(name), new)


def _is_said(draft: Draft, said: Draft) -> bool:
    """Whether a record says all that it should."""
    wanted, found = draft.details.model_dump(), said.details.model_dump()
    status = draft.details.status
    relations = {(one.type, one.target, one.inverse) for one in said.references}
    return (
        not draft.agent
        and not draft.extra
        and draft.said_by == said.said_by
        and even(draft.title) == even(said.title)
        and (status is Status.UNSTATED or status is said.details.status)
        and all(even(wanted[name]) == even(_without_checks(name, found)) for name in _SAID)
        and (wanted["number"] is None or wanted["number"] == found["number"])
        and list(draft.modules) == list(said.modules)
        and list(draft.tags) == list(said.tags)
        and draft.valid_from in {None, said.valid_from}
        and draft.valid_to == said.valid_to
        and even(prose_of(draft)) in even(said.body)
        and all(
            (one.type, one.target, one.inverse) in relations
            for one in draft.references
            if one.type is not LinkType.RELATES_TO
        )
    )


def _without_checks(name: str, found: dict[str, object]) -> object:
    """What a field says; the checks, which stand behind the decision, are no part of that."""
    value = found[name]
    if name != "decision" or not isinstance(value, str):
        return value
    lines = value.split("\n")
    return "\n".join(line for line in lines if not line.startswith("**Check:**"))
